// SPDX-License-Identifier: Apache-2.0

/// Which hazards are blockers.
public enum Profile: String, Sendable, CaseIterable {
  /// What the cloud's documents forbid, and what makes the answer unknowable.
  case vendor
  /// The same hazard by other technology - md, btrfs - is a blocker too.
  case strict
}

/// Which of the two texts of the cloud's document decides when data lies in several places.
public enum Reading: String, Sendable, CaseIterable {
  /// The Chinese text: a group of several physical volumes, wherever these lie.
  case physicalVolumes = "physical-volumes"
  /// The English text: several disks; two physical volumes on one disk are taken along together.
  case physicalDisks = "physical-disks"
}

/// Who answers for what only the cloud knows.
public enum CloudFactsMode: String, Sendable, CaseIterable {
  /// The facts must be at hand; without them a cloud rule is unknown.
  case required
  /// The cloud enforces these rules itself; here they are notes.
  case delegated
}

/// The language of a report.
public enum Language: String, Sendable, CaseIterable {
  /// English.
  case english = "en"
  /// Chinese, simplified characters.
  case chinese = "zh-CN"

  /// The language for a POSIX locale (`zh_CN.UTF-8`, locale(7)) or a language tag; English where there is no other.
  public init(locale: String) {
    let language = locale.prefix { $0 != "_" && $0 != "-" && $0 != "." && $0 != "@" }
    self = language.lowercased() == "zh" ? .chinese : .english
  }
}
