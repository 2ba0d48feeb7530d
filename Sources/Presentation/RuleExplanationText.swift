// SPDX-License-Identifier: Apache-2.0

public import Readiness

/// The long form of a rule as text for a terminal: what it means, why it is one, how to fix, where it is from.
public enum RuleExplanationText {
  /// Renders a rule; lines are at most `width` columns.
  public static func render(_ rule: Rule, language: Language, width: Int = 80) -> String {
    let text = rule.text(language)
    let words = language == .chinese ? ["含义", "原因", "处理方法", "依据"] : ["Meaning", "Why", "How to fix", "Source"]
    var lines = LineBreaking.prose(rule.id, width: width, first: "", rest: "  ")
    lines += LineBreaking.prose(text.title, width: width, first: "", rest: "")
    for (heading, body) in zip(words, [text.meaning, text.why, text.fix, text.source]) {
      lines += ["", heading]
      lines += LineBreaking.prose(body, width: width, first: "  ", rest: "  ")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
