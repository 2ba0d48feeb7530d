// SPDX-License-Identifier: Apache-2.0

import Facts
import InitramfsArchive

/// Any bytes as an initial RAM file system, or as the files that lie beside a kernel: read in pieces of any size the same
/// is said, and what goes into a recording says the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  switch start[0] {
  case 0xFE:
    let found = BuiltInModules(parsingModules: bytes)
    precondition(BuiltInModules(parsingModules: found.recordedModules) == found)
  case 0xFF:
    let found = BuiltInModules(parsingConfiguration: bytes)
    precondition(BuiltInModules(parsingConfiguration: found.recordedConfiguration) == found)
  default:
    let whole = read(bytes, piece: max(bytes.count, 1))
    let pieces = read(bytes, piece: Int(start[0]) + 1)
    switch (whole, pieces) {
    case (.success(let one), .success(let other)): precondition(one == other)
    case (.failure, .failure): break
    // A decoder that is given all at once can do without the memory that it is not granted.
    case (.success, .failure(let error)), (.failure(let error), .success): precondition(error.reason == .unsupported)
    }
    let recorded =
      switch whole {
      case .success(let contents): RecordedArchive.bytes(contents, nil)
      case .failure(let error): RecordedArchive.bytes(InitramfsReader().contents, error)
      }
    precondition(read(recorded, piece: 64 << 10) == whole)
  }
  return 0
}

private func read(_ bytes: [UInt8], piece: Int) -> Result<InitramfsContents, ArchiveError> {
  var limits = ArchiveLimits()
  // Enough for everything that is told apart, and quick.
  limits.outputBytes = 1 << 20
  limits.memoryBytes = 16 << 20
  limits.windowLog = 23
  var reader = InitramfsReader(limits: limits)
  do throws(ArchiveError) {
    var start = 0
    while start < bytes.count {
      let end = min(start + piece, bytes.count)
      let failure = bytes[start..<end].withUnsafeBytes { piece -> ArchiveError? in
        do throws(ArchiveError) { try reader.take(piece) } catch { return error }
        return nil
      }
      if let failure { throw failure }
      start = end
    }
    try reader.finish()
    return .success(reader.contents)
  } catch {
    return .failure(error)
  }
}
