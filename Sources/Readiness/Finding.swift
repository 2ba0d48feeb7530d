// SPDX-License-Identifier: Apache-2.0

public import Facts

/// What a finding is about.
public struct Subject: Sendable, Equatable {
  /// `volume_group`, `logical_volume`, `physical_volume`, `raid_array`, `file_system`, `device`, `windows_disk`,
  /// `windows_volume`, `section`, `interface`, `service`, `file`, `server`, `volume`, `backup`, `vault`, `image`: the words of the facts.
  public var kind: String
  /// Its name; a device as path.
  public var name: String
  /// Its uuid, where it has one.
  public var uuid: String?

  /// A subject.
  public init(kind: String, name: String, uuid: String? = nil) {
    self.kind = kind
    self.name = name
    self.uuid = uuid
  }

  /// The subject in words: `volume group data`.
  public func text(in language: Language) -> String {
    if let kind = CloudGap.Kind(rawValue: kind) { return CloudWords.kind(kind).text(in: language) + " " + name }
    guard let kind = Gap.Kind(rawValue: kind) else { return name }
    return GapWords.kind(kind).text(in: language) + " " + name
  }

  /// The subject as it stands in a report.
  public var json: JSON { .members(("kind", kind.json), ("name", name.json), ("uuid", uuid?.json)) }
}

/// A fact that a finding rests on.
public struct Evidence: Sendable, Equatable {
  /// Which fact, as `volume_groups[data].physical_volumes`.
  public var fact: String
  /// What it says.
  public var value: JSON
  /// Where it was read.
  public var from: String

  /// A fact, what it says and where it was read.
  public init(fact: String, value: JSON, from: String) {
    self.fact = fact
    self.value = value
    self.from = from
  }

  /// The evidence as it stands in a report.
  public var json: JSON { .members(("fact", fact.json), ("from", from.json), ("value", value)) }
}

/// What to do about a finding.
public struct Remedy: Sendable, Equatable {
  /// In words.
  public var text: String
  /// Shell commands to run as root, for a Windows guest diskpart lines, in this order; empty where none can be computed.
  public var commands: [String]

  /// A remedy.
  public init(text: String, commands: [String] = []) {
    self.text = text
    self.commands = commands
  }

  /// The remedy as it stands in a report.
  public var json: JSON { .members(("commands", commands.json), ("text", text.json)) }
}

/// What one rule says of one guest, in the language of the report.
public struct Finding: Sendable, Equatable {
  /// The rule's id.
  public var rule: String
  /// The rule's scope.
  public var scope: Scope
  /// What was found.
  public var outcome: Outcome
  /// How much it weighs under the profile.
  public var severity: Severity
  /// What goes wrong.
  public var hazard: Hazard
  /// For `unknown` and `not_applicable`, and for `fail` where a rule can fail in several ways: why, a stable word
  /// (`FindingReason`).
  public var reason: String?
  /// What it is about.
  public var subjects: [Subject]
  /// One line.
  public var title: String
  /// What is wrong and why it matters.
  public var message: String
  /// What it rests on.
  public var evidence: [Evidence]
  /// What to do.
  public var remedy: [Remedy]
  /// The clause that the rule is from.
  public var source: String

  /// The finding as it stands in a report (`wholeimage.report/1`).
  public var json: JSON {
    .members(
      ("evidence", .array(evidence.map { $0.json })), ("hazard", hazard.rawValue.json), ("message", message.json),
      ("outcome", outcome.rawValue.json), ("reason", reason?.json), ("remedy", .array(remedy.map { $0.json })),
      ("rule", rule.json), ("scope", scope.rawValue.json), ("severity", severity.rawValue.json),
      ("source", source.json), ("subjects", .array(subjects.map { $0.json })), ("title", title.json))
  }

  /// Where a finding stands among the others: the lower, the worse.
  var rank: Int { Self.rank(outcome, severity, reason) }

  static func rank(_ outcome: Outcome, _ severity: Severity, _ reason: String?) -> Int {
    switch (outcome, severity) {
    case (.fail, .blocker): 0
    case (.unknown, .blocker): 1
    case (.fail, .warning): 2
    case (.unknown, .warning): 3
    case (.fail, .note), (.unknown, .note): 4
    case (.pass, _): 5
    case (.notApplicable, _): reason == FindingReason.checkedByTheCloud.rawValue ? 4 : 6
    }
  }
}

/// Why a finding is `unknown` or `not_applicable`; stable words, for programs.
public enum FindingReason: String, Sendable, CaseIterable {
  /// The rule's scope is not part of this verdict.
  case outOfScope = "out_of_scope"
  /// The rule is about another form of request.
  case otherForm = "other_form"
  /// Nothing in the request is what the rule is about.
  case notAsked = "not_asked"
  /// The cloud does not know what the request names.
  case noSuchThing = "no_such_thing"
  /// What the request names is of another kind than it has to be.
  case wrongKind = "wrong_kind"
  /// Another service of the cloud holds it than the request says.
  case otherService = "other_service"
  /// It is in a state in which it cannot be used.
  case wrongState = "wrong_state"
  /// Another task is at work on it.
  case taskInProgress = "task_in_progress"
  /// The guest runs Windows.
  case windowsGuest = "windows_guest"
  /// The guest runs Linux.
  case linuxGuest = "linux_guest"
  /// The cloud enforces the rule itself.
  case checkedByTheCloud = "checked_by_the_cloud"
  /// The operating system's family is not known.
  case systemUnknown = "os_family_unknown"
  /// No block device at all was seen.
  case noDevice = "no_device"
  /// A section of the facts, or the word on how far it was looked at, is not there.
  case sectionMissing = "section_missing"
  /// A section is `partial`, and no gap says what is missing.
  case sectionUnexplained = "section_unexplained"
  /// An array carries no count, so that a lost element would not be noticed.
  case countMissing = "count_missing"
  /// The document does not say whether there are gaps.
  case gapsMissing = "gaps_missing"
  /// A gap may hide what the rule looks for.
  case storageHidden = "storage_hidden"
  /// A single fact is missing.
  case factMissing = "fact_missing"
  /// The facts of the cloud are not at hand.
  case cloudFactsMissing = "cloud_facts_missing"
  /// No diskpart output of this Windows guest is at hand.
  case windowsFactsMissing = "windows_facts_missing"
  /// The rule gave no answer.
  case noFinding = "no_finding"
}
