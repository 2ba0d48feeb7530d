// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// A tag of an image: a key and a value ("Image tag data formats").
struct ImageTag: Sendable, Equatable {
  /// Most tags that an image has.
  static let mostOfImage = 10

  /// 1 to 36 characters.
  var key: String
  /// Up to 43 characters.
  var value: String

  init(key: String, value: String) {
    self.key = key
    self.value = value
  }

  /// `key.value`, cut at the first dot; without a dot the value is empty.
  init(text: String) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(key: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : "")
  }

  /// `{"key","value"}`; `nil` if it is none.
  init?(json: JSON?) {
    guard let key = json?["key"]?.string else { return nil }
    self.init(key: key, value: json?["value"]?.string ?? "")
  }

  /// The form in an image's `tags`.
  var text: String { "\(key).\(value)" }

  /// The form `{"key","value"}`.
  var json: JSON { .members(("key", key.json), ("value", value.json)) }

  /// Whether key and value have a length that is allowed.
  var isAllowed: Bool {
    (1...36).contains(key.unicodeScalars.count) && value.unicodeScalars.count <= 43
  }

  /// The tags of an order, from either of its two members.
  static func all(in request: JSON) -> [ImageTag] {
    let texts = (request["tags"]?.array ?? []).compactMap(\.string).map { ImageTag(text: $0) }
    return texts.isEmpty ? (request["image_tags"]?.array ?? []).compactMap { ImageTag(json: $0) } : texts
  }

  /// The tags of an image.
  static func all(of image: JSONObject) -> [ImageTag] {
    (image["tags"]?.array ?? []).compactMap(\.string).map { ImageTag(text: $0) }
  }
}
