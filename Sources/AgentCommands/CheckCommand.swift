// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Facts
internal import Presentation
internal import Readiness

/// `wholeimage-agent check`: looks, judges and answers by its exit status.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Says whether a whole image of this server would keep its data.",
    discussion: "Exit status: 0 ready, 1 not ready, 2 cannot tell.")

  enum Output: String, ExpressibleByArgument, CaseIterable {
    case text, json, html
  }

  @OptionGroup var source: SourceOptions
  @OptionGroup var judging: JudgingOptions

  @Option(help: ArgumentHelp("The form of the answer: text, json or html, one page for a browser.", valueName: "form"))
  var output: Output = .text

  func run() throws {
    let facts = try source.inspect()
    var judgement = RuleSet.current.judge(
      facts, scope: .guest, profile: judging.profile, reading: judging.reading, language: judging.language)
    switch output {
    case .json:
      let document = facts.json
      judgement.documentDigest = Digest.ofFacts(document)
      try StandardOutput.write(judgement.report(facts: document))
    case .text:
      let color = StandardOutput.isTerminal && EnvironmentOptions.processEnvironment["NO_COLOR", default: ""].isEmpty
      try StandardOutput.write(TextReport.render(judgement, options: TextOptions(width: 80, color: color)))
    case .html:
      try StandardOutput.write(HTMLReport.render(judgement))
    }
    throw ExitStatus(judgement.verdict)
  }
}
