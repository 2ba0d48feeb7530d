// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// `wholeimage-agent record`, its recordings unpacked by GNU tar and inspected again.
@Suite(.serialized) struct RecordTests {
  /// A folder of a test, that everybody may enter.
  private final class Folder {
    let path = NSTemporaryDirectory() + "wholeimage-record-" + UUID().uuidString
    init() throws {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
  }

  private func facts(_ arguments: [String]) throws -> [String: Any] {
    let outcome = try Program.run("wholeimage-agent", ["inspect"] + arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any] ?? [:]
    return document.filter { !["collected_at", "duration_us"].contains($0.key) }
  }

  private func isEqual(_ first: Any?, _ second: Any?) throws -> Bool {
    func text(_ value: Any?) throws -> Data {
      try JSONSerialization.data(withJSONObject: [value ?? NSNull()], options: [.sortedKeys])
    }
    return try text(first) == text(second)
  }

  /// Records into `web1.tar` and unpacks it; what the recorder said.
  private func record(_ arguments: [String] = [], into folder: Folder) throws -> String {
    let outcome = try Program.run("wholeimage-agent", ["record", folder.path + "/web1.tar"] + arguments)
    #expect(outcome.status == 0 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("Checked: inspecting it gives the same facts, but for the times."))
    let unpacked = try Program.run("tar", ["-xf", folder.path + "/web1.tar", "-C", folder.path])
    #expect(unpacked.status == 0 && unpacked.errors.isEmpty)
    #expect(try folder.names == ["web1", "web1.tar"])
    return outcome.errors
  }

  private static var exampleGuest: String {
    Fixture.folder.deletingLastPathComponent().deletingLastPathComponent().appending(path: "packaging/example-guest")
      .path
  }

  @Test func aRecordedGuestIsRecordedAgain() throws {
    let folder = try Folder()
    let said = try record(["--root", Self.exampleGuest], into: folder)
    #expect(said.contains("--root web1") && !said.contains("libblkid"))
    #expect(try isEqual(facts(["--root", Self.exampleGuest]), facts(["--root", folder.path + "/web1"])))
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/web1.tar")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let chinese = try Program.run(
      "wholeimage-agent", ["record", "--lang", "zh-CN", "--root", Self.exampleGuest, folder.path + "/zh.tar"])
    #expect(chinese.status == 0 && chinese.errors.contains("已核对"))
  }

  @Test func theFileIsNewAndWhole() throws {
    let folder = try Folder()
    func status(_ arguments: String...) throws -> Int32 {
      try Program.run("wholeimage-agent", ["record", "--root", Self.exampleGuest] + arguments).status
    }
    let file = folder.path + "/a.tar"
    try "precious".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(try status(file) == 64)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "precious")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/dangling", withDestinationPath: "nowhere")
    #expect(try status(folder.path + "/dangling") == 64)
    #expect(try status(folder.path + "/missing/a.tar") == 74)
    #expect(try status() == 64)
    #expect(
      try Program.run("wholeimage-agent", ["record", folder.path + "/b.tar", "--root", "/nonexistent"]).status == 66)
    let agent = Program.folder.appending(path: "wholeimage-agent").path
    let full = try Program.run(
      "sh", ["-c", "exec \"$0\" record --root \"$1\" - > /dev/full", agent, Self.exampleGuest])
    #expect(full.status == 74)
    // A limit on the size of files stands for a disk that is full.
    let limited = try Program.run(
      "sh",
      ["-c", "ulimit -f 8; exec \"$0\" record --root \"$1\" \"$2\"", agent, Self.exampleGuest, folder.path + "/c.tar"])
    #expect(limited.status == 74)
    #expect(try folder.names == ["a.tar", "dangling"])
    #expect(
      try Program.run("sh", ["-c", "\"$0\" record --root \"$1\" - | tar -t", agent, Self.exampleGuest]).output
        .hasPrefix(
          "wholeimage-recording/\n"))
  }

  /// Where the recorder may not watch how libblkid reads, it states what that said: here a debugger is in the way.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/strace"), "needs strace"))
  func withoutWatchingItStatesWhatWasFound() throws {
    let folder = try Folder()
    let outcome = try Program.run(
      "strace",
      [
        "-f", "-o", "/dev/null", Program.folder.appending(path: "wholeimage-agent").path, "record", "--root",
        Self.exampleGuest, folder.path + "/a.tar",
      ])
    #expect(outcome.status == 0 && outcome.errors.contains("what libblkid said instead"))
    #expect(try Program.run("tar", ["-xf", folder.path + "/a.tar", "-C", folder.path]).status == 0)
    #expect(try isEqual(facts(["--root", Self.exampleGuest]), facts(["--root", folder.path + "/a"])))
  }

  /// What another user may not see is as unseen in the replay.
  @Test(.enabled(if: geteuid() == 0, "needs root to become another user")) func withoutPrivilege() throws {
    let folder = try Folder()
    let agent = folder.path + "/wholeimage-agent"
    try FileManager.default.copyItem(at: Program.folder.appending(path: "wholeimage-agent"), to: URL(filePath: agent))
    #expect(chmod(agent, 0o755) == 0)
    let outcome = try LiveMachine.look {
      try Program.run(
        "sh",
        [
          "-c",
          "cd /; exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$0\" record - > \"$1/a.tar\"", agent,
          folder.path,
        ])
    }
    #expect(outcome.status == 0 && outcome.errors.contains("Checked: "))
    #expect(try Program.run("tar", ["-xf", folder.path + "/a.tar", "-C", folder.path]).status == 0)
    let replayed = try facts(["--root", folder.path + "/wholeimage-recording"])
    let limits = (replayed["visibility"] as? [[String: Any]] ?? []).compactMap { $0["limit"] as? String }
    #expect(limits.contains("not_privileged") && !limits.contains("recorded"))
  }

  @Test(.enabled(if: LoopDevices.areAvailable, "needs root and loop devices"))
  func realDisksAreReplayedWithoutWhatIsOnThem() throws {
    let loops = try LoopDevices(count: 7, mebibytes: 64)
    let secret = "S3CRET-\(UUID().uuidString)"
    let names = loops.paths.map { String($0.dropFirst("/dev/".count)) }
    let folder = try Folder()
    try FileManager.default.createDirectory(atPath: folder.path + "/files", withIntermediateDirectories: true)
    try String(repeating: secret, count: 20_000).write(
      toFile: folder.path + "/files/private", atomically: true, encoding: .utf8)
    for path in loops.paths.prefix(6) {
      try Program.run("sh", ["-c", "yes \"$0\" | head -c 60M > \"$1\"; wipefs -aq \"$1\"", secret, path])
    }
    func make(_ command: String...) throws {
      let outcome = try Program.run(command[0], Array(command.dropFirst()))
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
    let group = "rec\(UInt32.random(in: 0...UInt32.max))"
    #expect(try loops.lvm("vgcreate", "-qqffy", group, loops.paths[0], loops.paths[1]).status == 0)
    try make("mke2fs", "-qF", "-t", "ext4", "-d", folder.path + "/files", loops.paths[2])
    try make("mkswap", "-q", loops.paths[3])
    for (version, path) in [("luks1", loops.paths[4]), ("luks2", loops.paths[5])] {
      try make(
        "sh", "-c",
        "echo secret | cryptsetup luksFormat -q --type \"$0\" --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \"$1\" -",
        version, path)
    }
    try make(
      "sh", "-c", "printf 'label: gpt\\nsize=16M,name=one\\nsize=8M\\n' | sfdisk -q --no-reread \"$0\"", loops.paths[6])
    try FileManager.default.removeItem(atPath: folder.path + "/files")

    let live = try LiveMachine.look {
      _ = try record(into: folder)
      return try facts([])
    }
    let replayed = try facts(["--root", folder.path + "/web1"])
    #expect(try isEqual(live["guest"], replayed["guest"]))
    func device(_ name: String, _ facts: [String: Any]) -> [String: Any]? {
      (facts["devices"] as? [[String: Any]] ?? []).first { $0["name"] as? String == name }
    }
    let types = ["LVM2_member", "LVM2_member", "ext4", "swap", "crypto_LUKS", "crypto_LUKS", nil]
    for (name, type) in zip(names, types) {
      #expect(try isEqual(device(name, live), device(name, replayed)), "\(name)")
      #expect((device(name, replayed)?["content"] as? [String: Any])?["type"] as? String == type)
    }
    #expect((device(names[6], replayed)?["partition_table"] as? [String: Any])?["type"] as? String == "gpt")
    func volumeGroup(_ facts: [String: Any]) -> [String: Any]? {
      (facts["volume_groups"] as? [[String: Any]] ?? []).first { $0["name"] as? String == group }
    }
    #expect(volumeGroup(replayed)?["physical_volume_count"] as? Int == 2)
    #expect(try isEqual(volumeGroup(live), volumeGroup(replayed)))

    for name in names {
      let file = folder.path + "/web1/dev/" + name
      var status = stat()
      #expect(stat(file, &status) == 0 && status.st_size == 64 << 20 && status.st_blocks * 512 < 1 << 20)
    }
    // The whole archive is looked through: no byte that inspection has no need of may be anywhere in it.
    let archive = try Data(contentsOf: URL(filePath: folder.path + "/web1.tar"))
    #expect(archive.range(of: Data(secret.utf8)) == nil)
    #expect(archive.range(of: Data(group.utf8)) != nil)
    // LUKS1's key slots begin at byte 4096; LUKS2 keeps salts and digests from there on.
    for name in names[4...5] {
      let device = try Data(contentsOf: URL(filePath: folder.path + "/web1/dev/" + name))
      #expect(device[4096...].allSatisfy { $0 == 0 })
    }
  }

  /// The watcher and the watched are both left alone, and end when the disk answers.
  @Test(.enabled(if: SilentDisk.isAvailable, "needs root, loop devices and /dev/fuse"))
  func aDiskThatNeverAnswersIsRecordedAsSuch() throws {
    let folder = try Folder()
    try LiveMachine.lookAlone {
      let disk = try SilentDisk(mebibytes: 16)
      defer { disk.remove() }
      disk.fallSilent()
      _ = try Program.run("blockdev", ["--flushbufs", disk.path])
      let start = Date()
      _ = try record(["--timeout", "2"], into: folder)
      #expect(Date().timeIntervalSince(start) < 10)
      let opener = try Program.run("timeout", ["-s", "KILL", "20", "sh", "-c", "exec 3<'\(disk.path)'"])
      #expect(opener.status == 0)

      let name = String(disk.path.dropFirst("/dev/".count))
      let replayed = try facts(["--root", folder.path + "/web1"])
      let gap = (replayed["gaps"] as? [[String: Any]] ?? []).first {
        ($0["subject"] as? [String: Any])?["name"] as? String == name
      }
      #expect(gap?["reason"] as? String == "timed_out")

      let number = try String(contentsOfFile: "/sys/class/block/\(name)/dev", encoding: .utf8).trimmingCharacters(
        in: .whitespacesAndNewlines)
      let note = try String(contentsOfFile: "/run/wholeimage-unanswered/\(number)", encoding: .utf8)
      let helper = try #require(note.split(separator: " ").first.map(String.init))
      #expect(FileManager.default.fileExists(atPath: "/proc/\(helper)"))
      let children = try String(contentsOfFile: "/proc/\(helper)/task/\(helper)/children", encoding: .utf8)
      let child = try #require(children.split(separator: " ").first.map(String.init))
      disk.speakAgain()
      for process in [child, helper] {
        let wait = try Program.run("timeout", ["60", "tail", "--pid=\(process)", "-f", "/dev/null"])
        #expect(wait.status == 0, "process \(process) is still there")
      }
    }
  }
}
