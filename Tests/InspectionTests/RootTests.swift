// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Inspection

@Suite struct RootTests {
  /// Renames elsewhere make openat2(2) refuse to say what a `..` means (`EAGAIN`), some in a hundred times.
  @Test func aBusySystemDoesNotDisturbLinks() throws {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 1 << 20)
    try machine.write("elsewhere/a/file", "")
    let root = try Root(path: machine.path)
    let isDone = Atomic<Bool>(false)
    let folder = machine.path + "/elsewhere"
    let hasEnded = DispatchSemaphore(value: 0)
    withExtendedLifetime(machine) {
      Thread.detachNewThread {
        while !isDone.load(ordering: .relaxed) {
          rename(folder + "/a", folder + "/b")
          rename(folder + "/b", folder + "/a")
        }
        hasEnded.signal()
      }
      var failures = 0
      for _ in 0..<20_000 where (try? root.attribute("/sys/class/block/vda/size")) != "2048" { failures += 1 }
      isDone.store(true, ordering: .relaxed)
      hasEnded.wait()
      #expect(failures == 0)
    }
  }
}
