// SPDX-License-Identifier: Apache-2.0

internal import Agent
internal import ArgumentParser
internal import Facts
internal import Glibc
internal import Readiness

/// `wholeimage-agent status`: asks the running daemon, looks at nothing itself.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Asks the running daemon for its verdict.",
    discussion: "Exit status: as check; 69 no daemon answers, 75 the wait timed out, 77 the daemon may not be asked.")

  enum Wait: String, ExpressibleByArgument {
    case ready, determined
  }

  @Option(help: ArgumentHelp("The daemon's Unix socket.", valueName: "path"))
  var socket: String = RunCommand.defaultSocket

  @Option(help: ArgumentHelp("Wait until the verdict is ready, or until it is determined.", valueName: "verdict"))
  var wait: Wait?

  @Option(help: ArgumentHelp("Wait so long at most.", valueName: "seconds"))
  var timeout: Double = 60

  mutating func validate() throws {
    guard timeout > 0, timeout <= 86_400 else { throw ValidationError("--timeout takes up to 86400 seconds") }
  }

  func run() throws {
    let deadline = ContinuousClock.now + .seconds(timeout)
    // No report has this tag: one that comes between the first question and the next is an answer, not what is known.
    var tag = "\"none\""
    var isFirst = true
    while true {
      let left = Double((deadline - ContinuousClock.now).components.seconds)
      // What the daemon knows already may be what is waited for.
      let answer = try ask(waitSeconds: isFirst ? 0 : min(max(left, 0), 300), otherThan: tag)
      isFirst = false
      let verdict = answer.flatMap { $0.document["verdict"]?.string }.flatMap(Verdict.init)
      if let answer, let verdict, isAwaited(verdict) {
        try StandardOutput.write(Self.text(answer.document, verdict))
        throw ExitStatus(verdict)
      }
      guard wait != nil else {
        throw CommandFailure(.unreachable, "the daemon on \(socket) has no verdict yet. Try again, or use --wait.")
      }
      guard ContinuousClock.now < deadline else {
        throw CommandFailure(
          .waitTimedOut, "the daemon's verdict did not become \(wait?.rawValue ?? "") in \(timeout) seconds")
      }
      // A daemon that has nothing new answers at once where it has nothing yet, or where too many wait.
      if answer?.entityTag ?? tag == tag { poll(nil, 0, Self.patienceMilliseconds) }
      tag = answer?.entityTag ?? tag
    }
  }

  private static let patienceMilliseconds: Int32 = 500

  private func isAwaited(_ verdict: Verdict) -> Bool {
    switch wait {
    case nil: true
    case .ready: verdict == .ready
    case .determined: verdict != .undetermined
    }
  }

  private func ask(waitSeconds: Double, otherThan tag: String?) throws -> PollClient.Answer? {
    do throws(PollClientFailure) {
      return try PollClient(socketPath: socket).readiness(waitSeconds: waitSeconds, otherThan: tag)
    } catch {
      throw CommandFailure(error.isRefusal ? .refused : .unreachable, error.description)
    }
  }

  private static func text(_ report: JSON, _ verdict: Verdict) -> String {
    let headings: [Verdict: String] = [.ready: "READY", .notReady: "NOT READY", .undetermined: "CANNOT TELL"]
    var lines = [
      "\(headings[verdict] ?? verdict.rawValue) (inspected \(report["inspected_at"]?.string ?? "at an unknown time"))"
    ]
    for finding in report["findings"]?.array ?? [] {
      let outcome = finding["outcome"]?.string ?? ""
      guard outcome == "fail" || outcome == "unknown", let title = finding["title"]?.string else { continue }
      lines.append("  \(finding["severity"]?.string ?? ""): \(title)")
    }
    if lines.count > 1 { lines.append("Details: wholeimage-agent check") }
    return lines.joined(separator: "\n") + "\n"
  }
}
