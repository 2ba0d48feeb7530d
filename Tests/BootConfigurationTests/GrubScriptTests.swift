// SPDX-License-Identifier: Apache-2.0

import BootConfiguration
import Facts
import Foundation
import Testing

/// Reading scripts and environment blocks, and what of them goes into recordings.
@Suite struct GrubScriptTests {
  static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/boot")

  static let scripts: [String] = {
    let all = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
    return all.filter { $0.hasSuffix("grub.cfg") }.sorted()
  }()

  private static func bytes(_ file: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: file)))
  }

  @Test func thereAreScripts() { #expect(Self.scripts.count >= 8) }

  @Test(arguments: scripts) func aRecordingGivesTheSameMenu(_ file: String) throws {
    let script = GrubScript(parsing: try Self.bytes(file))
    #expect(script.error == nil && !script.isCutOff && !script.isEmpty)
    let recorded = script.recorded
    let again = GrubScript(parsing: recorded)
    #expect(again == script)
    #expect(!String(decoding: recorded, as: UTF8.self).contains("s3cret"))
    #expect(GrubScript(parsing: recorded).recorded == recorded)
  }

  /// Wherever a script that `grub-mkconfig` wrote is cut, that is noticed.
  @Test(arguments: scripts.filter { !$0.contains("efi/EFI") }) func aCutIsNoticed(_ file: String) throws {
    let bytes = try Self.bytes(file)
    for end in stride(from: 1, to: bytes.count - 1, by: 97) + [bytes.count / 2] {
      let script = GrubScript(parsing: Array(bytes[..<end]))
      let isBetweenParts = bytes[..<end].last == 0x0A && script.error == nil && !script.isCutOff
      let text = String(decoding: bytes[..<end], as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      let isAtEnd = text.isEmpty || text.hasSuffix("###") || text.split(separator: "\n").last?.hasPrefix("#") ?? false
      #expect(!isBetweenParts || isAtEnd, "cut at \(end)")
    }
  }

  /// What `grub-mkconfig` marks its parts with counts in comments only.
  @Test(
    arguments: [
      ("### BEGIN /etc/grub.d/40_custom ###\nset a=b\n", true),
      ("### BEGIN /etc/grub.d/40_custom ###\nset a=b\n### END /etc/grub.d/40_custom ###\n", false),
      ("set a='\n### BEGIN '\nset b=c\n", false), ("set a='\n### BEGIN '\n### END x\n", false),
      (" ### BEGIN x\nset a=b\n", false), ("set a=b ### BEGIN x\n", false),
    ]) func partsAreMarkedInComments(_ text: String, isCutOff: Bool)
  {
    let script = GrubScript(parsing: Array(text.utf8))
    #expect(script.isCutOff == isCutOff && script.error == nil)
    #expect(GrubScript(parsing: script.recorded) == script)
  }

  @Test(
    arguments: [
      ("menuentry 'x' {\n", 1), ("}\n", 1), ("a\n\nfi\n", 3), ("if true; then\na\n", 1), ("set a='b\n", 1),
      ("set a=\"b\n", 1), ("menuentry x { if true; then }\n", 1), ("function {}\n", 1), ("{ a; }\n", 1),
      ("for x y; do true; done\n", 1), ("if; then\n", 1),
    ]) func whatDoesNotFitTogether(_ text: String, _ line: Int)
  {
    let script = GrubScript(parsing: Array(text.utf8))
    #expect(script.error == BootFileError(line: line, .script), "\(String(describing: script.error))")
    #expect(GrubScript(parsing: script.recorded).error == script.error)
  }

  @Test func whatStandsBeforeAnErrorCounts() {
    let menu = GrubAround().menu("menuentry a {\n linux /a root=UUID=1\n}\nmenuentry b {\n linux /b\n")
    #expect(menu.entries.map(\.title) == ["a"])
    #expect(menu.doubts.map(\.file) == ["/boot/grub/grub.cfg"])
    #expect(menu.doubts.map(\.line) == [4] && menu.doubts.map(\.reason) == [.script])
  }

  @Test func quoting() {
    let menu = GrubAround().menu(
      "menuentry 'it'\\''s \"x\"' { linux /a; }\nmenuentry \"a\\\"b\\n$x\" { linux /a; }\n"
        + "menuentry a\\ b { linux /a; } # not a word\nmenuentry \\\n'c' { linux /a; }\nset y='$x'\nmenuentry $y { linux /a; }\n"
    )
    #expect(menu.entries.map(\.title) == ["it's \"x\"", "a\"b\\n", "a b", "c", "$x"])
    #expect(menu.entries.map(\.line) == [1, 2, 3, 4, 7])
  }

  @Test func secretsStayOut() {
    let script = GrubScript(
      parsing: Array(
        """
        # s3cret
        set superusers="root"
        password_pbkdf2 root grub.pbkdf2.sha512.s3cret
        GRUB2_PASSWORD=grub.pbkdf2.s3cret
        set kernelopts="root=UUID=1 luks.key=s3cret $more"
        set mykey=s3cret
        echo s3cret
        hiddenentry "a" --secret s3cret { echo s3cret; }
        net_add_addr s3cret
        menuentry a { linux /a root=UUID=1 token=s3cret rd.x=${s}s3cret "key=a s3cret"; echo s3cret; }
        """.utf8))
    let text = String(decoding: script.recorded, as: UTF8.self)
    #expect(!text.contains("s3cret"), "\(text)")
    #expect(text.contains("kernelopts=root=UUID=1") && text.contains("${more}"))
  }

  // MARK: environment blocks

  @Test func environmentBlocks() {
    let block = GrubAround.bytes(["saved_entry": "A>B", "kernelopts": "root=UUID=1 ro x=s3cret"])
    let read = GrubEnvironment(parsing: block)
    #expect(read.error == nil)
    #expect(GrubEnvironment(parsing: read.recorded) == read)
    #expect(!String(decoding: read.recorded, as: UTF8.self).contains("s3cret"))
    for (bytes, reason) in [
      ([], .empty), (Array(block[..<512]), .cutOff), (Array("x".utf8) + block, .environment),
    ] as [([UInt8], BootFileError.Reason)] {
      let broken = GrubEnvironment(parsing: bytes)
      #expect(broken.error?.reason == reason)
      #expect(GrubEnvironment(parsing: broken.recorded) == broken)
    }
  }
}
