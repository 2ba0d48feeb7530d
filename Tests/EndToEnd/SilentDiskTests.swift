// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

/// A block device that really never answers: nobody hangs, neither we nor anybody else.
///
/// Root only.
@Suite(.serialized, .enabled(if: SilentDisk.isAvailable, "needs root, loop devices and /dev/fuse"))
struct SilentDiskTests {
  private struct Report {
    var status: Int32
    var seconds: Double
    var gap: [String: Any]?
    /// The helper that the gap says still waits.
    var helper: String?
  }

  private func check(_ disk: SilentDisk, timeout: Int) throws -> Report {
    let start = Date()
    // As a timer may start it: with a lock that is let go of when the check has ended.
    let agent = Program.folder.appending(path: "wholeimage-agent").path
    let locked = "exec 9>\"$1\"; flock -n 9 || exit 99; exec \"$0\" check --output json --timeout \(timeout)"
    let outcome = try Program.run("sh", ["-c", locked, agent, disk.lock])
    let seconds = Date().timeIntervalSince(start)
    let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let gaps = (report?["facts"] as? [String: Any])?["gaps"] as? [[String: Any]] ?? []
    let name = String(disk.path.dropFirst("/dev/".count))
    let gap = gaps.first { ($0["subject"] as? [String: Any])?["name"] as? String == name }
    let words = (gap?["detail"] as? String ?? "").split(separator: " ")
    let helper = words.firstIndex(of: "process").map { String(words[words.index(after: $0)]) }
    return Report(status: outcome.status, seconds: seconds, gap: gap, helper: helper)
  }

  @Test func aDiskThatNeverAnswersIsAGapAndHangsNobody() throws {
    try LiveMachine.lookAlone {
      let disk = try SilentDisk(mebibytes: 16)
      defer { disk.remove() }
      let before = try check(disk, timeout: 20)
      #expect(before.gap == nil, "it is an ordinary disk: \(before.gap ?? [:])")

      disk.fallSilent()
      _ = try Program.run("blockdev", ["--flushbufs", disk.path])
      let silent = try check(disk, timeout: 2)
      #expect(silent.gap?["reason"] as? String == "timed_out" && silent.helper == nil)
      #expect(silent.status != 0)
      // What is bounded is the time for devices; the rest is what any check takes here.
      #expect(silent.seconds < 2 + before.seconds + 3)

      // Another who opens the same device is not kept waiting by our helper.
      let opener = try Program.run("timeout", ["-s", "KILL", "20", "sh", "-c", "exec 3<'\(disk.path)'"])
      #expect(opener.status == 0)

      // The next check leaves the device alone, instead of leaving one more process behind.
      let again = try check(disk, timeout: 20)
      #expect(again.gap?["reason"] as? String == "timed_out")
      let helper = try #require(again.helper.flatMap { pid_t($0) })
      #expect(again.seconds < before.seconds + 5)
      #expect(try check(disk, timeout: 20).helper == "\(helper)")

      // It ends by itself once the device answers, and the device is seen again.
      disk.speakAgain()
      let ended = try Program.run("timeout", ["30", "tail", "--pid=\(helper)", "-f", "/dev/null"])
      #expect(ended.status == 0, "the helper did not end")
      #expect(try check(disk, timeout: 20).gap == nil)
    }
  }

  /// A file in /boot whose file system does not answer: as for a device, the time is bounded and it is a gap.
  @Test func anInitramfsThatNeverAnswersIsAGap() throws {
    let disk = try SilentDisk(mebibytes: 16)
    defer { disk.remove() }
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 64 << 20, serial: "root0", content: [Fixture.ext4()])
    try machine.mount("vda", on: "/", type: "ext4")
    let release = "6.1.0-18-amd64"
    try machine.write("boot/initrd.img-\(release)", "x")
    try machine.write("boot/initrd.img-5.9", Data(CpioArchive.initramfs("5.9", drivers: ["nvme"])))
    try machine.write("lib/modules/\(release)/modules.builtin", "kernel/drivers/virtio_blk.ko\n")
    let place = "\(machine.path)/boot/initrd.img-\(release)"
    #expect(try Program.run("mount", ["--bind", disk.file, place]).status == 0)
    defer { umount2(place, Int32(MNT_DETACH)) }
    disk.fallSilent()
    let start = Date()
    let outcome = try Program.run("wholeimage-agent", ["inspect", "--root", machine.path, "--timeout", "1"])
    // What is bounded is the time for files; a second is what a check takes here.
    #expect(outcome.status == 0 && Date().timeIntervalSince(start) < 3)
    let facts = try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8))
    let gaps = facts["gaps"].list.filter { $0["subject"]["name"].word == "initramfs" }
    #expect(gaps.contains { $0["subject"]["member"].word.hasSuffix(release) && $0["reason"].word == "timed_out" })
    let drivers = facts["initramfs"].list.map { ($0["path"].word, $0["drivers"].list.map(\.word)) }
    // Another process had the other file, where there is more than one processor.
    if ProcessInfo.processInfo.activeProcessorCount > 1 {
      #expect(drivers.contains { $0 == "/boot/initrd.img-5.9" && $1 == ["nvme"] }, "\(drivers)")
    }
  }

  /// One reader that waits is enough, however often somebody looks.
  @Test func whatAReaderStillWaitsForIsLeftAlone() throws {
    try LiveMachine.lookAlone {
      let disk = try SilentDisk(mebibytes: 16)
      defer { disk.remove() }
      disk.fallSilent()
      // The file is there only for this program.
      let script = """
        mount -t tmpfs none /boot && : >/boot/initrd.img-9.9 && mount --bind "$1" /boot/initrd.img-9.9 && exec "$0" \
        inspect --timeout 1
        """
      func gap() throws -> String {
        let agent = Program.folder.appending(path: "wholeimage-agent").path
        let outcome = try Program.run("unshare", ["-m", "sh", "-c", script, agent, disk.file])
        let facts = try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8))
        let gap = facts["gaps"].list.first { $0["subject"]["member"].word == "/boot/initrd.img-9.9" }
        return "\(gap?["reason"].word ?? ""): \(gap?["detail"].word ?? "")"
      }
      #expect(try gap() == "timed_out: its file system did not answer in time")
      let words = try gap().split(separator: " ")
      #expect(words.first == "timed_out:")
      #expect(words.suffix(10).joined(separator: " ") == "of an earlier inspection still waits for such a file")
      let reader = try #require(words.dropFirst(2).first.map(String.init))
      disk.speakAgain()
      let ended = try Program.run("timeout", ["30", "tail", "--pid=\(reader)", "-f", "/dev/null"])
      #expect(ended.status == 0, "the reader did not end")
      #expect(try gap().hasPrefix("truncated: "))
    }
  }

  @Test(arguments: [SIGINT, SIGTERM]) func anInterruptEndsTheCheckAndNotTheHelper(signal: Int32) throws {
    try LiveMachine.lookAlone {
      let disk = try SilentDisk(mebibytes: 16)
      defer { disk.remove() }
      disk.fallSilent()
      let process = Process()
      // The threads of a test block signals, a shell in the background ignores them, and a program inherits both.
      let unblock = """
        import os, signal, sys
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.execv(sys.argv[1], sys.argv[1:])
        """
      process.executableURL = URL(filePath: "/usr/bin/python3")
      process.arguments = [
        "-c", unblock, Program.folder.appending(path: "wholeimage-agent").path, "check", "--timeout", "600",
      ]
      process.environment = Program.cleanEnvironment
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      process.standardInput = FileHandle.nullDevice
      try process.run()
      disk.awaitReader()
      kill(process.processIdentifier, signal)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == signal)
      // The helper still holds the device, and holds up nobody.
      let opener = try Program.run("timeout", ["-s", "KILL", "20", "sh", "-c", "exec 3<'\(disk.path)'"])
      #expect(opener.status == 0)
    }
  }
}
