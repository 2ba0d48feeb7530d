// SPDX-License-Identifier: Apache-2.0

import LVMMetadata

/// Any bytes as the text of a volume group.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard let group = try? VolumeGroupMetadata.parse(Array(UnsafeBufferPointer(start: start, count: count))) else {
    return 0
  }
  var identifiers: Set<LVMIdentifier> = []
  for volume in group.physicalVolumes { precondition(identifiers.insert(volume.identifier).inserted) }
  for volume in group.logicalVolumes {
    let indices = group.physicalVolumeIndices(of: volume)
    precondition(indices == indices.sorted() && Set(indices).count == indices.count)
    precondition(group.logicalVolume(named: volume.name) != nil)
  }
  return 0
}
