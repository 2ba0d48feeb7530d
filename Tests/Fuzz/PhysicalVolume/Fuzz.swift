// SPDX-License-Identifier: Apache-2.0

import LVMMetadata

/// Any bytes as the beginning of a device: its label, its metadata areas, the groups they make up.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let size = UInt64(max(count, 64 << 20))
  var source = MemorySource(regions: [ByteRegion(offset: 0, bytes: bytes)], end: size)
  guard case .found(let volume)? = try? PhysicalVolumeReader.read(deviceSize: size, from: &source) else { return 0 }
  let assembly = VolumeGroupAssembly.assemble([("vdb", volume), ("vdc", volume)])
  for group in assembly.groups {
    precondition(group.members.count == group.metadata.physicalVolumes.count)
    for entry in group.metadata.logicalVolumes {
      for index in group.metadata.physicalVolumeIndices(of: entry) {
        precondition(group.metadata.physicalVolumes.indices.contains(index))
      }
    }
  }
  precondition(assembly.physicalVolumes.count == 2)
  return 0
}
