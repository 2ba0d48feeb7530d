// SPDX-License-Identifier: Apache-2.0

/// Something that was looked for: found, not there, or not known.
///
/// "Nothing there" and "could not look" are different answers: the first may lead to `ready`, the second never.
/// In JSON: the value, `null`, or no member at all (and then a gap says why).
public enum Observed<Value> {
  /// Looked and found.
  case value(Value)
  /// Looked, and there is none.
  case none
  /// Not looked, or could not.
  case unknown

  /// The value, if there is one.
  public var value: Value? {
    guard case .value(let value) = self else { return nil }
    return value
  }

  /// Whether the answer is known, be it a value or none.
  public var isKnown: Bool {
    guard case .unknown = self else { return true }
    return false
  }

  /// Looked: a value, or none.
  public init(looked value: Value?) {
    if let value { self = .value(value) } else { self = .none }
  }

  /// Known only where there is a value.
  public init(known value: Value?) {
    if let value { self = .value(value) } else { self = .unknown }
  }

  /// The same observation of something made from the value.
  public func map<Other>(_ transform: (Value) -> Other) -> Observed<Other> {
    switch self {
    case .value(let value): .value(transform(value))
    case .none: .none
    case .unknown: .unknown
    }
  }
}

extension Observed: Sendable where Value: Sendable {}
extension Observed: Equatable where Value: Equatable {}

extension Observed where Value: JSONConvertible {
  /// The JSON form; `nil` leaves the member out.
  public var jsonIfKnown: JSON? {
    switch self {
    case .value(let value): value.json
    case .none: .null
    case .unknown: nil
    }
  }
}
