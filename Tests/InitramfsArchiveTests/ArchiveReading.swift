// SPDX-License-Identifier: Apache-2.0

import TestSupport

@testable import InitramfsArchive

/// What reading an archive comes to.
enum ArchiveReading: Equatable {
  case whole(InitramfsContents)
  case failed(ArchiveError.Reason)

  /// Reads bytes in pieces of a size.
  init(
    _ bytes: [UInt8], piece: Int = 64 << 10, limits: ArchiveLimits = ArchiveLimits(),
    isLate: @escaping () -> Bool = { false }
  ) {
    var reader = InitramfsReader(limits: limits, isLate: isLate)
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
      self = .whole(reader.contents)
    } catch {
      self = .failed(error.reason)
    }
  }

  /// The contents, where it was read to its end.
  var contents: InitramfsContents? {
    guard case .whole(let contents) = self else { return nil }
    return contents
  }

  /// The modules of a kernel.
  func drivers(_ release: String) -> [String]? { contents?.drivers[Array(release.utf8)]?.sorted() }
}
