// SPDX-License-Identifier: Apache-2.0

extension JSON {
  /// The canonical bytes: keys sorted, no blanks, `/` and non-ASCII as they are.
  ///
  /// Equal values give equal bytes.
  public var canonicalBytes: [UInt8] {
    var writer = JSONWriter(indent: nil)
    writer.write(self, level: 0) { _ in }
    return writer.bytes
  }

  /// Adds the canonical bytes to others.
  func appendCanonical(to bytes: inout [UInt8]) {
    var writer = JSONWriter(appendingTo: bytes)
    bytes = []
    writer.write(self, level: 0) { _ in }
    bytes = writer.bytes
  }

  /// The canonical bytes in pieces, so that a large document is never in memory as bytes too.
  public func canonicalPieces(_ take: ([UInt8]) -> Void) {
    var writer = JSONWriter(indent: nil, pieceSize: JSONWriter.pieceSize)
    writer.write(self, level: 0, take)
    take(writer.bytes)
  }

  /// The bytes for people: keys sorted, two blanks a level, a line break at the end.
  public var prettyBytes: [UInt8] {
    var writer = JSONWriter(indent: 2)
    writer.write(self, level: 0) { _ in }
    writer.bytes.append(0x0A)
    return writer.bytes
  }

  /// The bytes for people in pieces.
  public func prettyPieces(_ take: ([UInt8]) -> Void) {
    var writer = JSONWriter(indent: 2, pieceSize: JSONWriter.pieceSize)
    writer.write(self, level: 0, take)
    writer.bytes.append(0x0A)
    take(writer.bytes)
  }

  /// The canonical bytes as text.
  public var text: String { String(decoding: canonicalBytes, as: UTF8.self) }
}

private struct JSONWriter {
  /// A piece holds somewhat more bytes than this.
  static let pieceSize = 32 << 10

  let indent: Int?
  /// When what was written is handed on.
  let pieceSize: Int
  var bytes: [UInt8] = []

  init(indent: Int?, pieceSize: Int = .max) {
    self.indent = indent
    self.pieceSize = pieceSize
    bytes.reserveCapacity(4096)
  }

  init(appendingTo bytes: [UInt8]) {
    indent = nil
    pieceSize = .max
    self.bytes = bytes
  }

  /// Writes a value; whenever a piece is full it goes to `take`.
  mutating func write(_ value: JSON, level: Int, _ take: ([UInt8]) -> Void) {
    if bytes.count >= pieceSize {
      take(bytes)
      bytes.removeAll(keepingCapacity: true)
    }
    switch value {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    case .integer(let number): bytes.append(contentsOf: String(number).utf8)
    case .unsigned(let number): bytes.append(contentsOf: String(number).utf8)
    case .number(let number): bytes.append(contentsOf: String(number).utf8)
    case .string(let text): write(text)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        separate(index == 0, level: level + 1)
        write(element, level: level + 1, take)
      }
      close(UInt8(ascii: "]"), empty: elements.isEmpty, level: level)
    case .object(let object):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        separate(index == 0, level: level + 1)
        write(member.key)
        bytes.append(UInt8(ascii: ":"))
        if indent != nil { bytes.append(0x20) }
        write(member.value, level: level + 1, take)
      }
      close(UInt8(ascii: "}"), empty: object.members.isEmpty, level: level)
    }
  }

  private mutating func separate(_ first: Bool, level: Int) {
    if !first { bytes.append(UInt8(ascii: ",")) }
    breakLine(level: level)
  }

  private mutating func close(_ bracket: UInt8, empty: Bool, level: Int) {
    if !empty { breakLine(level: level) }
    bytes.append(bracket)
  }

  private mutating func breakLine(level: Int) {
    guard let indent else { return }
    bytes.append(0x0A)
    let count = indent * level
    if count <= Self.blanks.count {
      bytes.append(contentsOf: Self.blanks[..<count])
    } else {
      bytes.append(contentsOf: repeatElement(0x20, count: count))
    }
  }

  private static let blanks = [UInt8](repeating: 0x20, count: 32)

  private mutating func write(_ text: String) {
    var text = text
    bytes.append(UInt8(ascii: "\""))
    text.withUTF8 { utf8 in
      // Most texts need none: one look, one copy.
      guard Self.mayNeedEscape(utf8) else {
        bytes.append(contentsOf: utf8)
        return
      }
      var copied = 0
      for (index, byte) in utf8.enumerated() where Self.needsEscape(byte) {
        bytes.append(contentsOf: utf8[copied..<index])
        appendEscaped(byte)
        copied = index + 1
      }
      bytes.append(contentsOf: utf8[copied...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whether a text may have a byte that needs an escape; looks at eight at a time, which is a third of what one by one
  /// costs.
  ///
  /// The test for a zero byte or one below a bound borrows from the byte above, so it may mark that one too, but marks
  /// none where there is none ("Bit Twiddling Hacks", "Determine if a word has a byte less than n").
  private static func mayNeedEscape(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let bytes = UnsafeRawBufferPointer(text)
    var index = 0
    while index + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let quotes = word ^ (ones &* 0x22)
      let slashes = word ^ (ones &* 0x5C)
      let deletes = word ^ (ones &* 0x7F)
      let controls = (word &- ones &* 0x20) & ~word
      let zeros = ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes) | ((deletes &- ones) & ~deletes)
      if (controls | zeros) & highs != 0 { return true }
      index += 8
    }
    while index < bytes.count {
      if needsEscape(bytes[index]) { return true }
      index += 1
    }
    return false
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): bytes.append(contentsOf: #"\""#.utf8)
    case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
    case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
    case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
    case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
    default:
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: #"\u00"#.utf8)
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
  }
}
