// SPDX-License-Identifier: Apache-2.0

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
    let commands = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("echo ") && $0.contains("%script%") }
      .map { String($0.dropFirst(5).prefix { $0 != ">" }) }
    #expect(commands == ["san", "list disk", "list volume", "exit"])
  }
}
