// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Where two documents of facts differ.
enum FactsComparison {
  /// As many places are named.
  private static let mostNamed = 20

  /// The places at which the documents differ, but for when they were made.
  static func differences(_ first: JSON, _ second: JSON) -> [String] {
    var places: [String] = []
    compare(withoutTimes(first), withoutTimes(second), at: "", into: &places)
    return places
  }

  private static func withoutTimes(_ document: JSON) -> JSON {
    guard var members = document.object else { return document }
    members["collected_at"] = nil
    members["duration_us"] = nil
    return .object(members)
  }

  private static func compare(_ first: JSON?, _ second: JSON?, at place: String, into places: inout [String]) {
    guard first != second, places.count < mostNamed else { return }
    switch (first, second) {
    case (.object(let first)?, .object(let second)?):
      for key in Set(first.members.map(\.key) + second.members.map(\.key)).sorted() {
        compare(first[key], second[key], at: place.isEmpty ? key : "\(place).\(key)", into: &places)
      }
    case (.array(let first)?, .array(let second)?) where first.count == second.count:
      for (index, pair) in zip(first, second).enumerated() {
        compare(pair.0, pair.1, at: "\(place)[\(index)]", into: &places)
      }
    default: places.append(place)
    }
  }
}
