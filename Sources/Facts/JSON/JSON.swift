// SPDX-License-Identifier: Apache-2.0

/// One JSON value, integers exact to 64 bits, object members sorted by key.
///
/// A document is digested in the form that it is written in, on the guest and at the collector, by releases years
/// apart. So its byte form must not depend on a library's version, and members that a reader does not know yet
/// must survive: hence a tree of our own instead of a coder.
public enum JSON: Sendable, Equatable {
  /// Looked, nothing there.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number that fits 64 bits with a sign.
  case integer(Int64)
  /// A whole number above `Int64.max`; never used for smaller ones, so that equal numbers are equal values.
  case unsigned(UInt64)
  /// A number with a fraction or an exponent.
  case number(Double)
  /// Text, any Unicode.
  case string(String)
  /// Values in order.
  case array([JSON])
  /// Members sorted by key.
  case object(JSONObject)

  /// The whole number in its one form.
  public init(_ value: UInt64) {
    if let small = Int64(exactly: value) { self = .integer(small) } else { self = .unsigned(value) }
  }

  /// The members, if this is an object.
  public var object: JSONObject? {
    guard case .object(let object) = self else { return nil }
    return object
  }

  /// The elements, if this is an array.
  public var array: [JSON]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The text, if this is a string.
  public var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The value of a member, if this is an object that has it.
  public subscript(key: String) -> JSON? { object?[key] }

  /// What kind of value this is, in the words of an error message.
  public var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .unsigned, .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// The members of a JSON object, unique and sorted by the bytes of their keys.
public struct JSONObject: Sendable, Equatable {
  /// One key with its value.
  public struct Member: Sendable, Equatable {
    /// The key, unique in its object.
    public var key: String
    /// The value.
    public var value: JSON

    /// A member of that key and value.
    public init(_ key: String, _ value: JSON) {
      self.key = key
      self.value = value
    }
  }

  /// The members in the order of their keys.
  public private(set) var members: [Member]

  /// An object of the given members; `nil` values are left out, of equal keys the last one stays.
  public init(_ members: [(String, JSON?)] = []) {
    self.members = []
    self.members.reserveCapacity(members.count)
    for (key, value) in members {
      guard let value else { continue }
      // Most are listed in their order.
      if let last = self.members.last, !Self.precedes(last.key, key) {
        self[key] = value
      } else {
        self.members.append(Member(key, value))
      }
    }
  }

  /// Members as a reader met them; refuses a key that occurs twice.
  ///
  /// `wereSorted` becomes false where they were not in the order of their keys.
  init?(unsorted: [Member], wereSorted: inout Bool) {
    members = unsorted
    var inOrder = true
    for index in members.indices.dropFirst() where !Self.precedes(members[index - 1].key, members[index].key) {
      inOrder = false
      break
    }
    if inOrder { return }
    wereSorted = false
    members.sort { Self.precedes($0.key, $1.key) }
    for index in members.indices.dropFirst() where members[index - 1].key == members[index].key { return nil }
  }

  /// The value of a key; setting `nil` removes it.
  public subscript(key: String) -> JSON? {
    get {
      guard members.count > Self.few else {
        // Among a few the lengths tell most keys apart, without a look at their bytes.
        let length = key.utf8.count
        for index in members.indices where members[index].key.utf8.count == length && members[index].key == key {
          return members[index].value
        }
        return nil
      }
      let index = position(of: key)
      guard index < members.count, members[index].key == key else { return nil }
      return members[index].value
    }
    set {
      let index = position(of: key)
      let present = index < members.count && members[index].key == key
      switch (newValue, present) {
      case (let value?, true): members[index].value = value
      case (let value?, false): members.insert(Member(key, value), at: index)
      case (nil, true): members.remove(at: index)
      case (nil, false): break
      }
    }
  }

  private static let few = 24

  private func position(of key: String) -> Int {
    // Members are mostly added in order: look at the end first.
    if let last = members.last, Self.precedes(last.key, key) { return members.count }
    var low = 0
    var high = members.count
    while low < high {
      let middle = (low + high) / 2
      if Self.precedes(members[middle].key, key) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether the bytes of one key come before those of another; the general comparison of two collections costs a fifth
  /// of reading a document.
  static func precedes(_ first: String, _ second: String) -> Bool {
    var (first, second) = (first, second)
    return first.withUTF8 { first in
      second.withUTF8 { second in
        for index in 0..<min(first.count, second.count) where first[index] != second[index] {
          return first[index] < second[index]
        }
        return first.count < second.count
      }
    }
  }
}

extension JSON {
  /// An object of the given members; `nil` values are left out.
  public static func members(_ members: (String, JSON?)...) -> JSON { .object(JSONObject(members)) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral
{
  /// A string value.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An array.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
}
