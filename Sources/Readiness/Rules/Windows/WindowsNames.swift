// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Subject {
  /// Windows as a whole, where no disk or volume is meant.
  static let windows = Subject(kind: Gap.Kind.section.rawValue, name: Section.windows.rawValue)
}

extension WindowsVolume {
  /// The volume as a subject, by its number.
  var subject: Subject { Subject(kind: Gap.Kind.windowsVolume.rawValue, name: String(number)) }

  /// Number, letter and label: `1 (E:, data)`.
  var title: String {
    let letter = self.letter.value.map { "\($0):" }
    let names = [letter, label.isEmpty ? nil : label].compactMap(\.self)
    return names.isEmpty ? String(number) : "\(number) (\(names.joined(separator: ", ")))"
  }

  /// Where it stands in the facts.
  func fact(_ member: String) -> String { "windows.volumes[\(number)].\(member)" }

  /// The type as evidence.
  var typeEvidence: Evidence {
    Evidence(fact: fact("type"), value: type.value?.json ?? typeText.json, from: "diskpart: list volume, \(typeText)")
  }

  /// The disks as evidence, where they are known.
  var diskEvidence: [Evidence] {
    guard let disks = disks.value else { return [] }
    return [Evidence(fact: fact("disks"), value: disks.json, from: "diskpart: detail volume")]
  }

  /// What the type word means, in words.
  var kindText: Statement { type.value.map { Statement(Self.words(for: $0)) } ?? Statement(Self.unknownKind) }

  private static func words(for kind: Kind) -> Wording {
    switch kind {
    case .partition: Wording("partition", "磁盘分区")
    case .simple: Wording("simple", "简单卷")
    case .spanned: Wording("spanned", "跨区卷")
    case .striped: Wording("striped", "带区卷")
    case .mirror: Wording("mirrored", "镜像卷")
    case .raid5: Wording("RAID-5", "RAID-5 卷")
    case .removable: Wording("removable", "可移动介质")
    case .opticalDrive: Wording("optical drive", "光驱")
    }
  }

  private static let unknownKind = Wording("of an unknown type", "类型未知")
}

extension WindowsDisk {
  /// The disk as a subject, by its name.
  var subject: Subject { Subject(kind: Gap.Kind.windowsDisk.rawValue, name: name) }

  /// Where it stands in the facts.
  func fact(_ member: String) -> String { "windows.disks[\(name)].\(member)" }

  /// The status as evidence.
  var statusEvidence: Evidence {
    Evidence(fact: fact("status_kind"), value: kind?.json ?? status.json, from: "diskpart: list disk, \(status)")
  }

  /// What the status means; a missing disk is missing whatever the word for it.
  var kind: StatusKind? { isMissing ? .missing : statusKind.value }

  /// Whether volumes may lie on it that diskpart does not show: those of a foreign, missing or offline dynamic disk.
  var mayHideVolumes: Bool {
    switch kind {
    case .foreign, .missing: true
    case .online, .noMedia: false
    case .offline, nil: dynamic.value != false
    }
  }
}
