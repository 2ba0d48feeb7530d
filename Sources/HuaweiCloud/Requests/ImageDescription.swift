// SPDX-License-Identifier: Apache-2.0

/// The rules for an image's description (Image Management Service API reference, "Image attributes", `__description`).
///
/// At most 1024 characters, none of them a carriage return, a line feed, `<` or `>`. The reference lists what is
/// forbidden, so everything else is allowed, spaces and tabs too. A character is a Unicode scalar: a reader that counts
/// UTF-16 units counts an emoji twice and may refuse at 1024 what is let through here.
enum ImageDescription {
  /// Most characters that a description has.
  static let longest = 1024

  /// Reads `description`; `nil` if it is absent, empty or no text.
  static func read(_ fields: inout RequestFields) -> String? {
    guard let text = fields.text("description", .descriptionMalformed), !text.isEmpty else { return nil }
    let count = text.unicodeScalars.count
    if count > longest {
      fields.violations.append(
        .descriptionTooLong, "description",
        "has \(count) characters, at most \(longest) are allowed: \(ShownValue.of(text))",
        "有 \(count) 个字符，最多允许 \(longest) 个：\(ShownValue.of(text))")
    }
    if let stranger = text.unicodeScalars.first(where: { ["\r", "\n", "<", ">"].contains($0) }) {
      fields.violations.append(
        .descriptionMalformed, "description",
        "has the character \(ShownValue.of(String(stranger))); line breaks, < and > are not allowed: "
          + ShownValue.of(text),
        "含有字符 \(ShownValue.of(String(stranger)))；不允许换行、< 和 >：\(ShownValue.of(text))")
    }
    return text
  }
}
