// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The members of a request's body while they are read, with everything that is found wrong.
///
/// One decision for all of them: `null` means absent, since some clients write it for what they do not set. The types
/// are the documented ones; a number in a string or a string for an array is refused and not converted.
struct RequestFields {
  let members: JSONObject
  var violations = ViolationList()

  /// The members of a body; throws if it is no JSON object.
  ///
  /// A body in which a key occurs twice is no JSON here (see `JSON.init(parsing:)`): the cloud could read the other one.
  /// For the same reason a member is refused whose name differs from a known one in nothing but the case of letters:
  /// some readers take it for that one.
  init(_ json: JSON, known: [String], code: CloudErrorCode = .malformedRequest) throws(RequestViolations) {
    guard case .object(let members) = json else {
      throw RequestViolations(
        RequestViolation(
          code, "", "the request must be an object, found \(json.kindName)",
          "请求必须是对象，实际为\(ShownValue.chinese(json))"))
    }
    self.members = members
    let capitals = known.map { $0.uppercased() }
    for member in members.members where Self.hasCase(member.key) {
      guard let index = capitals.firstIndex(of: member.key.uppercased()) else { continue }
      violations.append(code, ShownValue.of(member.key), "must be written \(known[index])", "必须写作 \(known[index])")
    }
  }

  /// Reads a body; throws if it is empty or not JSON.
  static func json(_ body: some Collection<UInt8>, code: CloudErrorCode = .malformedRequest) throws(RequestViolations)
    -> JSON
  {
    guard !body.isEmpty else {
      let empty = code == .malformedRequest ? .emptyBody : code
      throw RequestViolations(RequestViolation(empty, "", "the request has no body", "请求没有消息体"))
    }
    do throws(JSONSyntaxError) { return try JSON(parsing: body) } catch {
      throw RequestViolations(
        RequestViolation(code, "", "the request's body is \(error)", "请求的消息体不是可用的 JSON：\(error)"))
    }
  }

  /// Throws what was found wrong so far.
  func check() throws(RequestViolations) {
    if let violations = RequestViolations(violations) { throw violations }
  }

  /// The value of a member; `nil` if it is absent or `null`.
  func value(_ key: String) -> JSON? {
    guard let value = members[key], value != .null else { return nil }
    return value
  }

  /// A text; `nil` if it is absent or wrong.
  mutating func text(_ key: String, _ code: CloudErrorCode) -> String? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value else {
      violations.append(
        code, key, "must be a string, found \(ShownValue.of(value))", "必须是字符串，实际为 \(ShownValue.chinese(value))")
      return nil
    }
    return text
  }

  /// A UUID in lower case; `nil` if it is absent, empty or wrong.
  ///
  /// Empty means absent: clients with one type for both forms of a request send `""` for what they do not use.
  mutating func uuid(_ key: String, _ code: CloudErrorCode, orZero: Bool = false) -> String? {
    guard let text = text(key, code), !text.isEmpty else { return nil }
    guard CloudIdentifiers.isUUID(text) else {
      violations.append(
        code, key, "must be \(orZero ? "a UUID, 0 or empty" : "a UUID"), found \(ShownValue.of(text))",
        "必须是\(orZero ? " UUID、0 或空" : " UUID")，实际为 \(ShownValue.of(text))")
      return nil
    }
    return text.lowercased()
  }

  /// The elements of an array; empty if it is absent or wrong.
  mutating func array(_ key: String, _ code: CloudErrorCode) -> [JSON] {
    guard let value = value(key) else { return [] }
    guard case .array(let elements) = value else {
      violations.append(
        code, key, "must be an array, found \(ShownValue.of(value))", "必须是数组，实际为 \(ShownValue.chinese(value))")
      return []
    }
    return elements
  }

  /// Whether a name has anything but lower-case letters, digits and `_`.
  private static func hasCase(_ name: String) -> Bool {
    name.utf8.count <= 64
      && !name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
      }
  }
}
