// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Facts

/// The key that a guest signs with, Ed25519 (RFC 8032); it never leaves the guest.
public struct GuestSecretKey: Sendable, CustomStringConvertible {
  private let key: Curve25519.Signing.PrivateKey

  /// A new key, from the kernel's random numbers.
  public init() { key = Curve25519.Signing.PrivateKey() }

  /// The key of a seed; `nil` if that has not 32 bytes.
  public init?(seed: [UInt8]) {
    guard seed.count == 32, let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else { return nil }
    self.key = key
  }

  /// What the key is made of, 32 bytes: secret.
  public var seed: [UInt8] { Array(key.rawRepresentation) }

  /// The key that others check signatures with.
  public var publicKey: GuestPublicKey { GuestPublicKey(key.publicKey) }

  /// The signature over a text, 64 bytes; `nil` if the cryptographic library fails.
  public func signature(over text: String) -> [UInt8]? {
    (try? key.signature(for: Array(text.utf8))).map { Array($0) }
  }

  /// Without what is secret, so that it can get into no log.
  public var description: String { "secret key of \(publicKey.id)" }
}

/// The key that a guest's signatures are checked with.
public struct GuestPublicKey: Sendable, Equatable {
  private let key: Curve25519.Signing.PublicKey
  /// The 32 bytes (RFC 8032, section 5.1.5).
  public let bytes: [UInt8]
  /// Names the key: the SHA-256 of its bytes, 64 lower-case hexadecimal digits.
  public let id: String

  init(_ key: Curve25519.Signing.PublicKey) {
    self.key = key
    bytes = Array(key.rawRepresentation)
    id = Digest.hex(SHA256.hash(data: bytes))
  }

  /// The key of those bytes; `nil` if there are not 32.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return nil }
    self.init(key)
  }

  /// Whether a signature over a text is of this key.
  public func isValid(_ signature: [UInt8], over text: String) -> Bool {
    signature.count == 64 && key.isValidSignature(signature, for: Array(text.utf8))
  }

  /// Whether two keys are the same.
  public static func == (first: GuestPublicKey, second: GuestPublicKey) -> Bool { first.bytes == second.bytes }

  /// Whether this can be the name of a key.
  public static func isID(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }
}
