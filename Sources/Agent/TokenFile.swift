// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Why a token file is not used.
struct TokenFileFailure: Error, CustomStringConvertible {
  var description: String
}

/// The file that holds the bearer token.
enum TokenFile {
  /// The token, without blanks around it; refuses a file that others may read.
  static func read(_ path: String) throws(TokenFileFailure) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure("cannot open", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw TokenFileFailure(description: "token file \(path) is no regular file")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw TokenFileFailure(description: "token file \(path) may be read by others: chmod 600 \(path)")
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
    }
    let token = bytes.filter { $0 > 0x20 && $0 < 0x7F }
    guard !token.isEmpty else { throw TokenFileFailure(description: "token file \(path) is empty") }
    return String(decoding: token, as: UTF8.self)
  }

  /// Whether there is such a file at all.
  static func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

  private static func failure(_ what: String, _ path: String) -> TokenFileFailure {
    TokenFileFailure(description: "\(what) token file \(path): \(String(cString: strerror(errno)))")
  }
}
