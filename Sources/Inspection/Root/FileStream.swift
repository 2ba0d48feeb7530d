// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

extension Root {
  /// Bytes that a file is read in at once.
  private static let pieceBytes = 64 << 10

  /// Passes on the content of a regular file piece by piece, until the end or until `take` says that it has had enough.
  ///
  /// Into a recording goes what `form` then says, from which the same is read. Anything but a regular file fails with
  /// `EINVAL`: a link that leads to a device must not have that opened.
  func stream(
    _ file: String, recordedAs form: () -> [UInt8], _ take: (UnsafeRawBufferPointer) -> Bool
  ) throws(ReadFailure) {
    try observed(.read, file, noting: { _ in .content(form()) }) { () throws(ReadFailure) in
      try passOn(file, take)
    }
  }

  private func passOn(_ file: String, _ take: (UnsafeRawBufferPointer) -> Bool) throws(ReadFailure) {
    let fault = fault(ofReading: file)
    if case .fail(let code) = fault { throw ReadFailure(operation: "read", path: file, code: code) }
    let size = try regularSize(of: file)
    let descriptor = try open(file)
    defer { close(descriptor) }
    var left =
      switch fault {
      case .empty: 0
      case .short: size / 2
      default: Int.max
      }
    // As much at once as a decoder takes: the kernel reads ahead.
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceBytes, alignment: 16)
    defer { piece.deallocate() }
    while left > 0 {
      let count = Glibc.read(descriptor, piece.baseAddress, min(piece.count, left))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw ReadFailure(operation: "read", path: file, code: errno) }
      guard count > 0, take(UnsafeRawBufferPointer(rebasing: piece[..<count])) else { return }
      left -= count
    }
  }

  /// The stamp of the regular file that a path leads to, which is not opened for reading; `nil` of anything else, and
  /// where every answer is watched or made up.
  func stamp(of file: String) -> FileStamp? {
    guard observer == nil, manifest == nil, !hasFaults else { return nil }
    guard let descriptor = try? open(file, flags: WHOLEIMAGE_O_PATH) else { return nil }
    defer { close(descriptor) }
    return FileStamp(descriptor: descriptor)
  }

  /// The size in bytes, learned without opening what the path leads to.
  private func regularSize(of file: String) throws(ReadFailure) -> Int {
    let descriptor = try open(file, flags: WHOLEIMAGE_O_PATH)
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw ReadFailure(operation: "open", path: file, code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ReadFailure(
        operation: "read", path: file, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
    }
    return Int(status.st_size)
  }
}
