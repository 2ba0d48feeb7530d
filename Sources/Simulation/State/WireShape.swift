// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Which members an object of a service can have.
///
/// A state file is written by hand: a member that no service has is a slip of the pen, and is refused with its path.
indirect enum WireShape: Sendable {
  /// Anything.
  case any
  /// An object of these members; what a member holds is looked at where it has a shape of its own.
  case object(Set<String>, [String: WireShape])
  /// An array of one shape.
  case list(WireShape)

  /// An object whose members are named in one text, blanks between.
  static func object(_ names: String, _ nested: [String: WireShape] = [:]) -> WireShape {
    .object(Set(names.split(separator: " ").map { String($0) }).union(nested.keys), nested)
  }

  /// Throws where a value has a member that is not the service's, or is no object or array at all.
  func check(_ json: JSON) throws(DocumentError) {
    switch self {
    case .any: return
    case .list(let shape):
      guard case .array(let elements) = json else {
        throw DocumentError(reason: "expected an array, found \(json.kindName)")
      }
      for (index, element) in elements.enumerated() {
        do throws(DocumentError) { try shape.check(element) } catch { throw error.under("[\(index)]") }
      }
    case .object(let names, let nested):
      for member in try json.asObject().members {
        guard names.contains(member.key) else {
          throw DocumentError(path: PlainText.from(member.key), reason: "unknown member")
        }
        guard let shape = nested[member.key], member.value != .null else { continue }
        do throws(DocumentError) { try shape.check(member.value) } catch { throw error.under(member.key) }
      }
    }
  }
}

extension JSONObject {
  /// Throws if there is a member that is none of these.
  func refuseMembers(except known: String...) throws(DocumentError) {
    for member in members where !known.contains(member.key) {
      throw DocumentError(path: PlainText.from(member.key), reason: "unknown member")
    }
  }

  /// A number with or without a fraction, if it is there.
  func number(_ key: String) throws(DocumentError) -> Double? {
    switch self[key] {
    case nil, .null: return nil
    case .integer(let value): return Double(value)
    case .number(let value): return value
    case let other?: throw DocumentError(path: key, reason: "expected a number, found \(other.kindName)")
    }
  }

  /// The text of a member; empty if there is none.
  func text(_ key: String) -> String { self[key]?.string ?? "" }
}
