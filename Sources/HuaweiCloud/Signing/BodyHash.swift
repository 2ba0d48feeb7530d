// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Facts

/// What of a body goes into a signature.
public enum BodyHash: Sendable, Equatable {
  /// The SHA-256 of the body, as 64 lower-case hexadecimal digits.
  case sha256(String)
  /// Nothing: `UNSIGNED-PAYLOAD` stands for it.
  case unsigned

  /// The header that tells what stands for the body.
  static let header = "x-sdk-content-sha256"
  /// The hash of a body without a byte.
  public static let empty = BodyHash.of([])

  /// The hash of a body.
  public static func of(_ body: some Collection<UInt8>) -> BodyHash {
    var hash = SHA256()
    if body.withContiguousStorageIfAvailable({ hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }) == nil {
      hash.update(data: Array(body))
    }
    return .sha256(Digest.hex(hash.finalize()))
  }

  /// The word in the canonical request.
  public var text: String {
    switch self {
    case .sha256(let digits): digits
    case .unsigned: "UNSIGNED-PAYLOAD"
    }
  }

  /// Whether the official clients sign a body of that type: JSON and BSON by their beginning, and whatever has no type.
  ///
  /// The case of letters does not matter here, so that no spelling of JSON gets by without a signature.
  static func isSigned(contentType: String?) -> Bool {
    guard let contentType, !contentType.isEmpty else { return true }
    let folded = SignableRequest.lowercased(contentType)
    return folded.hasPrefix("application/json") || folded.hasPrefix("application/bson")
  }
}
