// SPDX-License-Identifier: Apache-2.0

public import Facts

/// Where a fact stands in a facts document: `volume_groups[].physical_volumes[].missing`.
///
/// Members are joined by dots; `[]` behind a member stands for each element of its array.
public struct FactPath: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
  private enum Step: Sendable, Hashable {
    case member(String)
    case elements
  }

  /// The path as written.
  public let description: String
  private let steps: [Step]

  /// The path of that text.
  public init(_ text: String) {
    description = text
    var steps: [Step] = []
    for part in text.split(separator: ".") {
      var name = part
      var depth = 0
      while name.hasSuffix("[]") {
        name = name.dropLast(2)
        depth += 1
      }
      steps.append(.member(String(name)))
      steps.append(contentsOf: repeatElement(.elements, count: depth))
    }
    self.steps = steps
  }

  /// The path of that text.
  public init(stringLiteral text: String) { self.init(text) }

  /// The document without this fact, wherever it occurs; `nil` if it occurs nowhere.
  public func erased(from document: JSON) -> JSON? {
    var count = 0
    let result = Self.erase(steps[...], from: document) { _ in
      count += 1
      return true
    }
    return count > 0 ? result : nil
  }

  /// The documents that lack this fact at exactly one of its places; at most `limit` of them.
  public func erasedOnce(from document: JSON, limit: Int = 64) -> [JSON] {
    var places = 0
    _ = Self.erase(steps[...], from: document) { _ in
      places += 1
      return false
    }
    return (0..<min(places, limit)).map { wanted in
      var place = -1
      return Self.erase(steps[...], from: document) { _ in
        place += 1
        return place == wanted
      }
    }
  }

  /// Removes what the steps lead to, where `remove` says so; `remove` is asked once for each place.
  private static func erase(_ steps: ArraySlice<Step>, from value: JSON, where remove: (JSON) -> Bool) -> JSON {
    guard let step = steps.first else { return value }
    let rest = steps.dropFirst()
    switch (step, value) {
    case (.member(let name), .object(var object)):
      guard let inner = object[name] else { return value }
      if rest.isEmpty {
        if remove(inner) { object[name] = nil }
      } else {
        object[name] = erase(rest, from: inner, where: remove)
      }
      return .object(object)
    case (.elements, .array(let elements)):
      if rest.isEmpty { return .array(elements.filter { !remove($0) }) }
      return .array(elements.map { erase(rest, from: $0, where: remove) })
    default: return value
    }
  }
}
