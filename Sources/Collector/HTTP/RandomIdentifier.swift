// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Identifiers that nobody can guess: 128 random bits from the kernel as 32 hexadecimal digits.
enum RandomIdentifier {
  /// A new one.
  static func make() -> String {
    var random = SystemRandomNumberGenerator()
    return Digest.hex((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
  }
}
