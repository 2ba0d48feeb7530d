// SPDX-License-Identifier: Apache-2.0

/// A segment as it is written: its areas are names that are not looked up yet.
struct WrittenSegment {
  /// A name in the text that may or must refer to a volume.
  struct Area {
    enum Target {
      /// A physical volume or, where no key matches, a logical one.
      case any
      /// A logical volume only.
      case logical
      /// Either, or no volume at all.
      case perhaps
    }
    private let nameStart, nameLength: UInt32
    let startExtent, extentCount: UInt32
    let role: SegmentArea.Role
    let target: Target

    init(role: SegmentArea.Role, name: Range<Int>, target: Target, startExtent: UInt32 = 0, extentCount: UInt32 = 0) {
      nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
      nameLength = UInt32(truncatingIfNeeded: name.count)
      self.role = role
      self.target = target
      self.startExtent = startExtent
      self.extentCount = extentCount
    }

    var name: Range<Int> { Int(nameStart)..<(Int(nameStart) + Int(nameLength)) }
  }

  let startExtent: UInt64
  let extentCount: UInt64
  let type: String
  let isKnownType: Bool
  let areas: Range<Int32>
}

/// Turns the fields of one segment section into a written segment; its areas are appended to `areas`.
struct SegmentParser {
  let text: [UInt8]
  let fields: ConfigurationFields

  func parse(into areas: inout [WrittenSegment.Area]) throws(MetadataError) -> WrittenSegment {
    let start = try fields.requiredInteger("start_extent", in: text)
    let count = try fields.requiredInteger("extent_count", in: text)
    guard count > 0 else {
      throw MetadataError(code: .numberOutOfRange, offset: fields.start, subject: "extent_count")
    }
    let (type, isKnown) = try self.type()
    let first = Int32(areas.count)
    switch isKnown ? SegmentRule.forType(type) : nil {
    case .extents(let list, let countKey, let isShared, let extra):
      try extents(list, countKey, shared: isShared, of: count, into: &areas)
      try references(extra, into: &areas)
    case .images(let list, let counts): try images(list, counts, into: &areas)
    case .fields(let named):
      try references(named, into: &areas)
      if type == "snapshot" { try requireOneStore() }
    case nil: anyNames(into: &areas)
    }
    return WrittenSegment(
      startExtent: start, extentCount: count, type: type, isKnownType: isKnown, areas: first..<Int32(areas.count))
  }

  /// The type without the flags behind `+`, and whether all of it is known; an unknown flag makes the whole type
  /// unknown to lvm2 too.
  private func type() throws(MetadataError) -> (name: String, isKnown: Bool) {
    guard let written = try fields.string("type", in: text) else { throw fields.missing("type") }
    guard written.utf8.count < VolumeGroupMetadata.maximumNameLength, !written.isEmpty,
      written.utf8.allSatisfy(ConfigurationCursor.isNameByte)
    else { throw MetadataError(code: .malformedName, offset: fields.start, subject: "type") }
    guard let plus = written.utf8.firstIndex(of: UInt8(ascii: "+")) else {
      return (written, SegmentRule.forType(written) != nil)
    }
    let flags = written[plus...].utf8.split(separator: UInt8(ascii: "+"))
    let areKnown = flags.allSatisfy { StatusFlags.named(Array($0)[...]) != nil }
    let name = String(written[..<plus])
    return (name, areKnown && SegmentRule.forType(name) != nil)
  }

  private func extents(
    _ key: StaticString, _ countKey: StaticString, shared: Bool, of extentCount: UInt64,
    into areas: inout [WrittenSegment.Area]
  ) throws(MetadataError) {
    let count = try fields.requiredInteger(countKey, in: text)
    guard let entry = try fields.entry(key, in: text) else { throw fields.missing(key) }
    guard count > 0, UInt64(entry.valueCount) == 2 * count, !shared || extentCount % count == 0 else {
      throw MetadataError(code: .areaCount, offset: entry.key.lowerBound, subject: "\(key)")
    }
    let length = shared ? extentCount / count : extentCount
    var index = entry.values.lowerBound
    while index < entry.values.upperBound {
      let name = fields.values[index]
      let start = fields.values[index + 1]
      guard name.kind == .string, start.kind == .integer else {
        throw MetadataError(code: .wrongType, offset: Int(name.start), subject: "\(key)")
      }
      guard start.integer >= 0, start.integer <= Int64(UInt32.max) else {
        throw MetadataError(code: .numberOutOfRange, offset: Int(start.start), subject: "\(key)")
      }
      areas.append(
        .init(
          role: .data, name: name.bytes, target: .any, startExtent: UInt32(start.integer), extentCount: UInt32(length)))
      index += 2
    }
  }

  private func images(
    _ key: StaticString, _ counts: [StaticString], into areas: inout [WrittenSegment.Area]
  ) throws(MetadataError) {
    var count: UInt64?
    for countKey in counts {
      guard let value = try fields.integer(countKey, in: text) else { continue }
      guard count == nil else { throw MetadataError(code: .areaCount, offset: fields.start, subject: "\(countKey)") }
      count = value
    }
    guard let count else { throw fields.missing(counts.first ?? key) }
    guard let entry = try fields.entry(key, in: text) else { throw fields.missing(key) }
    let hasMetadata = UInt64(entry.valueCount) == 2 * count
    guard count > 0, hasMetadata || UInt64(entry.valueCount) == count else {
      throw MetadataError(code: .areaCount, offset: entry.key.lowerBound, subject: "\(key)")
    }
    for index in entry.values {
      let name = fields.values[index]
      guard name.kind == .string else {
        throw MetadataError(code: .wrongType, offset: Int(name.start), subject: "\(key)")
      }
      let isMetadata = hasMetadata && (index - entry.values.lowerBound) % 2 == 0
      areas.append(.init(role: isMetadata ? .metadata : .data, name: name.bytes, target: .logical))
    }
  }

  private func references(
    _ named: [SegmentRule.Field], into areas: inout [WrittenSegment.Area]
  ) throws(MetadataError) {
    for field in named {
      guard let entry = try fields.entry(field.key, in: text) else {
        if field.isRequired { throw fields.missing(field.key) }
        continue
      }
      guard entry.valueCount == 1, case let name = fields.values[entry.values.lowerBound], name.kind == .string else {
        throw MetadataError(code: .wrongType, offset: entry.key.lowerBound, subject: "\(field.key)")
      }
      areas.append(.init(role: field.role, name: name.bytes, target: .logical))
    }
  }

  /// A snapshot has either changes of its own or changes that are being merged.
  private func requireOneStore() throws(MetadataError) {
    let own = try fields.entry("cow_store", in: text) != nil
    let merging = try fields.entry("merging_store", in: text) != nil
    guard own != merging else { throw fields.missing("cow_store") }
  }

  /// Every string of the segment, nested sections too, with the number behind it where there is one.
  private func anyNames(into areas: inout [WrittenSegment.Area]) {
    for (index, value) in fields.values.enumerated() where value.kind == .string {
      var start: UInt32 = 0
      if index + 1 < fields.values.count, fields.values[index + 1].kind == .integer {
        start = UInt32(clamping: fields.values[index + 1].integer)
      }
      areas.append(.init(role: .unknown, name: value.bytes, target: .perhaps, startExtent: start))
    }
  }
}
