// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// One request to the simulated cloud, read whole.
struct CloudCall: Sendable {
  /// A name with a value: a header, or a part of the query.
  struct Field: Sendable, Equatable {
    var name: String
    var value: String
  }

  /// `GET`, `POST`, ...
  var method: String
  /// The path's segments, percent-decoded.
  var segments: [String]
  /// The path as it was sent, without the query.
  var path: String
  /// The query as it was sent, without the `?`.
  var rawQuery = ""
  /// The query's parts, percent-decoded, in order.
  var query: [Field] = []
  /// The headers in order, their names in lower case.
  var headers: [Field] = []
  /// The body.
  var body: [UInt8] = []
  /// When it was received.
  var now: UTCTime
  /// Makes 32 new hexadecimal digits.
  var newID: @Sendable () -> String

  /// What the route's pattern named in the path.
  var variables: [String: String] = [:]
  /// Who asks.
  var caller = Caller.anyone
  /// The project that new things belong to; empty where none is known.
  var project = ""
  /// Where projects are walls: the project whose things can be seen.
  var wall: String?

  /// A call of a path with or without a query.
  init(
    _ method: String, _ target: String, headers: [Field] = [], body: [UInt8] = [], now: UTCTime,
    newID: @escaping @Sendable () -> String
  ) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    self.method = method
    path = String(parts[0])
    segments = Self.segments(of: path).map { Self.decoded($0) }
    if parts.count > 1 {
      rawQuery = String(parts[1])
      query = parts[1].split(separator: "&").map { pair in
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return Field(
          name: Self.decoded(sides[0]),
          value: sides.count > 1 ? Self.decoded(sides[1].map { $0 == "+" ? " " : $0 }) : "")
      }
    }
    self.headers = headers
    self.body = body
    self.now = now
    self.newID = newID
  }

  /// The first value of a header whose name is given in lower case.
  func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  /// The first value of a part of the query; an empty one is none.
  func parameter(_ name: String) -> String? {
    guard let value = query.first(where: { $0.name == name })?.value, !value.isEmpty else { return nil }
    return value
  }

  /// What the route's pattern named so; empty if it named nothing.
  func variable(_ name: String) -> String { variables[name] ?? "" }

  /// A new id in the form of a UUID.
  func newUUID() -> String { Self.uuid(of: newID()) }

  /// 32 hexadecimal digits in groups, as ids of images, volumes and backups have them.
  static func uuid(of digits: String) -> String {
    var groups: [Substring] = []
    var rest = digits[...]
    for length in [8, 4, 4, 4, 12] {
      groups.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return groups.joined(separator: "-")
  }

  /// The segments of a path; a `/` at its end, which signing clients add, makes none.
  static func segments(of path: some StringProtocol) -> [Substring] {
    var segments = path.split(separator: "/", omittingEmptySubsequences: false).map { Substring($0) }.dropFirst()
    if segments.count > 1, segments.last?.isEmpty == true { segments.removeLast() }
    return Array(segments)
  }

  /// Text whose `%XX` are bytes (RFC 3986 2.1); what is none stays as it is.
  static func decoded(_ text: some Sequence<Character>) -> String {
    let bytes = Array(String(text).utf8)
    guard bytes.contains(0x25) else { return String(decoding: bytes, as: UTF8.self) }
    var decoded: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0x25, index + 2 < bytes.count,
        let byte = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        decoded.append(byte)
        index += 3
      } else {
        decoded.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }
}
