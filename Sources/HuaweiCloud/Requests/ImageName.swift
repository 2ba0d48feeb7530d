// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The rules for an image's name (Image Management Service API reference, "Image attributes", `name`).
///
/// 1 to 128 characters; letters and digits of ASCII, `-` `.` `_`, space and Chinese; no space at either end. They hold
/// for the text that the JSON stands for: clients escape Chinese as `\uXXXX`. Chinese is the block U+4E00 to U+9FFF,
/// the range that the service's tag rules give. Whether the name is taken is the cloud's to say.
enum ImageName {
  /// Most characters that a name has.
  static let longest = 128

  /// Reads `name`; `nil` if it is missing or no text.
  static func read(_ fields: inout RequestFields) -> String? {
    guard fields.value("name") != nil else {
      fields.violations.append(.nameMissing, "name", "is missing", "缺失")
      return nil
    }
    guard let name = fields.text("name", .nameWrong) else { return nil }
    check(name, &fields.violations)
    return name
  }

  private static func check(_ name: String, _ violations: inout ViolationList) {
    let scalars = name.unicodeScalars
    let count = scalars.count
    guard count > 0 else {
      violations.append(.nameMissing, "name", "is empty", "为空")
      return
    }
    if count > longest {
      violations.append(
        .nameTooLong, "name", "has \(count) characters, at most \(longest) are allowed: \(ShownValue.of(name))",
        "有 \(count) 个字符，最多允许 \(longest) 个：\(ShownValue.of(name))")
    }
    if scalars.first == " " || scalars.last == " " {
      violations.append(
        .nameMalformed, "name", "begins or ends with a space: \(ShownValue.of(name))",
        "以空格开头或结尾：\(ShownValue.of(name))")
    }
    if let stranger = scalars.first(where: { !isAllowed($0) }) {
      violations.append(
        .nameMalformed, "name",
        "has the character \(ShownValue.of(String(stranger))); letters, digits, Chinese characters, spaces, and - . _ "
          + "are allowed: \(ShownValue.of(name))",
        "含有字符 \(ShownValue.of(String(stranger)))；只允许字母、数字、中文、空格以及 - . _：\(ShownValue.of(name))")
    }
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ".", " ": true
    default: CloudCharacters.isWord(scalar)
    }
  }
}
