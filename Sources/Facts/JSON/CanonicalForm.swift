// SPDX-License-Identifier: Apache-2.0

/// The canonical bytes of a value that is put together from those of its parts.
///
/// A set of objects is sorted by their bytes, and sets hold sets: each part is written once, not once for each level
/// that it is sorted on.
enum CanonicalForm: Sendable {
  /// A value that is not written yet.
  case value(JSON)
  /// What was written.
  case written([UInt8])

  /// The form of a value.
  init(_ value: JSON) { self = .value(value) }

  /// The form of a value; `nil` of none.
  init?(known value: JSON?) {
    guard let value else { return nil }
    self = .value(value)
  }

  /// The bytes, as `JSON.canonicalBytes` of the same value.
  var bytes: [UInt8] {
    if case .written(let bytes) = self { return bytes }
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// An object of the given members, in any order, of which no two have one key; `nil` values are left out.
  static func members(_ members: (String, CanonicalForm?)...) -> CanonicalForm { .members(members) }

  /// An object of the given members, in any order, of which no two have one key; `nil` values are left out.
  static func members(_ members: [(String, CanonicalForm?)]) -> CanonicalForm {
    // Most are listed in their order.
    let isSorted = members.indices.dropFirst().allSatisfy { JSONObject.precedes(members[$0 - 1].0, members[$0].0) }
    let sorted = isSorted ? members : members.sorted { JSONObject.precedes($0.0, $1.0) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(members.reduce(2) { $0 + $1.0.utf8.count + 4 + ($1.1?.expectedSize ?? 0) })
    bytes.append(UInt8(ascii: "{"))
    for case (let key, let value?) in sorted {
      if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
      JSON.string(key).appendCanonical(to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      value.append(to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
    return .written(bytes)
  }

  /// An array of the given elements in the order of their bytes.
  static func set(_ elements: [CanonicalForm]) -> CanonicalForm {
    let sorted = elements.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(sorted.reduce(2) { $0 + $1.count + 1 })
    bytes.append(UInt8(ascii: "["))
    for element in sorted {
      if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: element)
    }
    bytes.append(UInt8(ascii: "]"))
    return .written(bytes)
  }

  private func append(to bytes: inout [UInt8]) {
    switch self {
    case .value(let value): value.appendCanonical(to: &bytes)
    case .written(let part): bytes.append(contentsOf: part)
    }
  }

  private var expectedSize: Int {
    switch self {
    case .value: 40
    case .written(let bytes): bytes.count
    }
  }
}
