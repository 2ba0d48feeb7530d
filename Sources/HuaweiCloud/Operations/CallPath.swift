// SPDX-License-Identifier: Apache-2.0

/// A request's path, taken apart and decoded once.
///
/// What the gate reads there and what the cloud reads there must be the same, so a path that two readers could take
/// apart differently is refused: an escaped `/`, segments `.` and `..`, empty segments, a `\`, a `;` (some servers cut a
/// segment there), control characters, an escape that is none, bytes that are not UTF-8. No call of the image or the
/// compute service needs any of them. A `/` at the end is as good as none.
public struct CallPath: Sendable, Equatable {
  /// The decoded segments, none of them empty.
  public let segments: [String]

  /// Takes a path apart as it stands in the request line, without the query; throws if it cannot be read in one way.
  public init(_ raw: some StringProtocol) throws(RequestViolations) {
    func refusal(_ words: String, _ chinese: String) -> RequestViolations {
      RequestViolations(
        RequestViolation(
          .addressWrong, "", "the path \(words): \(ShownValue.of(raw))", "路径\(chinese)：\(ShownValue.of(raw))"))
    }
    let bytes = String(raw).utf8
    guard bytes.first == UInt8(ascii: "/") else { throw refusal("does not begin with a /", "不以 / 开头") }
    var segments: [String] = []
    var parts = bytes.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true { parts.removeLast() }
    for part in parts {
      guard let segment = PercentEncoding.decode(Substring(part)) else {
        throw refusal("has an escape that is none or is not UTF-8", "含有无效的转义，或不是 UTF-8")
      }
      guard !segment.isEmpty else { throw refusal("has an empty segment", "含有空段") }
      guard segment != ".", segment != ".." else { throw refusal("has a segment . or ..", "含有段 . 或 ..") }
      guard segment.unicodeScalars.allSatisfy(Self.isPlain) else {
        throw refusal(
          "has a character in a segment that could end or split it", "的某一段含有可能截断或拆分它的字符")
      }
      segments.append(segment)
    }
    self.segments = segments
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "/", "\\", ";", "?", "#", "\0"..."\u{1F}", "\u{7F}"..."\u{9F}": false
    default: true
    }
  }
}
