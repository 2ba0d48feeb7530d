// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What the label of one device says of its ZFS pool (OpenZFS, "ZFS On-Disk Specification", section 1.2).
struct ZFSLabel: Equatable, Sendable {
  /// The pool's guid as libblkid writes it: decimal.
  var poolGUID: String
  /// The pool's name.
  var name: String?
  /// The least number of devices that the pool has: those of this device's own top-level vdev and one for each other.
  var leastMemberCount: Int
  /// The transaction group in which the label was written.
  var generation: UInt64

  /// Where the name-value list of the first label lies, and how long it may be.
  static let offset: UInt64 = 16 << 10
  static let readSize = 112 << 10

  /// Reads it; `nil` if it is none.
  init?(parsing bytes: [UInt8]) {
    // One byte of encoding, 1 for XDR, and one of the writer's byte order; the list is big endian in any case.
    guard bytes.count > 12, bytes[0] == 1 else { return nil }
    var reader = NameValueReader(bytes: bytes, position: 4)
    guard let list = reader.list(depth: 0) else { return nil }
    guard case .number(let guid)? = list["pool_guid"] else { return nil }
    poolGUID = String(guid)
    if case .text(let text)? = list["name"] { name = text }
    generation = 0
    if case .number(let transaction)? = list["txg"] { generation = transaction }
    var others = 0
    if case .number(let count)? = list["vdev_children"] { others = Int(clamping: count) - 1 }
    guard case .list(let tree)? = list["vdev_tree"], (0..<65536).contains(others) else { return nil }
    leastMemberCount = tree.leaves + others
  }
}

/// A name-value list in XDR (RFC 4506), as libnvpair packs it.
private struct NameValueReader {
  enum Value {
    case number(UInt64)
    case text(String)
    case list(NameValueList)
    case lists([NameValueList])
  }

  typealias Pairs = [String: Value]

  let bytes: [UInt8]
  var position: Int
  /// Pairs read so far, in all lists: bounds hostile nesting.
  var pairs = 0

  init(bytes: [UInt8], position: Int) {
    self.bytes = bytes
    self.position = position
  }

  static let mostPairs = 8192
  static let mostDepth = 16

  mutating func word() -> UInt32? {
    guard position + 4 <= bytes.count else { return nil }
    defer { position += 4 }
    return bytes[position..<(position + 4)].reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func longWord() -> UInt64? {
    guard let high = word(), let low = word() else { return nil }
    return UInt64(high) << 32 | UInt64(low)
  }

  mutating func string() -> String? {
    guard let length = word().flatMap({ Int(exactly: $0) }), length <= bytes.count - position else { return nil }
    let text = PlainText.from(bytes[position..<(position + length)])
    position += (length + 3) / 4 * 4
    return position <= bytes.count ? text : nil
  }

  mutating func list(depth: Int) -> Pairs? {
    guard depth <= Self.mostDepth, word() != nil, word() != nil else { return nil }
    var result: Pairs = [:]
    while true {
      let start = position
      guard let size = word(), let decoded = word() else { return nil }
      if size == 0, decoded == 0 { return result }
      pairs += 1
      guard pairs <= Self.mostPairs, size >= 16, Int(size) <= bytes.count - start, let name = string(),
        let type = word(), let count = word()
      else { return nil }
      if Self.readTypes.contains(type) {
        // A list that cannot be read is not an empty one: it may name further devices.
        guard let value = value(type: type, count: count, depth: depth) else { return nil }
        result[name] = value
      }
      position = start + Int(size)
    }
  }

  /// Numbers, texts, lists and arrays of lists; pairs of other types are passed over by their size.
  private static let readTypes: Set<UInt32> = [8, 9, 19, 20]

  private mutating func value(type: UInt32, count: UInt32, depth: Int) -> Value? {
    switch type {
    case 8: return longWord().map { .number($0) }
    case 9: return string().map { .text($0) }
    case 19: return list(depth: depth + 1).map { .list(NameValueList(pairs: $0)) }
    case 20:
      var lists: [NameValueList] = []
      guard count <= 4096 else { return nil }
      for _ in 0..<count {
        guard let list = list(depth: depth + 1) else { return nil }
        lists.append(NameValueList(pairs: list))
      }
      return .lists(lists)
    default: return nil
    }
  }
}

/// One list inside another.
private struct NameValueList {
  var pairs: NameValueReader.Pairs

  /// How many devices lie at the ends of this vdev tree.
  var leaves: Int {
    guard case .lists(let children)? = pairs["children"], !children.isEmpty else { return 1 }
    return children.reduce(0) { min($0 + $1.leaves, 65536) }
  }
}
