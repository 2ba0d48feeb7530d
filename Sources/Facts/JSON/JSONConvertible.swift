// SPDX-License-Identifier: Apache-2.0

/// Why a JSON value is not the document it should be; names the member.
public struct DocumentError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where, as `devices[3].size_bytes`; empty for the document itself.
  public var path: String
  /// What is wrong there.
  public var reason: String

  /// An error at the value at hand; callers put the path in front as it goes up.
  public init(path: String = "", reason: String) {
    self.path = path
    self.reason = reason
  }

  /// The error in words.
  public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }

  /// The same error seen from one level up.
  public func under(_ key: String) -> DocumentError {
    let joined = path.isEmpty ? key : path.hasPrefix("[") ? key + path : "\(key).\(path)"
    return DocumentError(path: joined, reason: reason)
  }
}

/// A value that has one JSON form.
public protocol JSONConvertible {
  /// Reads the value; throws what is wrong with it.
  init(json: JSON) throws(DocumentError)
  /// The JSON form.
  var json: JSON { get }
}

extension String: JSONConvertible {
  /// Reads a string.
  public init(json: JSON) throws(DocumentError) {
    guard case .string(let text) = json else {
      throw DocumentError(reason: "expected a string, found \(json.kindName)")
    }
    self = text
  }
  /// A JSON string.
  public var json: JSON { .string(self) }
}

extension Bool: JSONConvertible {
  /// Reads a truth value.
  public init(json: JSON) throws(DocumentError) {
    guard case .bool(let flag) = json else { throw DocumentError(reason: "expected a boolean, found \(json.kindName)") }
    self = flag
  }
  /// `true` or `false`.
  public var json: JSON { .bool(self) }
}

extension Int: JSONConvertible {
  /// Reads a whole number.
  public init(json: JSON) throws(DocumentError) {
    guard case .integer(let value) = json else {
      throw DocumentError(reason: "expected a whole number, found \(json.kindName)")
    }
    self = Int(value)
  }
  /// A JSON number.
  public var json: JSON { .integer(Int64(self)) }
}

extension UInt64: JSONConvertible {
  /// Reads a whole number that is not negative.
  public init(json: JSON) throws(DocumentError) {
    switch json {
    case .integer(let value) where value >= 0: self = UInt64(value)
    case .unsigned(let value): self = value
    default: throw DocumentError(reason: "expected a whole number not below zero, found \(json.kindName)")
    }
  }
  /// A JSON number.
  public var json: JSON { JSON(self) }
}

extension Array: JSONConvertible where Element: JSONConvertible {
  /// Reads an array whose elements are all of one form.
  public init(json: JSON) throws(DocumentError) {
    guard case .array(let elements) = json else {
      throw DocumentError(reason: "expected an array, found \(json.kindName)")
    }
    self = []
    reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      do throws(DocumentError) {
        append(try Element(json: element))
      } catch {
        throw error.under("[\(index)]")
      }
    }
  }
  /// A JSON array.
  public var json: JSON { .array(map { $0.json }) }
}

extension Dictionary: JSONConvertible where Key == String, Value: JSONConvertible {
  /// Reads an object whose members are all of one form.
  public init(json: JSON) throws(DocumentError) {
    let object = try json.asObject()
    self = [:]
    for member in object.members {
      do throws(DocumentError) {
        self[member.key] = try Value(json: member.value)
      } catch {
        throw error.under(member.key)
      }
    }
  }
  /// A JSON object.
  public var json: JSON { .object(JSONObject(map { ($0.key, $0.value.json) })) }
}

extension JSONConvertible where Self: RawRepresentable, RawValue == String {
  /// Reads one of a closed set of words.
  public init(json: JSON) throws(DocumentError) {
    let word = try String(json: json)
    guard let value = Self(rawValue: word) else { throw DocumentError(reason: "unknown value \"\(word)\"") }
    self = value
  }
  /// The word.
  public var json: JSON { .string(rawValue) }
}

extension JSON {
  /// The members; throws if this is no object.
  public func asObject() throws(DocumentError) -> JSONObject {
    guard case .object(let object) = self else { throw DocumentError(reason: "expected an object, found \(kindName)") }
    return object
  }
}

extension JSONObject {
  /// The value of a member that must be there.
  public func required<Value: JSONConvertible>(_ key: String) throws(DocumentError) -> Value {
    guard let json = self[key] else { throw DocumentError(path: key, reason: "missing") }
    do throws(DocumentError) { return try Value(json: json) } catch { throw error.under(key) }
  }

  /// The value of a member that may be absent or `null`, both meaning none.
  public func optional<Value: JSONConvertible>(_ key: String) throws(DocumentError) -> Value? {
    guard let json = self[key] else { return nil }
    if case .null = json { return nil }
    do throws(DocumentError) { return try Value(json: json) } catch { throw error.under(key) }
  }

  /// The value of an observation: absent is unknown, `null` is none.
  public func observed<Value: JSONConvertible>(_ key: String) throws(DocumentError) -> Observed<Value> {
    guard let json = self[key] else { return .unknown }
    if case .null = json { return .none }
    do throws(DocumentError) { return .value(try Value(json: json)) } catch { throw error.under(key) }
  }
}
