// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The rules for an image's name (Image Management Service API reference, "Image attributes", `name`).
///
/// 1 to 128 characters; letters and digits of ASCII, `-` `.` `_`, space and Chinese; no space at either end. They hold
/// for the text that the JSON stands for: clients escape Chinese as `\uXXXX`.
enum ImageName {
  /// Most characters that a name has.
  static let longest = 128

  /// What is wrong with a name, or `nil`.
  static func violation(in name: String) -> RequestViolation? {
    let count = name.unicodeScalars.count
    guard count > 0 else { return RequestViolation(.nameMissing, "name", "is empty") }
    guard count <= longest else {
      return RequestViolation(.nameTooLong, "name", "has \(count) characters, at most \(longest) are allowed")
    }
    if name.hasPrefix(" ") || name.hasSuffix(" ") {
      return RequestViolation(.nameMalformed, "name", "begins or ends with a space: \"\(PlainText.from(name))\"")
    }
    guard let stranger = name.unicodeScalars.first(where: { !isAllowed($0) }) else { return nil }
    let shown = PlainText.from(String(Character(stranger)))
    return RequestViolation(
      .nameMalformed, "name",
      "has the character \"\(shown)\"; letters, digits, Chinese characters, spaces, and - . _ are allowed")
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "A"..."Z", "a"..."z", "0"..."9", "-", ".", "_", " ": true
    // The CJK Unified Ideographs block, the range that the service's tag rules give.
    case "\u{4E00}"..."\u{9FFF}": true
    default: false
    }
  }
}
