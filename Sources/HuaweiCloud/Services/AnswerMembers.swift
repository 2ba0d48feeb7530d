// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Reads members of the cloud's answers: what has another type than documented is not known.
extension JSON {
  /// A text; `null` and an empty text are none, an absent member or another type is not known.
  func answeredText(_ name: String) -> Observed<String> {
    switch self[name] {
    case .string(let text)?: text.isEmpty ? .none : .value(text)
    case .null?: .none
    default: .unknown
    }
  }

  /// A resource's id, in lower case; what is no UUID is not known, since it goes into the path of the next question.
  func answeredID(_ name: String) -> Observed<String> {
    let text = answeredText(name)
    guard let id = text.value else { return text }
    return CloudIdentifiers.isUUID(id) ? .value(id.lowercased()) : .unknown
  }

  /// A truth value, which some answers spell as text; `null` is not an answer.
  func answeredFlag(_ name: String) -> Observed<Bool> {
    switch self[name] {
    case .bool(let flag)?: .value(flag)
    case .string("true")?, .string("True")?: .value(true)
    case .string("false")?, .string("False")?: .value(false)
    default: .unknown
    }
  }

  /// A whole number, which some answers spell as text.
  func answeredNumber(_ name: String) -> Observed<Int> {
    switch self[name] {
    case .integer(let value)?: .value(Int(value))
    case .string(let text)?: Int(text).map { .value($0) } ?? .unknown
    case .null?: .none
    default: .unknown
    }
  }

  /// The ids in an array of texts or of objects with `id`; absent or `null` is none, anything else not known.
  func answeredIDs(_ name: String, member: String = "id") -> Observed<[String]> {
    switch self[name] {
    case nil, .null?: return .none
    case .array(let elements)?:
      var ids: [String] = []
      for element in elements {
        guard let id = element.string ?? element[member]?.string, !id.isEmpty else { return .unknown }
        ids.append(id)
      }
      return .value(ids)
    default: return .unknown
    }
  }
}
