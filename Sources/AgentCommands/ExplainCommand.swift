// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Presentation
internal import Readiness

/// `wholeimage-agent explain`: what a rule means, why it is one, and how to put right what it finds.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explains a rule: what it means, why, where it is from, how to fix.")

  @Argument(help: ArgumentHelp("The rule's name, as check prints it; without one, all names.", valueName: "rule"))
  var rule: String?

  @Option(help: ArgumentHelp("The language of the answer: en or zh-CN.", valueName: "lang"))
  var lang: Language?

  func run() throws {
    let rules = RuleSet.current.rules
    guard let name = rule else {
      try StandardOutput.write(rules.map(\.id).sorted().joined(separator: "\n") + "\n")
      return
    }
    guard let rule = rules.first(where: { $0.id == name }) else {
      throw CommandFailure(.usage, "there is no rule \"\(name)\". \"wholeimage-agent explain\" lists them.")
    }
    let language = lang ?? JudgingOptions.environmentLanguage(EnvironmentOptions.processEnvironment)
    try StandardOutput.write(RuleExplanationText.render(rule, language: language, width: 80))
  }
}
