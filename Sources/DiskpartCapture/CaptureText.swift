// SPDX-License-Identifier: Apache-2.0

internal import CCodePages

/// The text of a capture as UTF-16 code units, which is what diskpart counts its columns in.
struct CaptureText: Equatable {
  /// Stands for bytes that mean nothing in the encoding.
  static let replacement: UInt16 = 0xFFFD

  /// All code units, byte order marks left out.
  private(set) var units: [UInt16] = []
  /// How many sequences of bytes meant nothing.
  private(set) var undecodable = 0
  /// The bytes end within a character.
  private(set) var endsWithinCharacter = false

  /// Decodes bytes; never fails, what means nothing is counted.
  init(_ bytes: some RandomAccessCollection<UInt8>, _ encoding: CaptureEncoding) {
    units.reserveCapacity(bytes.count)
    let bytes = Array(bytes)
    switch encoding {
    case .utf8: decodeUTF8(bytes)
    case .utf16LittleEndian: decodeUTF16(bytes, low: 0, high: 1)
    case .utf16BigEndian: decodeUTF16(bytes, low: 1, high: 0)
    default: decodePage(bytes, encoding.codePage ?? 0)
    }
  }

  private mutating func append(_ unit: UInt16) {
    // A byte order mark in the middle is left by files that were joined; NUL is no text.
    guard unit != 0xFEFF else { return }
    guard unit != 0 else { return unknown() }
    // Pages put spaces that do not break a line in the place of spaces.
    units.append(unit == 0xA0 || unit == 0x202F ? 0x20 : unit)
  }

  private mutating func unknown() {
    undecodable += 1
    units.append(Self.replacement)
  }

  private mutating func decodeUTF16(_ bytes: [UInt8], low: Int, high: Int) {
    var index = 0
    var lead: UInt16?
    while index + 1 < bytes.count {
      let unit = UInt16(bytes[index + high]) << 8 | UInt16(bytes[index + low])
      index += 2
      if let first = lead {
        lead = nil
        if UTF16.isTrailSurrogate(unit) {
          units += [first, unit]
          continue
        }
        unknown()
      }
      if UTF16.isLeadSurrogate(unit) {
        lead = unit
      } else if UTF16.isTrailSurrogate(unit) || unit == Self.replacement {
        unknown()
      } else {
        append(unit)
      }
    }
    endsWithinCharacter = index < bytes.count || lead != nil
  }

  private mutating func decodeUTF8(_ bytes: [UInt8]) {
    var decoder = Unicode.UTF8.ForwardParser()
    var source = bytes.makeIterator()
    while true {
      switch decoder.parseScalar(from: &source) {
      case .valid(let sequence):
        let scalar = Unicode.UTF8.decode(sequence)
        if scalar.value == UInt32(Self.replacement) {
          unknown()
        } else {
          for unit in UTF16.encode(scalar) ?? .init() { append(unit) }
        }
      case .error: unknown()
      case .emptyInput:
        endsWithinCharacter = Self.endsWithinCharacter(bytes)
        if endsWithinCharacter, undecodable > 0, units.last == Self.replacement {
          undecodable -= 1
          units.removeLast()
        }
        return
      }
    }
  }

  /// Whether UTF-8 ends after the first bytes of a character.
  private static func endsWithinCharacter(_ bytes: [UInt8]) -> Bool {
    var back = 1
    while back <= min(3, bytes.count) {
      let byte = bytes[bytes.count - back]
      if byte & 0xC0 != 0x80 {
        let length = byte >= 0xF0 && byte < 0xF5 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
        return byte >= 0x80 && byte < 0xF5 && back < length
      }
      back += 1
    }
    return false
  }

  private mutating func decodePage(_ bytes: [UInt8], _ page: Int32) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte < 0x80 {
        append(UInt16(byte))
      } else if wholeimage_code_page_leads(page, byte) != 0 {
        guard index < bytes.count else {
          endsWithinCharacter = true
          return
        }
        let unit = wholeimage_code_page_pair(page, byte, bytes[index])
        if unit == 0 {
          unknown()
        } else {
          append(unit)
          index += 1
        }
      } else {
        append(wholeimage_code_page_single(page, byte))
      }
    }
  }
}

extension CaptureText {
  /// The lines: where each is in `units`, without its end.
  ///
  /// CR LF, LF and CR end a line, and so does CR CR LF, which some redirections make of CR LF. The last one may lack
  /// its end.
  func lines() -> (ranges: [Range<Int>], lastIsEnded: Bool) {
    let (lineFeed, carriageReturn): (UInt16, UInt16) = (10, 13)
    var ranges: [Range<Int>] = []
    var start = 0
    var index = 0
    while index < units.count {
      let unit = units[index]
      guard unit == lineFeed || unit == carriageReturn else {
        index += 1
        continue
      }
      ranges.append(start..<index)
      var after = index
      while after < units.count, units[after] == carriageReturn { after += 1 }
      if after < units.count, units[after] == lineFeed {
        index = after + 1
      } else if unit == carriageReturn, after == units.count {
        // Whatever came after the carriage return is cut off.
        ranges.removeLast()
        return (ranges + [start..<index], false)
      } else {
        index += 1
      }
      start = index
    }
    if start < units.count { ranges.append(start..<units.count) }
    return (ranges, start >= units.count)
  }

  /// Where the longest of the lines ends, blanks at their ends and lines that diskpart does not print left out.
  func rightEdge(of ranges: [Range<Int>]) -> Int {
    ranges.reduce(0) { edge, range in
      let end = units[range].lastIndex { !Line.isBlank($0) }.map { $0 + 1 - range.lowerBound } ?? 0
      return end > Line.longest ? edge : max(edge, end)
    }
  }
}
