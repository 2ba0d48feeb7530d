// SPDX-License-Identifier: Apache-2.0

/// The metadata texts of a machine, each understood once: a group of sixty disks carries sixty copies of its text.
public struct MetadataTexts: Sendable {
  private struct Key: Hashable {
    let checksum: UInt32
    let size: Int
  }

  private struct Known {
    let bytes: [UInt8]
    let result: Result<VolumeGroupMetadata, MetadataError>
    let number: Int
  }

  private var known: [Key: [Known]] = [:]
  private var count = 0

  /// No text yet.
  public init() {}

  /// Reads the texts of a physical volume, so that ``VolumeGroupAssembly/assemble(_:texts:)`` finds them read.
  ///
  /// Where the same text was read before, the volume shares that copy afterwards: sixty disks hold one, not sixty.
  public mutating func learn(_ volume: inout PhysicalVolume) {
    for index in volume.metadataAreas.indices {
      guard case .text(let text) = volume.metadataAreas[index].content else { continue }
      volume.metadataAreas[index].content = .text(
        MetadataText(bytes: known(text).bytes, checksum: text.checksum, wrapped: text.wrapped))
    }
  }

  /// What a text says, with a number that equal texts share.
  mutating func metadata(of text: MetadataText) -> (result: Result<VolumeGroupMetadata, MetadataError>, number: Int) {
    let known = known(text)
    return (known.result, known.number)
  }

  private mutating func known(_ text: MetadataText) -> Known {
    let key = Key(checksum: text.checksum, size: text.bytes.count)
    if let same = known[key]?.first(where: { $0.bytes == text.bytes }) { return same }
    let result = Result { () throws(MetadataError) in try VolumeGroupMetadata.parse(text.bytes) }
    let new = Known(bytes: text.bytes, result: result, number: count)
    known[key, default: []].append(new)
    count += 1
    return new
  }
}
