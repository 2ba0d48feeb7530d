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
        "san", "list disk", "list volume", "exit", "wholeimage^> exit", "list %1", "select %1 %%n", "detail %1",
        "wholeimage^> %*",
      ])
    let calls = lines.filter { $0.hasPrefix("call ") }
    #expect(calls.filter { !$0.hasPrefix("call :ask ") } == ["call :details disk", "call :details volume"])
    #expect(!text.lowercased().contains("san policy="))
  }

  /// What the scripts ask besides diskpart.
  private static func questions(_ name: String) throws -> [String] {
    let text = try Self.text(name)
    if name.hasSuffix(".cmd") {
      let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      return lines.filter { $0.hasPrefix("call :ask ") }.map {
        String($0.dropFirst(10)).replacing("%%s", with: "viostor")
      }
    }
    let start = try #require(text.range(of: "function Get-Question {"))
    let body = text[start.upperBound...]
    let end = try #require(body.range(of: "\n}\n"))
    return body[..<end.lowerBound].split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { $0.hasPrefix("'") || $0.hasPrefix("\"") }
      .map { String($0.dropFirst().dropLast()).replacing("$service", with: "viostor") }
  }

  @Test(arguments: ["capture-diskpart.ps1", "capture-diskpart.cmd"]) func theScriptsOnlyAsk(_ name: String) throws {
    let questions = try Self.questions(name)
    #expect(questions.count >= 6)
    for question in questions {
      let words = question.split(separator: " ").prefix(2).joined(separator: " ")
      #expect(["reg query", "sc query", "ipconfig /all"].contains(words), "\(question)")
      #expect(!question.contains("&") && !question.contains("|") && !question.contains(">"))
    }
    let text = try Self.text(name)
    for service in WindowsPreparation.Service.allCases { #expect(text.contains(service.rawValue), "\(service)") }
  }

  /// The reader knows every question by the line that the scripts put before its answer: one without an answer is a gap.
  @Test(arguments: ["capture-diskpart.ps1", "capture-diskpart.cmd"]) func theReaderKnowsTheQuestions(
    _ name: String
  ) throws {
    let text = try Self.text(name)
    #expect(text.contains(name.hasSuffix(".cmd") ? "echo wholeimage^> %*" : "`r`nwholeimage> "))
    for question in try Self.questions(name) where !question.contains("\\Policies\\") {
      let facts = try CaptureFixtures.read(Array("\r\nwholeimage> \(question)\r\n\r\nwholeimage> exit\r\n".utf8))
      let members = (facts.gaps ?? []).map(\.subject).filter { $0.name == "windows_preparation" }.map(\.member)
      #expect(members.count == 1 && members != [""], "\(question)")
    }
  }

  /// What the PowerShell script says of an adapter is read.
  @Test func theReaderKnowsTheAdapters() throws {
    let text = try Self.text("capture-diskpart.ps1")
    let values = [
      "$($adapters.Count)": "1", "$($adapter.InterfaceIndex)": "7", "$($adapter.DHCPEnabled)": "False",
      "$addresses": "192.0.2.5", "$gateways": "192.0.2.1", "$($adapter.Description)": "a b",
    ]
    let start = try #require(text.range(of: "function Get-AdapterLine {"))
    let body = text[start.upperBound...].prefix { $0 != "}" }
    #expect(body.contains("'adapters'"))
    let strings = text[start.upperBound...].components(separatedBy: "\n").prefix(12)
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0.hasPrefix("\"") }
    let filled = strings.map { line in
      values.reduce(line) { $0.replacing($1.key, with: $1.value) }.replacing("\" +", with: "").replacing("\"", with: "")
    }
    #expect(filled.count == 3)
    let capture = (["wholeimage> adapters", filled[0], filled[1...].joined(), "", "wholeimage> exit", ""])
      .joined(separator: "\r\n")
    let facts = try CaptureFixtures.read(Array(capture.utf8))
    let adapter = try #require(facts.windowsPreparation?.adapters?.first, "\(capture)")
    #expect(adapter.name == "a b" && adapter.dhcp == .value(false) && adapter.addresses == ["192.0.2.5"])
    #expect((facts.gaps ?? []).allSatisfy { $0.subject.name != "windows_preparation" })
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
