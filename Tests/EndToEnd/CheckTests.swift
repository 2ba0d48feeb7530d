// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// `wholeimage-agent check` and `inspect`, as a user calls them.
@Suite(.serialized) struct CheckTests {
  private func images(_ fixture: String) throws -> [String] {
    let folder = NSTemporaryDirectory() + "wholeimage-images-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try Fixture.devices(fixture).map { device in
      let file = "\(folder)/\(device.name).img"
      _ = FileManager.default.createFile(atPath: file, contents: nil)
      let handle = try FileHandle(forWritingTo: URL(filePath: file))
      try handle.truncate(atOffset: UInt64(device.size))
      for part in device.content {
        try handle.seek(toOffset: UInt64(part.offset))
        try handle.write(contentsOf: Data(part.bytes))
      }
      try handle.close()
      return file
    }
  }

  private func remove(_ files: [String]) {
    guard let file = files.first else { return }
    try? FileManager.default.removeItem(atPath: (file as NSString).deletingLastPathComponent)
  }

  @Test(arguments: [("linear", 0), ("striped", 1), ("corrupt-text", 2), ("missing", 1), ("flipped-header", 2)])
  func diskImages(fixture: String, status: Int) throws {
    let files = try images(fixture)
    defer { remove(files) }
    let outcome = try Program.run("wholeimage-agent", ["check", "--output", "json", "--disk-image"] + files)
    #expect(Int(outcome.status) == status, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty)
    let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let verdicts = [0: "ready", 1: "not_ready", 2: "undetermined"]
    #expect(report?["schema"] as? String == "wholeimage.report/1")
    #expect(report?["verdict"] as? String == verdicts[status])
  }

  @Test func theGroupAndItsDisksAreNamed() throws {
    let files = try images("striped")
    defer { remove(files) }
    let text = try Program.run("wholeimage-agent", ["check", "--disk-image"] + files)
    #expect(text.status == 1 && text.output.hasPrefix("NOT READY"))
    #expect(text.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let chinese = try Program.run("wholeimage-agent", ["check", "--lang", "zh-CN", "--disk-image"] + files)
    #expect(chinese.status == 1 && chinese.output.contains("卷组"))
  }

  @Test(arguments: [
    ("101-en-script-basic-disks", 0), ("103-en-script-spanned-last", 1),
    ("042-zh-cn-dynamic-types-san-online.cp936", 1),
    ("045-en-access-denied", 2),
  ]) func captures(file: String, status: Int) throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/diskpart/\(file).txt").path
    let agent = Program.folder.appending(path: "wholeimage-agent").path
    let named = try Program.run("wholeimage-agent", ["check", "--output", "json", "--diskpart", path])
    #expect(Int(named.status) == status, "\(named.errors)")
    let piped = try Program.run("sh", ["-c", "exec \"$0\" check --diskpart - < \"$1\"", agent, path])
    #expect(Int(piped.status) == status, "\(piped.errors)")
    #expect(piped.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func capturesThatCannotBeRead() throws {
    #expect(try Program.run("wholeimage-agent", ["check", "--diskpart", "/nonexistent"]).status == 66)
    #expect(try Program.run("wholeimage-agent", ["check", "--diskpart", "/dev/zero"]).status == 66)
    #expect(try Program.run("wholeimage-agent", ["check", "--diskpart", "/dev/null"]).status == 2)
    #expect(
      try Program.run("wholeimage-agent", ["check", "--diskpart", "/dev/null", "--encoding", "cp1"]).status == 64)
    #expect(try Program.run("wholeimage-agent", ["check", "--encoding", "cp936"]).status == 64)
    #expect(try Program.run("wholeimage-agent", ["check", "--diskpart", "a", "--root", "/"]).status == 64)
  }

  @Test func theLastWordIsTheExitStatus() throws {
    let agent = Program.folder.appending(path: "wholeimage-agent").path
    let full = try LiveMachine.look { try Program.run("sh", ["-c", "exec \"$0\" check > /dev/full", agent]) }
    #expect(full.status == 74)
    #expect(try Program.run("wholeimage-agent", ["check", "--root", "/nonexistent"]).status == 66)
    #expect(try Program.run("wholeimage-agent", ["check", "--disk-image", "/nonexistent"]).status == 66)
    #expect(try Program.run("wholeimage-agent", ["check", "--output", "pdf"]).status == 64)
    #expect(try Program.run("wholeimage-agent", ["check", "--nonsense"]).status == 64)
    #expect(try Program.run("wholeimage-agent", ["nonsense"]).status == 64)
    // No command at all must not end as "ready".
    #expect(try Program.run("wholeimage-agent", []).status == 64)
    #expect(try Program.run("wholeimage-agent", ["status", "--socket", "/nonexistent/agent.sock"]).status == 69)
    #expect(try Program.run("wholeimage-agent", ["--help"]).status == 0)
    #expect(try Program.run("wholeimage-agent", ["explain", "nonsense"]).status == 64)
  }

  @Test func optionsComeFromTheEnvironmentToo() throws {
    let files = try images("striped")
    defer { remove(files) }
    let environment = ["WHOLEIMAGE_OUTPUT": "json", "WHOLEIMAGE_LANG": "zh-CN", "WHOLEIMAGE_PROFILE": "strict"]
    let outcome = try Program.run(
      "wholeimage-agent", ["check", "--profile", "vendor", "--disk-image"] + files, environment: environment)
    let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    #expect(report?["lang"] as? String == "zh-CN" && report?["profile"] as? String == "vendor")
    #expect(try Program.run("wholeimage-agent", ["check"], environment: ["WHOLEIMAGE_PROFILE": "x"]).status == 64)
  }

  @Test func thisMachineIsInspected() throws {
    let before = Set(try FileManager.default.contentsOfDirectory(atPath: "/sys/class/block"))
    let outcome = try LiveMachine.look { try Program.run("wholeimage-agent", ["inspect"]) }
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let facts = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let devices = facts?["devices"] as? [[String: Any]] ?? []
    let names = Set(devices.compactMap { $0["name"] as? String })
    // Other tests make loop devices meanwhile.
    let after = Set(try FileManager.default.contentsOfDirectory(atPath: "/sys/class/block"))
    #expect(names.isSuperset(of: before.intersection(after)) && names.isSubset(of: before.union(after)))
  }
}
