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
  public mutating func learn(_ volume: PhysicalVolume) {
    for area in volume.metadataAreas {
      if case .text(let text) = area.content { _ = metadata(of: text) }
    }
  }

  /// What a text says, with a number that equal texts share.
  mutating func metadata(of text: MetadataText) -> (result: Result<VolumeGroupMetadata, MetadataError>, number: Int) {
    let key = Key(checksum: text.checksum, size: text.bytes.count)
    if let same = known[key]?.first(where: { $0.bytes == text.bytes }) { return (same.result, same.number) }
    let result = Result { () throws(MetadataError) in try VolumeGroupMetadata.parse(text.bytes) }
    known[key, default: []].append(Known(bytes: text.bytes, result: result, number: count))
    count += 1
    return (result, count - 1)
  }
}
