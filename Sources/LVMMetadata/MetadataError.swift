// SPDX-License-Identifier: Apache-2.0

/// Why a metadata text was refused.
public struct MetadataError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong; the raw values are stable codes.
  public enum Code: String, Hashable, Sendable, CaseIterable {
    /// The text is longer than ``PhysicalVolumeReader/maximumTextSize``.
    case textTooLarge = "text_too_large"
    /// A byte stands where the grammar has no place for it.
    case unexpectedByte = "unexpected_byte"
    /// The text ends inside a section, array or string.
    case unexpectedEnd = "unexpected_end"
    /// Something other than NUL follows the end of the text.
    case trailingBytes = "trailing_bytes"
    /// Sections are nested deeper than ``VolumeGroupMetadata/maximumDepth``.
    case nestedTooDeep = "nested_too_deep"
    /// A section has more values, or the group more members, than any real one.
    case tooComplex = "too_complex"
    /// A number does not fit 64 bits or is written in a way that lvm2 does not write.
    case malformedNumber = "malformed_number"
    /// A number is outside the range of its field.
    case numberOutOfRange = "number_out_of_range"
    /// A name has a character that names do not have, or is too long.
    case malformedName = "malformed_name"
    /// An identifier has a wrong length or character.
    case malformedIdentifier = "malformed_identifier"
    /// A string is not UTF-8.
    case malformedString = "malformed_string"
    /// A field that must be there is not.
    case missingField = "missing_field"
    /// A field stands twice in its section.
    case duplicateField = "duplicate_field"
    /// A field has a value of another type.
    case wrongType = "wrong_type"
    /// The text is no volume group metadata, or of another version than 1.
    case unrecognisedContents = "unrecognised_contents"
    /// There is no volume group section, or more than one.
    case groupCount = "group_count"
    /// The group has no physical volume.
    case noPhysicalVolume = "no_physical_volume"
    /// Two physical volumes have one key.
    case duplicatePhysicalVolumeKey = "duplicate_physical_volume_key"
    /// Two physical volumes have one identifier.
    case duplicatePhysicalVolume = "duplicate_physical_volume"
    /// Two logical volumes have one name or identifier.
    case duplicateLogicalVolume = "duplicate_logical_volume"
    /// The number of segments differs from `segment_count`.
    case segmentCount = "segment_count"
    /// The segments of a logical volume leave a hole or overlap.
    case segmentOrder = "segment_order"
    /// A segment has another number of areas than it says, or an extent count that they cannot share evenly.
    case areaCount = "area_count"
    /// A name refers to no volume of the group.
    case unresolvedReference = "unresolved_reference"
    /// A logical volume lies on itself.
    case cycle = "cycle"
  }

  /// What is wrong.
  public let code: Code
  /// Where, in bytes from the start of the text; 0 where no single place is to blame.
  public let offset: Int
  /// Which name, key or field is concerned, empty where none is.
  public let subject: String

  /// Code, subject and place, for people.
  public var description: String {
    subject.isEmpty ? "\(code.rawValue) at byte \(offset)" : "\(code.rawValue) (\(subject)) at byte \(offset)"
  }
}
