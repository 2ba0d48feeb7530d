// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What one scenario brought home.
struct GuestPlay {
  /// The folder with the results.
  let results: URL
  /// Where the guest's console was written.
  let console: URL
  private let temporary: Bool

  /// Whether guests are to be played at all, and why not.
  static let isWanted = !(ProcessInfo.processInfo.environment["WHOLEIMAGE_GUESTS"] ?? "").isEmpty
  static let reason: Comment =
    "boots guests in QEMU: set WHOLEIMAGE_GUESTS=1, or to a folder with results of guests/play"

  /// Plays a scenario; or takes what an earlier play left, if the variable names the folder of it.
  init(_ scenario: String) throws {
    let wanted = ProcessInfo.processInfo.environment["WHOLEIMAGE_GUESTS"] ?? ""
    temporary = !wanted.hasPrefix("/")
    let folder: URL
    if temporary {
      folder = URL(filePath: NSTemporaryDirectory() + "wholeimage-play-" + UUID().uuidString)
      let here = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      let play = try Program.run(
        "bash", [here.appending(path: "guests/play").path, scenario, folder.path],
        environment: ["WHOLEIMAGE_BINARIES": Program.folder.path])
      #expect(play.status == 0, "the scenario failed: \(play.errors)")
    } else {
      folder = URL(filePath: wanted).appending(path: scenario)
    }
    results = folder.appending(path: "results")
    console = folder.appending(path: "console.log")
  }

  /// Removes what was brought home, unless it was there before.
  func remove() {
    if temporary { try? FileManager.default.removeItem(at: results.deletingLastPathComponent()) }
  }

  /// What was seen at one point of the scenario.
  func observation(_ name: String) throws -> GuestObservation {
    try GuestObservation(name: name, folder: results.appending(path: name))
  }

  /// A command whose time was taken: its exit status and how many milliseconds it took.
  func timed(_ name: String) throws -> (status: Int, milliseconds: Int) {
    (Int(try line("\(name)/status")) ?? -1, Int(try line("\(name)/milliseconds")) ?? Int.max)
  }

  /// The report that a command printed.
  func report(_ file: String) throws -> Document { try Document(contentsOf: results.appending(path: file)) }

  /// A result that is one line of text.
  func line(_ name: String) throws -> String {
    try String(contentsOf: results.appending(path: name), encoding: .utf8).trimmingCharacters(
      in: .whitespacesAndNewlines)
  }
}

/// The agent's answers and those of the guest's own tools, of one moment.
struct GuestObservation {
  let name: String
  let folder: URL
  let facts: Document
  let report: Document

  init(name: String, folder: URL) throws {
    self.name = name
    self.folder = folder
    facts = try Document(contentsOf: folder.appending(path: "facts.json"))
    report = try Document(contentsOf: folder.appending(path: "report.json"))
  }

  /// A tool's answer in JSON.
  func document(_ file: String) throws -> Document { try Document(contentsOf: folder.appending(path: file)) }

  /// A tool's answer as lines; none if it gave none.
  func lines(_ file: String) -> [String] {
    guard let text = try? String(contentsOf: folder.appending(path: file), encoding: .utf8) else { return [] }
    return text.split(separator: "\n").map(String.init)
  }

  /// Names of the answers that end in something.
  func files(endingIn suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(suffix) }.sorted()
  }

  /// The gaps, each in one line: `device dm-1 content: suspended`.
  var gaps: [String] {
    facts["gaps"].list.map { gap in
      let subject = gap["subject"]
      return "\(subject["kind"].word) \(subject["name"].word) \(subject["member"].word): \(gap["reason"].word)"
    }
  }

  /// Rules on the data that did not pass, and others that keep the server from being ready, with their outcome: how the
  /// guest is prepared is another test's subject.
  var outcomes: [String: String] {
    var outcomes: [String: String] = [:]
    for finding in report["findings"].list where !["not_applicable", "pass"].contains(finding["outcome"].word) {
      guard finding["hazard"].word == "data_loss" || finding["severity"].word == "blocker" else { continue }
      outcomes[finding["rule"].word] = finding["outcome"].word
    }
    return outcomes
  }
}

/// Collects where two answers differ.
struct Differences {
  private(set) var list: [String] = []

  /// Notes two values that differ.
  mutating func compare(_ what: String, agent: String, guest: String) {
    if agent != guest { list.append("\(what): the agent says \"\(agent)\", the guest \"\(guest)\"") }
  }

  /// Notes two sets that differ.
  mutating func compare(_ what: String, agent: some Sequence<String>, guest: some Sequence<String>) {
    compare(what, agent: agent.sorted().joined(separator: " "), guest: guest.sorted().joined(separator: " "))
  }

  /// Notes a difference.
  mutating func note(_ text: String) { list.append(text) }
}
