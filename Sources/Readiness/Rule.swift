// SPDX-License-Identifier: Apache-2.0

public import Facts

/// What a rule is given.
public struct RuleInput: Sendable {
  /// The facts to judge.
  public var facts: GuestFacts
  /// The profile.
  public var profile: Profile
  /// The reading.
  public var reading: Reading
  /// Who answers for what only the cloud knows.
  public var cloudFacts: CloudFactsMode
  /// What the cloud says; `nil` if it was not asked.
  public var cloud: CloudFacts?
  /// What is asked for.
  public var request: ImageRequest
  /// Whether the results are to be read by somebody: without it they may lack all but outcome, reason and severity.
  public var explains = true

  /// The facts and the circumstances to judge them under.
  public init(
    facts: GuestFacts, profile: Profile = .vendor, reading: Reading = .physicalVolumes,
    cloudFacts: CloudFactsMode = .delegated, cloud: CloudFacts? = nil,
    request: ImageRequest = ImageRequest(form: .server)
  ) {
    self.facts = facts
    self.profile = profile
    self.reading = reading
    self.cloudFacts = cloudFacts
    self.cloud = cloud
    self.request = request
  }
}

/// What a rule says of one subject, not yet in any language.
public struct RuleResult: Sendable, Equatable {
  /// A remedy not yet in any language.
  public struct Step: Sendable, Equatable {
    /// In words.
    public var text: Statement
    /// Shell commands in order.
    public var commands: [String]

    /// What to do.
    public init(_ text: Statement, commands: [String] = []) {
      self.text = text
      self.commands = commands
    }
  }

  /// What was found.
  public var outcome: Outcome
  /// Why, for `unknown` and `not_applicable`; for `fail` where a rule can fail in several ways.
  public var reason: FindingReason?
  /// The severity, where it is not the rule's own.
  public var severity: Severity?
  /// What it is about.
  public var subjects: [Subject] = []
  /// One line.
  public var title: Statement
  /// What is wrong and why it matters.
  public var message: Statement
  /// What it rests on.
  public var evidence: [Evidence] = []
  /// What to do.
  public var remedy: [Step] = []

  /// A result with its texts.
  public init(
    _ outcome: Outcome, reason: FindingReason? = nil, severity: Severity? = nil, subjects: [Subject] = [],
    title: Statement, message: Statement, evidence: [Evidence] = [], remedy: [Step] = []
  ) {
    self.outcome = outcome
    self.reason = reason
    self.severity = severity
    self.subjects = subjects
    self.title = title
    self.message = message
    self.evidence = evidence
    self.remedy = remedy
  }
}

/// What a rule means, for `explain`.
public struct RuleText: Sendable, Equatable {
  /// The rule in one line.
  public var title: String
  /// What it looks for.
  public var meaning: String
  /// Why that matters for a whole image.
  public var why: String
  /// How to put it right.
  public var fix: String
  /// The clause that it is from.
  public var source: String
}

/// A pure function from facts to findings, with the words for people.
public struct Rule: Sendable {
  /// Names the hazard; never renamed.
  public let id: String
  /// What it looks at.
  public let scope: Scope
  /// What goes wrong where it fails.
  public let hazard: Hazard
  /// The forms of requests that it applies to.
  public let forms: Set<ImageRequest.Form>
  /// The facts of the guest that it needs to pass: without any one of them it is `unknown`.
  public let reads: [FactPath]
  /// The facts of the cloud that it needs to pass, as paths in `wholeimage.cloud-facts/1`.
  public let cloudReads: [FactPath]
  /// The findings; never empty for a rule that is sound.
  public let evaluate: @Sendable (RuleInput) -> [RuleResult]
  let severities: @Sendable (Profile) -> Severity
  let explanation: RuleExplanation

  /// A rule.
  public init(
    id: String, scope: Scope, hazard: Hazard, forms: Set<ImageRequest.Form> = Rule.imageForms, reads: [FactPath],
    cloudReads: [FactPath] = [], explanation: RuleExplanation, severity: @escaping @Sendable (Profile) -> Severity,
    evaluate: @escaping @Sendable (RuleInput) -> [RuleResult]
  ) {
    self.id = id
    self.scope = scope
    self.hazard = hazard
    self.forms = forms
    self.reads = reads
    self.cloudReads = cloudReads
    self.explanation = explanation
    self.severities = severity
    self.evaluate = evaluate
  }

  /// The forms in which a whole image is made: what is inside a guest matters to all of them alike, since a backup's
  /// image is taken apart the same way.
  public static let imageForms = Set(ImageRequest.Form.allCases.filter(\.makesImage))

  /// How much a failure weighs.
  public func severity(in profile: Profile) -> Severity { severities(profile) }

  /// What the rule means.
  public func text(_ language: Language) -> RuleText {
    RuleText(
      title: explanation.title.text(in: language), meaning: explanation.meaning.text(in: language),
      why: explanation.why.text(in: language), fix: explanation.fix.text(in: language),
      source: explanation.source.text(in: language))
  }
}

/// What a rule means, in every language.
public struct RuleExplanation: Sendable {
  /// The rule in one line.
  public var title: Wording
  /// What it looks for.
  public var meaning: Wording
  /// Why that matters for a whole image.
  public var why: Wording
  /// How to put it right.
  public var fix: Wording
  /// The clause that it is from.
  public var source: Wording

  /// The texts of a rule.
  public init(title: Wording, meaning: Wording, why: Wording, fix: Wording, source: Wording) {
    self.title = title
    self.meaning = meaning
    self.why = why
    self.fix = fix
    self.source = source
  }
}
