// SPDX-License-Identifier: Apache-2.0

import LVMMetadata

@testable import Inspection

/// Any bytes as the superblock or label of an array or pool, and as what a helper process sends.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  switch start[0] % 10 {
  case 0: if let block = ArraySuperblock(parsing: bytes) { precondition(block.memberCount > 0) }
  case 1: if let block = BtrfsSuperblock(parsing: bytes) { precondition(block.deviceCount > 0) }
  case 2: if let block = BcachefsSuperblock(parsing: bytes) { precondition(block.deviceCount > 0) }
  case 3: if let label = ZFSLabel(parsing: bytes) { precondition(label.leastMemberCount > 0) }
  case 4: if let block = BcacheSuperblock(parsing: bytes) { precondition(block.leastMemberCount > 0) }
  case 5: if let block = ExtSuperblock(parsing: bytes) { precondition(!block.isJournal || block.journalUUID == nil) }
  case 6: if let block = XFSSuperblock(parsing: bytes) { precondition((1...3).contains(block.deviceCount)) }
  case 7: if let log = XFSLog(parsing: bytes) { precondition(log.fileSystemUUID.utf8.count == 36) }
  case 8: if let block = F2FSSuperblock(parsing: bytes) { precondition((1...8).contains(block.deviceCount)) }
  default:
    let outcome = ReadingFrame.outcome(from: bytes)
    if case .read = outcome { precondition(ReadingFrame.outcome(from: ReadingFrame.bytes(of: outcome)) == outcome) }
    _ = ReadingFrame.request(from: bytes)
  }
  return 0
}
