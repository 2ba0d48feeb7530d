// SPDX-License-Identifier: Apache-2.0

/// The values of one section, as places in the text: flat arrays that are reused from section to section.
struct ConfigurationFields {
  /// More values than any real section has: a raid has some hundred, a long tag list some thousand.
  static let maximumValues = 65_536

  struct Value {
    enum Kind: UInt8 {
      case string
      case escapedString
      case integer
      case float
    }
    let kind: Kind
    let start: UInt32
    let end: UInt32
    let integer: Int64

    init(kind: Kind, bytes: Range<Int>, integer: Int64) {
      self.kind = kind
      start = UInt32(truncatingIfNeeded: bytes.lowerBound)
      end = UInt32(truncatingIfNeeded: bytes.upperBound)
      self.integer = integer
    }

    var isString: Bool { kind == .string || kind == .escapedString }
    var bytes: Range<Int> { Int(start)..<Int(end) }
  }

  struct Entry {
    let keyStart: UInt32
    let firstValue: UInt32
    let valueCount: UInt32
    let keyLength: UInt8
    let isArray: Bool
    let depth: UInt8

    init(key: Range<Int>, values: Range<Int>, isArray: Bool, depth: Int) {
      keyStart = UInt32(truncatingIfNeeded: key.lowerBound)
      keyLength = UInt8(truncatingIfNeeded: key.count)
      firstValue = UInt32(truncatingIfNeeded: values.lowerBound)
      valueCount = UInt32(truncatingIfNeeded: values.count)
      self.isArray = isArray
      self.depth = UInt8(truncatingIfNeeded: depth)
    }

    var key: Range<Int> { Int(keyStart)..<(Int(keyStart) + Int(keyLength)) }
    var values: Range<Int> { Int(firstValue)..<(Int(firstValue) + Int(valueCount)) }
  }

  var entries: [Entry] = []
  private(set) var values: [Value] = []
  /// Where the section starts, for errors about what it lacks.
  private(set) var start = 0
  /// The depth of the section's own entries; deeper ones belong to nested sections.
  private(set) var depth = 0

  mutating func reset(start: Int, depth: Int) {
    entries.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    self.start = start
    self.depth = depth
  }

  mutating func append(_ value: Value, at position: Int) throws(MetadataError) {
    guard values.count < Self.maximumValues else {
      throw MetadataError(code: .tooComplex, offset: position, subject: "")
    }
    values.append(value)
  }

  /// The entry with `key` in the section itself, nil when there is none; twice is an error.
  func entry(_ key: StaticString, in text: [UInt8]) throws(MetadataError) -> Entry? {
    var found: Entry?
    for entry in entries where entry.depth == depth && Self.matches(entry.key, key, in: text) {
      guard found == nil else {
        throw MetadataError(code: .duplicateField, offset: entry.key.lowerBound, subject: "\(key)")
      }
      found = entry
    }
    return found
  }

  private static func matches(_ range: Range<Int>, _ key: StaticString, in text: [UInt8]) -> Bool {
    guard range.count == key.utf8CodeUnitCount else { return false }
    return key.withUTF8Buffer { text[range].elementsEqual($0) }
  }

  /// A string field; nil when absent.
  func string(_ key: StaticString, in text: [UInt8]) throws(MetadataError) -> String? {
    guard let value = try single(key, in: text) else { return nil }
    guard value.isString else { throw MetadataError(code: .wrongType, offset: Int(value.start), subject: "\(key)") }
    return try Self.string(value, in: text)
  }

  /// A non-negative integer field up to `limit`; nil when absent.
  func integer(
    _ key: StaticString, upTo limit: UInt64 = UInt64(UInt32.max), in text: [UInt8]
  ) throws(MetadataError) -> UInt64? {
    guard let value = try single(key, in: text) else { return nil }
    guard value.kind == .integer else {
      throw MetadataError(code: .wrongType, offset: Int(value.start), subject: "\(key)")
    }
    guard value.integer >= 0, UInt64(value.integer) <= limit else {
      throw MetadataError(code: .numberOutOfRange, offset: Int(value.start), subject: "\(key)")
    }
    return UInt64(value.integer)
  }

  /// An integer field that must be there.
  func requiredInteger(
    _ key: StaticString, upTo limit: UInt64 = UInt64(UInt32.max), in text: [UInt8]
  ) throws(MetadataError) -> UInt64 {
    guard let value = try integer(key, upTo: limit, in: text) else { throw missing(key) }
    return value
  }

  /// The identifier in the field `id`, which must be there.
  func identifier(in text: [UInt8]) throws(MetadataError) -> LVMIdentifier {
    guard let value = try single("id", in: text) else { throw missing("id") }
    guard value.kind == .string, let identifier = LVMIdentifier(written: text[value.bytes]) else {
      throw MetadataError(code: .malformedIdentifier, offset: Int(value.start), subject: "id")
    }
    return identifier
  }

  func missing(_ key: StaticString) -> MetadataError {
    MetadataError(code: .missingField, offset: start, subject: "\(key)")
  }

  /// The one value of a field; an array of one counts as one, as for lvm2.
  private func single(_ key: StaticString, in text: [UInt8]) throws(MetadataError) -> Value? {
    guard let entry = try entry(key, in: text) else { return nil }
    guard entry.valueCount == 1 else {
      throw MetadataError(code: .wrongType, offset: entry.key.lowerBound, subject: "\(key)")
    }
    return values[entry.values.lowerBound]
  }

  /// The text of a string value, its escapes resolved.
  static func string(_ value: Value, in text: [UInt8]) throws(MetadataError) -> String {
    let result: String?
    if value.kind == .escapedString {
      var bytes: [UInt8] = []
      var index = value.bytes.lowerBound
      while index < value.bytes.upperBound {
        if text[index] == UInt8(ascii: "\\"), index + 1 < value.bytes.upperBound { index += 1 }
        bytes.append(text[index])
        index += 1
      }
      result = String(validating: bytes, as: UTF8.self)
    } else {
      result = String(validating: text[value.bytes], as: UTF8.self)
    }
    guard let result else { throw MetadataError(code: .malformedString, offset: Int(value.start), subject: "") }
    return result
  }
}
