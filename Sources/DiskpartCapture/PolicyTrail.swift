// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Which SAN policy is in force, by what was shown and what was changed with success.
struct PolicyTrail {
  /// The policy; `nil` if none was shown in words that are known.
  private(set) var policy: SANPolicy?
  /// The words last shown.
  private(set) var text: String?
  /// Why the policy is not certain.
  private(set) var doubt: String?
  /// What was asked for and not answered yet.
  private var asked: (policy: SANPolicy?, answered: Bool)?

  private static let keywords: [String: SANPolicy] = [
    "onlineall": .onlineAll, "offlineshared": .offlineShared, "offlineall": .offlineAll,
    "offlineinternal": .offlineInternal,
  ]

  /// `SAN Policy  : <text>` was shown, as an answer or where another command stands before it.
  mutating func shown(_ text: String, isAnswer: Bool) {
    let shown = WordTable.current.policy(text)
    guard isAnswer || policy == nil || shown == policy else {
      doubt = "\"\(text)\" is shown behind a command that does not ask for the policy; enter san once more"
      return
    }
    self.text = text
    policy = shown
    doubt = policy == nil ? "the policy \"\(text)\" is in words that are not known" : nil
    asked = nil
  }

  /// A command was typed; `san policy=X` waits for its answer.
  mutating func typed(_ command: DiskpartCommand) {
    if command.name == "san policy" { asked = (Self.keywords[command.argument], false) }
  }

  /// Something that is neither success nor a known error was printed.
  mutating func answered() { asked?.answered = true }

  /// The sentence of success.
  mutating func succeeded() {
    guard let asked else {
      policy = nil
      doubt = "the policy was changed, and the capture does not say to what"
      return
    }
    policy = asked.policy
    doubt = policy == nil ? "the policy was changed to something that is not known" : nil
    self.asked = nil
  }

  /// A sentence of refusal: nothing is changed.
  mutating func failed() { asked = nil }

  /// The next command, or the end: an answer that is missing or not understood leaves it open what is in force.
  mutating func settle() {
    guard let asked else { return }
    self.asked = nil
    guard asked.policy != policy || policy == nil else { return }
    if asked.answered { policy = nil }
    doubt =
      asked.answered
      ? "the answer to a change of the policy is in words that are not known"
      : "a change of the policy was asked for, and its answer is not in the capture"
  }
}
