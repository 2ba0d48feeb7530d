// SPDX-License-Identifier: Apache-2.0

/// Walks lvm2's configuration grammar, one entry at a time and without recursion.
///
/// The grammar (lvm2 `libdm/libdm-config.c`): `key = value`, `key { ... }`, values that are integers, floats, strings
/// in double quotes with `\"` and `\\`, strings in single quotes, bare words, or arrays of these in brackets; `#`
/// starts a comment. A NUL ends the text. What lvm2 tolerates and never writes is refused here: missing commas, quoted
/// keys, paths as keys, octal numbers.
struct ConfigurationCursor {
  let text: [UInt8]
  private(set) var position = 0
  private let end: Int

  /// What stands next in a section.
  enum Entry {
    /// `key = value`: the value has been added to the fields that were passed.
    case value
    /// `key {`: the section's entries come next.
    case section(key: Range<Int>)
    /// `}`, or the end of the text at the top level.
    case end
  }

  init(_ text: [UInt8]) throws(MetadataError) {
    guard UInt64(text.count) <= PhysicalVolumeReader.maximumTextSize else {
      throw MetadataError(code: .textTooLarge, offset: 0, subject: "")
    }
    self.text = text
    end = text.firstIndex(of: 0) ?? text.count
    if let trailing = text[end...].firstIndex(where: { $0 != 0 }) {
      throw MetadataError(code: .trailingBytes, offset: trailing, subject: "")
    }
  }

  /// Reads the next entry of the section at `depth` (0 is the top level); a value goes into `fields`.
  mutating func next(depth: Int, into fields: inout ConfigurationFields) throws(MetadataError) -> Entry {
    skipSpace()
    guard position < end else {
      guard depth == 0 else { throw failure(.unexpectedEnd) }
      return .end
    }
    if text[position] == UInt8(ascii: "}") {
      guard depth > 0 else { throw failure(.unexpectedByte) }
      position += 1
      return .end
    }
    let key = try name()
    skipSpace()
    guard position < end else { throw failure(.unexpectedEnd) }
    switch text[position] {
    case UInt8(ascii: "{"):
      position += 1
      return .section(key: key)
    case UInt8(ascii: "="):
      position += 1
      try value(of: key, depth: depth, into: &fields)
      return .value
    default: throw failure(.unexpectedByte)
    }
  }

  /// Reads all that remains of the section at `depth`, nested sections too, into `fields`.
  mutating func rest(depth: Int, into fields: inout ConfigurationFields) throws(MetadataError) {
    var current = depth
    while true {
      switch try next(depth: current, into: &fields) {
      case .value: break
      case .section:
        guard current < VolumeGroupMetadata.maximumDepth else { throw failure(.nestedTooDeep) }
        current += 1
      case .end:
        if current == depth { return }
        current -= 1
      }
    }
  }

  /// A key or name: letters, digits and `._+-`, as lvm2 allows in the names of volumes (`validate_name`).
  private mutating func name() throws(MetadataError) -> Range<Int> {
    let start = position
    while position < end, Self.isNameByte(text[position]) { position += 1 }
    guard position > start else { throw failure(.unexpectedByte) }
    guard position - start < VolumeGroupMetadata.maximumNameLength else {
      throw MetadataError(code: .malformedName, offset: start, subject: "")
    }
    return start..<position
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "+"):
      true
    default: false
    }
  }

  private mutating func value(
    of key: Range<Int>, depth: Int, into fields: inout ConfigurationFields
  ) throws(MetadataError) {
    skipSpace()
    let first = fields.values.count
    guard position < end, text[position] == UInt8(ascii: "[") else {
      try fields.append(scalar(), at: position)
      try delimited()
      fields.entries.append(.init(key: key, values: first..<first + 1, isArray: false, depth: depth))
      return
    }
    position += 1
    skipSpace()
    while position < end, text[position] != UInt8(ascii: "]") {
      try fields.append(scalar(), at: position)
      skipSpace()
      guard position < end, text[position] == UInt8(ascii: ",") else { break }
      position += 1
      skipSpace()
    }
    guard position < end else { throw failure(.unexpectedEnd) }
    guard text[position] == UInt8(ascii: "]") else { throw failure(.unexpectedByte) }
    position += 1
    fields.entries.append(.init(key: key, values: first..<fields.values.count, isArray: true, depth: depth))
  }

  private mutating func scalar() throws(MetadataError) -> ConfigurationFields.Value {
    guard position < end else { throw failure(.unexpectedEnd) }
    switch text[position] {
    case UInt8(ascii: "\""): return try quoted(by: UInt8(ascii: "\""), escapes: true)
    case UInt8(ascii: "'"): return try quoted(by: UInt8(ascii: "'"), escapes: false)
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
      return try number()
    default:
      // A bare word, as vdo writes its write policy.
      let word = try name()
      return .init(kind: .string, bytes: word, integer: 0)
    }
  }

  private mutating func quoted(by quote: UInt8, escapes: Bool) throws(MetadataError) -> ConfigurationFields.Value {
    let start = position + 1
    var at = start
    var escaped = false
    while at < end, text[at] != quote {
      if escapes, text[at] == UInt8(ascii: "\\") {
        escaped = true
        at += 1
      }
      at += 1
    }
    guard at < end else {
      throw MetadataError(code: .unexpectedEnd, offset: start - 1, subject: "")
    }
    position = at + 1
    return .init(kind: escaped ? .escapedString : .string, bytes: start..<at, integer: 0)
  }

  private mutating func number() throws(MetadataError) -> ConfigurationFields.Value {
    let start = position
    let negative = text[position] == UInt8(ascii: "-")
    if negative || text[position] == UInt8(ascii: "+") { position += 1 }
    let digits = position
    var magnitude: UInt64 = 0
    var overflow = false
    while position < end, case let digit = text[position] &- UInt8(ascii: "0"), digit < 10 {
      let (product, first) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, second) = product.addingReportingOverflow(UInt64(digit))
      magnitude = sum
      overflow = overflow || first || second
      position += 1
    }
    let whole = position - digits
    if position < end, text[position] == UInt8(ascii: ".") {
      position += 1
      while position < end, text[position] &- UInt8(ascii: "0") < 10 { position += 1 }
      guard position - digits > 1 else { throw failure(.malformedNumber, at: start) }
      return .init(kind: .float, bytes: start..<position, integer: 0)
    }
    let limit = negative ? UInt64(Int64.max) + 1 : UInt64(Int64.max)
    // lvm2 reads a leading zero as octal and never writes one.
    guard whole > 0, !overflow, magnitude <= limit, whole == 1 || text[digits] != UInt8(ascii: "0") else {
      throw failure(.malformedNumber, at: start)
    }
    let integer = negative ? Int64(truncatingIfNeeded: 0 &- magnitude) : Int64(truncatingIfNeeded: magnitude)
    return .init(kind: .integer, bytes: start..<position, integer: integer)
  }

  /// What follows a value must not run into it.
  private func delimited() throws(MetadataError) {
    guard position < end, text[position] != UInt8(ascii: "}"), text[position] != UInt8(ascii: "#") else { return }
    guard Self.isSpace(text[position]) else { throw failure(.unexpectedByte) }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (0x09...0x0d).contains(byte)
  }

  private mutating func skipSpace() {
    while position < end {
      if Self.isSpace(text[position]) {
        position += 1
      } else if text[position] == UInt8(ascii: "#") {
        while position < end, text[position] != UInt8(ascii: "\n") { position += 1 }
      } else {
        return
      }
    }
  }

  private func failure(_ code: MetadataError.Code, at offset: Int? = nil) -> MetadataError {
    MetadataError(code: code, offset: offset ?? position, subject: "")
  }
}
