// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// A tag of an image ("Image tag data format"): a key of 1 to 36 characters, a value of 0 to 43.
///
/// Both of letters and digits of ASCII, `_`, `-` and Chinese, the value of `.` too.
public struct ImageTag: Sendable, Equatable {
  /// The key, unique among an image's tags.
  public var key: String
  /// The value, empty if the tag has none.
  public var value: String

  /// A tag of that key and value.
  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

/// Reads both forms of tags into one.
///
/// - `tags`: strings `key.value`, split at the first `.`; without one the value is empty.
/// - `image_tags`: objects `{"key","value"}`; a value that is absent is empty.
///
/// The forms exclude each other; an empty array is as good as none. The format's page calls a key unique and a repeated
/// key an update and not an error, so of tags of one key in one request the last one counts, at the place of the first,
/// and the limit of 10 tags is one of different keys.
enum ImageTags {
  /// Most tags that an image has.
  static let most = 10
  static let longestKey = 36
  static let longestValue = 43

  static func read(_ fields: inout RequestFields) -> [ImageTag] {
    let plain = fields.array("tags", .tagInvalid)
    let pairs = fields.array("image_tags", .tagInvalid)
    if !plain.isEmpty && !pairs.isEmpty {
      fields.violations.append(
        .tagInvalid, "image_tags", "stands beside tags; tags are given in one of the two forms",
        "与 tags 同时出现；标签只能用两种形式之一给出")
    }
    var tags: [ImageTag] = []
    collect(plain, "tags", &tags, &fields.violations, tag(plain:_:_:))
    var other: [ImageTag] = []
    collect(pairs, "image_tags", &other, &fields.violations, tag(pair:_:_:))
    return tags.isEmpty ? other : tags
  }

  private static func collect(
    _ elements: [JSON], _ field: String, _ tags: inout [ImageTag], _ violations: inout ViolationList,
    _ read: (JSON, () -> String, inout ViolationList) -> ImageTag?
  ) {
    for (index, element) in elements.enumerated() {
      let before = violations.count
      let place = { "\(field)[\(index)]" }
      guard let tag = read(element, place, &violations) else { continue }
      check(tag, place, &violations)
      if violations.count > before { continue }
      if let known = tags.firstIndex(where: { $0.key == tag.key }) {
        tags[known] = tag
      } else if tags.count <= most {
        // One more than allowed is kept, which is enough to know that there are too many.
        tags.append(tag)
      }
    }
    if tags.count > most {
      violations.append(
        .tooManyTags, field,
        "has more than \(most) different keys in \(elements.count) tags; at most \(most) are allowed",
        "的 \(elements.count) 个标签中有超过 \(most) 个不同的键；最多允许 \(most) 个")
    }
  }

  private static func tag(plain element: JSON, _ place: () -> String, _ violations: inout ViolationList) -> ImageTag? {
    guard case .string(let text) = element else {
      violations.append(
        .tagInvalid, place(), "must be a string key.value, found \(ShownValue.of(element))",
        "必须是 key.value 形式的字符串，实际为 \(ShownValue.chinese(element))")
      return nil
    }
    guard let dot = text.utf8.firstIndex(of: UInt8(ascii: ".")) else { return ImageTag(key: text, value: "") }
    return ImageTag(key: String(text[..<dot]), value: String(text[text.utf8.index(after: dot)...]))
  }

  private static func tag(pair element: JSON, _ place: () -> String, _ violations: inout ViolationList) -> ImageTag? {
    guard case .object(let members) = element else {
      violations.append(
        .tagInvalid, place(), "must be an object of key and value, found \(ShownValue.of(element))",
        "必须是由 key 和 value 组成的对象，实际为 \(ShownValue.chinese(element))")
      return nil
    }
    let (key, value) = (members["key"] ?? .null, members["value"] ?? .null)
    guard case .string(let key) = key else {
      violations.append(
        .tagInvalid, place(), "must have a string as key, found \(ShownValue.of(key))",
        "的 key 必须是字符串，实际为 \(ShownValue.chinese(key))")
      return nil
    }
    switch value {
    case .null: return ImageTag(key: key, value: "")
    case .string(let value): return ImageTag(key: key, value: value)
    default:
      violations.append(
        .tagInvalid, place(), "must have a string as value, found \(ShownValue.of(value))",
        "的 value 必须是字符串，实际为 \(ShownValue.chinese(value))")
      return nil
    }
  }

  private static func check(_ tag: ImageTag, _ place: () -> String, _ violations: inout ViolationList) {
    let (key, value) = (tag.key, tag.value)
    let (keyLength, valueLength) = (key.unicodeScalars.count, value.unicodeScalars.count)
    if keyLength == 0 { violations.append(.tagInvalid, place(), "has an empty key", "的键为空") }
    if keyLength > longestKey {
      violations.append(
        .tagInvalid, place(),
        "has a key of \(keyLength) characters, at most \(longestKey) are allowed: \(ShownValue.of(key))",
        "的键有 \(keyLength) 个字符，最多允许 \(longestKey) 个：\(ShownValue.of(key))")
    }
    if let stranger = key.unicodeScalars.first(where: { !CloudCharacters.isWord($0) }) {
      violations.append(
        .tagInvalid, place(),
        "has the character \(ShownValue.of(String(stranger))) in its key; letters, digits, Chinese characters, - and _ "
          + "are allowed: \(ShownValue.of(key))",
        "的键含有字符 \(ShownValue.of(String(stranger)))；只允许字母、数字、中文、- 和 _：\(ShownValue.of(key))")
    }
    if valueLength > longestValue {
      violations.append(
        .tagInvalid, place(),
        "has a value of \(valueLength) characters, at most \(longestValue) are allowed: \(ShownValue.of(value))",
        "的值有 \(valueLength) 个字符，最多允许 \(longestValue) 个：\(ShownValue.of(value))")
    }
    if let stranger = value.unicodeScalars.first(where: { !CloudCharacters.isWord($0) && $0 != "." }) {
      violations.append(
        .tagInvalid, place(),
        "has the character \(ShownValue.of(String(stranger))) in its value; letters, digits, Chinese characters, -, _ "
          + "and . are allowed: \(ShownValue.of(value))",
        "的值含有字符 \(ShownValue.of(String(stranger)))；只允许字母、数字、中文、-、_ 和 .：\(ShownValue.of(value))")
    }
  }
}
