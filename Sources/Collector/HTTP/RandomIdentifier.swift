// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Identifiers that nobody can guess: 128 random bits from the kernel as 32 hexadecimal digits.
enum RandomIdentifier {
  /// A new one.
  static func make() -> String {
    var random = SystemRandomNumberGenerator()
    // A call into the kernel for each number, so not for each byte.
    let numbers: [UInt64] = [random.next(), random.next()]
    return Digest.hex(numbers.withUnsafeBytes { Array($0) })
  }
}
