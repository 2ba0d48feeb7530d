// SPDX-License-Identifier: Apache-2.0

/// One row of `list volume`, with what the detail commands add.
public struct WindowsVolume: Sendable, Equatable {
  /// What the type word means.
  public enum Kind: String, Sendable, CaseIterable, JSONConvertible {
    /// A partition of a basic disk.
    case partition
    /// A dynamic volume on one disk.
    case simple
    /// Several disks one behind the other (跨区卷).
    case spanned
    /// Several disks in turns.
    case striped
    /// Two disks of the same content.
    case mirror
    /// Several disks with parity.
    case raid5
    /// A removable medium.
    case removable
    /// CD, DVD.
    case opticalDrive = "optical_drive"

    /// Whether a volume of this type lies on several disks by its nature.
    public var needsSeveralDisks: Bool { [.spanned, .striped, .mirror, .raid5].contains(self) }
  }

  /// What the status word means.
  public enum StatusKind: String, Sendable, CaseIterable, JSONConvertible {
    /// Whole.
    case healthy
    /// A drive without medium.
    case noMedia = "no_media"
    /// A mirror or RAID-5 volume that has lost a disk.
    case failedRedundancy = "failed_redundancy"
    /// Not usable: disks are missing.
    case failed
    /// Redundancy is being restored.
    case rebuild
    /// Errors were seen on a disk of it.
    case atRisk = "at_risk"
    /// Cannot be used, as diskpart says in Japanese.
    case unusable
  }

  /// The number.
  public var number: Int
  /// The drive letter.
  public var letter: Observed<String> = .none
  /// The label as shown: cut to 11 characters; empty if there is none.
  public var label = ""
  /// The file system as shown; `RAW` is a value.
  public var fileSystem: Observed<String> = .none
  /// What the type word means; unknown if the word is not known.
  public var type: Observed<Kind> = .unknown
  /// The type word, verbatim.
  public var typeText: String
  /// The size as printed.
  public var sizeText: String
  /// The status word, verbatim; cut to 9 characters.
  public var status = ""
  /// What it means.
  public var statusKind: Observed<StatusKind> = .unknown
  /// `Boot`, `System`, `Hidden` and the like, verbatim.
  public var info = ""
  /// Folders that it is mounted at, with their final backslash.
  public var mountPoints: [String] = []
  /// Names of the disks that it lies on (`1`, `M0`), as `detail volume` or several `detail disk` show it; unknown if
  /// they were not asked.
  public var disks: Observed<[String]> = .unknown

  /// A row of which only number, type word and size are known.
  public init(number: Int, typeText: String, sizeText: String) {
    self.number = number
    self.typeText = typeText
    self.sizeText = sizeText
  }

  /// Whether it lies on several disks: by its type, or because diskpart lists several disks for it.
  public var liesOnSeveralDisks: Bool {
    type.value?.needsSeveralDisks == true || Set(disks.value ?? []).count > 1
  }
}

extension WindowsVolume: JSONConvertible {
  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    number = try members.required("number")
    letter = try members.observed("letter")
    label = try members.optional("label") ?? ""
    fileSystem = try members.observed("file_system")
    type = try members.observed("type")
    typeText = try members.required("type_text")
    sizeText = try members.required("size_text")
    status = try members.optional("status") ?? ""
    statusKind = try members.observed("status_kind")
    info = try members.optional("info") ?? ""
    mountPoints = try members.optional("mount_points") ?? []
    disks = try members.observed("disks")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("disks", disks.jsonIfKnown), ("file_system", fileSystem.jsonIfKnown), ("info", info.json),
      ("label", label.json), ("letter", letter.jsonIfKnown), ("mount_points", mountPoints.json),
      ("number", number.json), ("size_text", sizeText.json), ("status", status.json),
      ("status_kind", statusKind.jsonIfKnown), ("type", type.jsonIfKnown), ("type_text", typeText.json))
  }
}
