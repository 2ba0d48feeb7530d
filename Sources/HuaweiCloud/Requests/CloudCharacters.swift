// SPDX-License-Identifier: Apache-2.0

/// The characters that names and tags have in common.
enum CloudCharacters {
  /// Whether this is a letter or digit of ASCII, `_`, `-` or Chinese.
  ///
  /// Chinese is the block CJK Unified Ideographs, U+4E00 to U+9FFF, which the service's page on tags names.
  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "A"..."Z", "a"..."z", "0"..."9", "_", "-", "\u{4E00}"..."\u{9FFF}": true
    default: false
    }
  }
}
