// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not a JSON text (RFC 8259), or not one that we take.
public struct JSONSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, a stable word.
  public enum Code: String, Sendable {
    /// The text ends inside a value.
    case unexpectedEnd = "unexpected_end"
    /// A byte that cannot stand at its place.
    case unexpectedByte = "unexpected_byte"
    /// A string that is not UTF-8, or an escape that is none.
    case badString = "bad_string"
    /// A number that is none or does not fit.
    case badNumber = "bad_number"
    /// One key twice in one object.
    case duplicateKey = "duplicate_key"
    /// Nested deeper than the limit.
    case tooDeep = "too_deep"
    /// Larger than the limit.
    case tooLarge = "too_large"
    /// Something follows the value.
    case trailingBytes = "trailing_bytes"
  }

  /// What is wrong.
  public var code: Code
  /// Byte offset from the start of the text.
  public var offset: Int

  /// The error in words.
  public var description: String {
    "not valid JSON at byte \(offset): \(code.rawValue.map { $0 == "_" ? " " : String($0) }.joined())"
  }
}

extension JSON {
  /// Reads one JSON text in UTF-8; bounded by the size of the text and by `depthLimit` levels of nesting.
  ///
  /// Stricter than the standard asks: a key may occur once in an object, since readers that take the first and
  /// readers that take the last would decide on different documents.
  public init(parsing bytes: some Collection<UInt8>, depthLimit: Int = 64) throws(JSONSyntaxError) {
    self = try JSONText(parsing: bytes, depthLimit: depthLimit).value
  }
}

/// A JSON text that was read.
public struct JSONText: Sendable {
  /// The value.
  public let value: JSON
  /// Where the members of an object lie in the bytes, each from its key to the end of its value, in the order of their
  /// keys; `nil` unless the value is an object and the bytes are its canonical bytes.
  public let canonicalMembers: [(key: String, range: Range<Int>)]?

  /// Reads one text as `JSON.init(parsing:)` does.
  public init(parsing bytes: some Collection<UInt8>, depthLimit: Int = 64) throws(JSONSyntaxError) {
    var result: Result<JSONText, JSONSyntaxError>?
    let read: (UnsafeBufferPointer<UInt8>) -> Void = { buffer in
      var reader = JSONReader(bytes: buffer, depthLimit: depthLimit)
      do throws(JSONSyntaxError) {
        let value = try reader.document()
        let members = reader.isCanonical && value.object != nil ? reader.outermost : nil
        result = .success(JSONText(value: value, canonicalMembers: members))
      } catch {
        result = .failure(error)
      }
    }
    if bytes.withContiguousStorageIfAvailable(read) == nil { Array(bytes).withUnsafeBufferPointer(read) }
    switch result {
    case .success(let value): self = value
    case .failure(let error): throw error
    case nil: throw JSONSyntaxError(code: .unexpectedEnd, offset: 0)
    }
  }

  private init(value: JSON, canonicalMembers: [(key: String, range: Range<Int>)]?) {
    self.value = value
    self.canonicalMembers = canonicalMembers
  }
}

private struct JSONReader {
  let bytes: UnsafeBufferPointer<UInt8>
  let depthLimit: Int
  var position = 0
  /// Whether what was read so far is as `JSON.canonicalBytes` writes it.
  ///
  /// What it would write in one way only is told apart here; of strings with escapes and of numbers with a fraction,
  /// which are rare, it is not, and they count as not canonical.
  var isCanonical = true
  /// The members of the outermost object.
  var outermost: [(key: String, range: Range<Int>)] = []

  init(bytes: UnsafeBufferPointer<UInt8>, depthLimit: Int) {
    self.bytes = bytes
    self.depthLimit = depthLimit
  }

  func failure(_ code: JSONSyntaxError.Code) -> JSONSyntaxError { JSONSyntaxError(code: code, offset: position) }

  /// As many members or elements as most objects and arrays have: room for them at once, not one after the other.
  private static let commonCount = 8

  mutating func document() throws(JSONSyntaxError) -> JSON {
    let value = try value(depth: 0)
    skipBlanks()
    guard position == bytes.count else { throw failure(.trailingBytes) }
    return value
  }

  mutating func skipBlanks() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09:
        position += 1
        isCanonical = false
      default: return
      }
    }
  }

  mutating func value(depth: Int) throws(JSONSyntaxError) -> JSON {
    guard depth <= depthLimit else { throw failure(.tooDeep) }
    skipBlanks()
    guard position < bytes.count else { throw failure(.unexpectedEnd) }
    switch bytes[position] {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  mutating func word(_ text: StaticString, _ value: JSON) throws(JSONSyntaxError) -> JSON {
    let length = text.utf8CodeUnitCount
    guard position + length <= bytes.count else { throw failure(.unexpectedEnd) }
    for index in 0..<length where bytes[position + index] != text.utf8Start[index] { throw failure(.unexpectedByte) }
    position += length
    return value
  }

  mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONObject {
    position += 1
    var members: [JSONObject.Member] = []
    skipBlanks()
    if take(UInt8(ascii: "}")) { return JSONObject() }
    members.reserveCapacity(Self.commonCount)
    while true {
      skipBlanks()
      guard position < bytes.count else { throw failure(.unexpectedEnd) }
      guard bytes[position] == UInt8(ascii: "\"") else { throw failure(.unexpectedByte) }
      let start = position
      let key = try string()
      skipBlanks()
      guard take(UInt8(ascii: ":")) else { throw failure(position < bytes.count ? .unexpectedByte : .unexpectedEnd) }
      let value = try value(depth: depth + 1)
      members.append(.init(key, value))
      if depth == 0 { outermost.append((key, start..<position)) }
      skipBlanks()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "}")) else { throw failure(position < bytes.count ? .unexpectedByte : .unexpectedEnd) }
      guard let object = JSONObject(unsorted: members, wereSorted: &isCanonical) else {
        throw failure(.duplicateKey)
      }
      return object
    }
  }

  mutating func array(depth: Int) throws(JSONSyntaxError) -> [JSON] {
    position += 1
    var elements: [JSON] = []
    skipBlanks()
    if take(UInt8(ascii: "]")) { return [] }
    elements.reserveCapacity(Self.commonCount)
    while true {
      let value = try value(depth: depth + 1)
      elements.append(value)
      skipBlanks()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "]")) else { throw failure(position < bytes.count ? .unexpectedByte : .unexpectedEnd) }
      return elements
    }
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  mutating func string() throws(JSONSyntaxError) -> String {
    position += 1
    let start = position
    var plain = true
    var seen: UInt8 = 0
    var hasDelete = false
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      let byte = bytes[position]
      seen |= byte
      if byte == UInt8(ascii: "\\") {
        plain = false
        position += 1
      } else if byte < 0x20 {
        throw failure(.badString)
      }
      hasDelete = hasDelete || byte == 0x7F
      position += 1
    }
    if !plain || hasDelete { isCanonical = false }
    guard position < bytes.count else { throw failure(.unexpectedEnd) }
    let raw = UnsafeBufferPointer(rebasing: bytes[start..<position])
    position += 1
    if plain {
      // Nothing to validate, which costs three times as much as making the text.
      if seen < 0x80 { return String(decoding: raw, as: UTF8.self) }
      guard let text = String(validating: raw, as: UTF8.self) else { throw failure(.badString) }
      return text
    }
    guard let unescaped = JSONEscapes.decode(raw), let text = String(validating: unescaped, as: UTF8.self) else {
      throw failure(.badString)
    }
    return text
  }

  mutating func number() throws(JSONSyntaxError) -> JSON {
    let start = position
    _ = take(UInt8(ascii: "-"))
    let firstDigit = position
    digits()
    guard position > firstDigit else { throw failure(position < bytes.count ? .unexpectedByte : .unexpectedEnd) }
    // RFC 8259 section 6: no leading zeros.
    if position - firstDigit > 1, bytes[firstDigit] == UInt8(ascii: "0") { throw failure(.badNumber) }
    var whole = true
    if take(UInt8(ascii: ".")) {
      whole = false
      let fraction = position
      digits()
      guard position > fraction else { throw failure(.badNumber) }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      whole = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      let exponent = position
      digits()
      guard position > exponent else { throw failure(.badNumber) }
    }
    guard position - start <= 64 else { throw failure(.badNumber) }
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
    // Zero has no sign, and a fraction more than one form.
    if !whole || text == "-0" { isCanonical = false }
    if whole, let value = Int64(text) { return .integer(value) }
    if whole, let value = UInt64(text) { return .unsigned(value) }
    // A whole number that does not fit is refused: rounding it would be another number.
    guard !whole, let value = Double(text), value.isFinite else { throw failure(.badNumber) }
    return .number(value)
  }

  mutating func digits() {
    while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
  }
}

private enum JSONEscapes {
  /// The bytes that a string's inside stands for; `nil` if an escape is none or leaves half a surrogate pair.
  static func decode(_ raw: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(raw.count)
    var index = 0
    while index < raw.count {
      guard raw[index] == UInt8(ascii: "\\") else {
        result.append(raw[index])
        index += 1
        continue
      }
      guard index + 1 < raw.count else { return nil }
      let kind = raw[index + 1]
      index += 2
      switch kind {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(kind)
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "u"):
        guard let scalar = scalar(raw, &index) else { return nil }
        result.append(contentsOf: Array(String(Character(scalar)).utf8))
      default: return nil
      }
    }
    return result
  }

  private static func scalar(_ raw: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Unicode.Scalar? {
    guard let first = unit(raw, &index) else { return nil }
    guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
    guard index + 1 < raw.count, raw[index] == UInt8(ascii: "\\"), raw[index + 1] == UInt8(ascii: "u") else {
      return nil
    }
    index += 2
    guard let second = unit(raw, &index), (0xDC00..<0xE000).contains(second) else { return nil }
    return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
  }

  private static func unit(_ raw: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> UInt32? {
    guard index + 4 <= raw.count else { return nil }
    var value: UInt32 = 0
    for byte in raw[index..<(index + 4)] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    index += 4
    return value
  }
}
