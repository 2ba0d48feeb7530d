// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Testing

/// What the capture scripts make diskpart do: they cannot be run here, so that their text is held to what they may say.
@Suite struct CaptureScriptTests {
  private static func text(_ name: String) throws -> String {
    let source = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: source.appending(path: "packaging/windows/\(name)"), encoding: .utf8)
  }

  /// Commands that only look.
  private static let harmless: Set<String> = [
    "san", "list disk", "list volume", "select disk 0", "detail disk", "select volume 0", "detail volume", "exit",
  ]

  @Test func thePowerShellScriptOnlyLooks() throws {
    let text = try Self.text("capture-diskpart.ps1")
    let start = try #require(text.range(of: "function Get-CaptureScript"))
    let body = text[start.upperBound...]
    let end = try #require(body.range(of: "\n}\n"))
    let lines = body[..<end.lowerBound].split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    let commands = lines.filter { $0.hasPrefix("'") || $0.hasPrefix("\"") }
      .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "'\"")).replacing("$number", with: "0") }
    #expect(
      commands == [
        "san", "list disk", "list volume", "select disk 0", "detail disk", "select volume 0", "detail volume", "exit",
      ])
    #expect(commands.allSatisfy(Self.harmless.contains))
    // The policy is shown, never set, anywhere in the script.
    #expect(!text.lowercased().contains("san policy"))
    #expect(text.filter { $0 == "{" }.count == text.filter { $0 == "}" }.count)
    #expect(text.filter { $0 == "(" }.count == text.filter { $0 == ")" }.count)
  }

  @Test func theCommandFileOnlyLooks() throws {
    let text = try Self.text("capture-diskpart.cmd")
    #expect(text.hasSuffix("\r\n"))
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    let commands = lines.filter { $0.hasPrefix(">") }.compactMap { line in
      line.range(of: "\" echo ").map { String(line[$0.upperBound...]) }
    }
    #expect(
      commands == [
        "san", "list disk", "list volume", "exit", "list %1", "select %1 %%n", "detail %1",
      ])
    #expect(lines.filter { $0.hasPrefix("call ") } == ["call :details disk", "call :details volume"])
    #expect(!text.lowercased().contains("san policy="))
  }

  /// What the scripts take for rows are the rows, in every language.
  @Test(arguments: CaptureFixtures.names) func theScriptsFindTheRows(_ name: String) throws {
    let expected = try CaptureFixtures.expected(name)
    guard expected["whitespaceCollapsed"] != true, expected["truncated"] != true else { return }
    let text = String(decoding: try CaptureFixtures.bytes(name), as: UTF8.self)
    let numbers = { (member: String) in
      (expected[member]?.array ?? []).filter { $0["missing"] != true }.compactMap { row in
        row["number"].flatMap { Int($0.text) }
      }
    }
    let known = Set(numbers("disks") + numbers("volumes"))
    for pattern in [try Self.patternOfCommandFile(), try Self.patternOfPowerShell()] {
      var found: Set<Int> = []
      for line in text.split(whereSeparator: \.isNewline).map(String.init) {
        guard line.range(of: pattern, options: .regularExpression) != nil else { continue }
        // As for /f "tokens=2 delims=* " takes it.
        let words = line.split { $0 == "*" || $0 == " " }
        if words.count > 1, let number = Int(words[1]) { found.insert(number) }
      }
      #expect(found.isSuperset(of: known), "\(pattern)")
    }
  }

  /// findstr's expression; what it has means the same to every other reader of such expressions.
  private static func patternOfCommandFile() throws -> String {
    let text = try Self.text("capture-diskpart.cmd")
    let start = try #require(text.range(of: "/c:\""))
    return String(text[start.upperBound...].prefix { $0 != "\"" })
  }

  private static func patternOfPowerShell() throws -> String {
    let text = try Self.text("capture-diskpart.ps1")
    let start = try #require(text.range(of: "-match '^"))
    return "^" + text[start.upperBound...].prefix { $0 != "'" }
  }
}
