// SPDX-License-Identifier: Apache-2.0

import Foundation
import StorageGenerator
import Synchronization
import Testing

/// Random layouts of volume groups, written by lvm2: what the generator knows, what the agent says and what lvm2 says
/// must be the same.
///
/// Root only. `Tests/differential` runs many; a failure names the seed and the number that repeat it.
@Suite(.serialized, .enabled(if: LoopDevices.areAvailable, "needs root and loop devices"))
struct LayoutTests {
  private static func setting(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  @Test func generatorAgentAndLVMAgree() throws {
    let count = Self.setting("WHOLEIMAGE_LAYOUTS") ?? 25
    let first = Self.setting("WHOLEIMAGE_LAYOUT_FIRST") ?? 0
    let seed = UInt64(truncatingIfNeeded: Self.setting("WHOLEIMAGE_LAYOUT_SEED") ?? 1)
    let tally = LayoutTally(seed: seed)
    let next = Mutex(first)
    let workers = DispatchGroup()
    // Most of a command's time is spent waiting for the kernel, so there are more workers than processors.
    for _ in 0..<4 {
      workers.enter()
      Thread.detachNewThread {
        defer { workers.leave() }
        while true {
          let number = next.withLock { next in
            next += 1
            return next - 1
          }
          guard number < first + count else { return }
          tally.add(
            number,
            Result { try LayoutComparison(LVMLayout(seed: seed, number: number), isLive: number.isMultiple(of: 5)) })
        }
      }
    }
    workers.wait()
    print(tally.summary)
    let problems = tally.problems
    if !problems.isEmpty { Issue.record("\(problems.joined(separator: "\n"))") }
    #expect(tally.count == count)
    if count >= 300 {
      #expect(tally.missingFeatures.isEmpty)
      #expect(tally.missingKinds.isEmpty)
    }
  }
}
