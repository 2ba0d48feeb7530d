// SPDX-License-Identifier: Apache-2.0

import Facts
import Presentation
import Readiness

/// Any bytes as a facts document: what is read is written again as it was, judged and shown.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let json = try? JSON(parsing: bytes) else { return 0 }
  precondition((try? JSON(parsing: json.canonicalBytes)) == json)
  guard let facts = try? GuestFacts(json: json) else { return 0 }
  guard let again = try? GuestFacts(json: facts.json) else { preconditionFailure("not read again") }
  precondition(again == facts && again.topologyDigest == facts.topologyDigest)
  for reading in Reading.allCases {
    let judgement = RuleSet.current.judge(facts, scope: .request, profile: .strict, reading: reading)
    let text = TextReport.render(judgement)
    precondition(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
    // Nothing seen is nothing known.
    let sawDisks = facts.devices?.isEmpty == false || facts.windows?.disks?.isEmpty == false
    let sawSomething = sawDisks && facts.gaps != nil && facts.counts != nil
    precondition(judgement.verdict != .ready || sawSomething)
  }
  return 0
}
