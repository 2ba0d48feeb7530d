// SPDX-License-Identifier: Apache-2.0

import DiskpartCapture
import Facts
import Presentation
import Readiness

/// Any bytes as a capture of diskpart: the facts do not contradict themselves, a cut never makes ready what is not.
///
/// Nothing is ready of which no policy, disk and volume was seen. What is said of the guest's preparation keeps nobody
/// from an image and makes nobody ready.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let empty = GuestFacts(collectedAt: "2025-11-20T08:15:30Z", agentVersion: "0")
  guard let facts = try? DiskpartCapture.read(bytes, into: empty) else { return 0 }
  guard (try? GuestFacts(json: facts.json)) == facts else { preconditionFailure("facts that contradict themselves") }
  let judgement = RuleSet.current.judge(facts, scope: .guest)
  let text = TextReport.render(judgement)
  precondition(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
  var alone = facts
  alone.windowsPreparation = nil
  alone.sections?["windows_preparation"] = nil
  precondition(RuleSet.current.verdict(on: alone, scope: .guest) == judgement.verdict)
  for adapter in facts.windowsPreparation?.adapters ?? [] {
    precondition((adapter.addresses + [adapter.name]).allSatisfy { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } })
  }
  guard judgement.verdict == .ready, let windows = facts.windows else { return 0 }
  precondition(windows.sanPolicy.value == .onlineAll && windows.disks?.isEmpty == false && windows.volumes != nil)
  precondition(windows.spannedVolumes.isEmpty)
  return 0
}
