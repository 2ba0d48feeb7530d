// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import LVMMetadata

/// What a device says of the group, array or pool that it is a member of.
///
/// Read twice from the same bytes: by the helper, which records what it reads, and by the parent from the recording.
struct MemberReading: Equatable {
  /// Its LVM label and metadata.
  var physicalVolume: Result<PhysicalVolumeReading, ByteSourceError>
  /// Its md superblock.
  var arrayMember: ArraySuperblock?
  /// What it says of the file system or pool over several devices that it belongs to.
  var pool = PoolMember.Reading.alone

  /// Reads the members' marks.
  init(of reading: DeviceReading, from source: inout some ByteSource) {
    do throws(ByteSourceError) {
      physicalVolume = .success(try PhysicalVolumeReader.read(deviceSize: reading.sizeBytes, from: &source))
    } catch {
      physicalVolume = .failure(error)
    }
    guard case .found(let content) = reading.signatures else { return }
    if content.type == "linux_raid_member" {
      for offset in ArraySuperblock.offsets(deviceSize: reading.sizeBytes) {
        guard let bytes = try? source.read(at: offset, count: ArraySuperblock.readSize),
          let superblock = ArraySuperblock(parsing: bytes)
        else { continue }
        arrayMember = superblock
        break
      }
    }
    pool = PoolMember.read(content.type, from: &source)
  }
}
