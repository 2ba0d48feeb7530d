// SPDX-License-Identifier: Apache-2.0

/// Which encoding the bytes of a capture are in.
struct EncodingDetection {
  /// The encoding.
  var encoding: CaptureEncoding
  /// Others fit as well and give other text.
  var isAmbiguous = false

  /// How much of a capture is looked at to tell code pages apart.
  private static let sampleLimit = 16 * 1024

  /// Detects by byte order mark, then by NUL bytes, then by UTF-8's own rules, then by the words that a code page gives.
  init(_ bytes: [UInt8]) {
    if let plain = Self.unicode(bytes) {
      encoding = plain
      return
    }
    (encoding, isAmbiguous) = Self.codePage(of: bytes)
  }

  private static func unicode(_ bytes: [UInt8]) -> CaptureEncoding? {
    if bytes.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
    if bytes.starts(with: [0xFE, 0xFF]) { return .utf16BigEndian }
    if let wide = wideEncoding(bytes) { return wide }
    return bytes.starts(with: [0xEF, 0xBB, 0xBF]) || isUTF8(bytes) ? .utf8 : nil
  }

  /// UTF-16 by its NUL bytes: every blank, digit and line end has one.
  private static func wideEncoding(_ bytes: [UInt8]) -> CaptureEncoding? {
    var counts = [0, 0]
    let sample = bytes.prefix(4096)
    for (index, byte) in sample.enumerated() where byte == 0 { counts[index % 2] += 1 }
    let enough = max(1, sample.count / 8)
    if counts[1] >= enough, counts[1] > counts[0] * 4 { return .utf16LittleEndian }
    if counts[0] >= enough, counts[0] > counts[1] * 4 { return .utf16BigEndian }
    return nil
  }

  private static func isUTF8(_ bytes: [UInt8]) -> Bool {
    // Cut within a character it still is.
    (0...min(3, bytes.count)).contains { cut in
      let kept = bytes.dropLast(cut)
      if cut > 0, bytes[bytes.count - cut] < 0xC2 { return false }
      return String(validating: kept, as: UTF8.self) != nil
    }
  }

  private static func codePage(of bytes: [UInt8]) -> (CaptureEncoding, isAmbiguous: Bool) {
    let sample = sample(bytes)
    var best: (score: Score, candidates: [(encoding: CaptureEncoding, text: CaptureText)])?
    for encoding in CaptureEncoding.codePages {
      let text = CaptureText(sample, encoding)
      let score = Score(text)
      if let leader = best, score < leader.score { continue }
      if best?.score != score { best = (score, []) }
      best?.candidates.append((encoding, text))
    }
    guard let candidates = best?.candidates, let first = candidates.first else { return (.cp850, true) }
    guard candidates.contains(where: { $0.text != first.text }) else { return (first.encoding, false) }
    // Words within ASCII tell the language, and that tells the page of its systems.
    let language = CaptureLanguage.of(CaptureText(bytes.prefix(sampleLimit), first.encoding))
    let page = language.map(CaptureEncoding.page(ofLanguage:))
    return candidates.first { $0.encoding == page }.map { ($0.encoding, false) } ?? (first.encoding, true)
  }

  /// The lines with bytes beyond ASCII, as far as the limit; others tell nothing.
  private static func sample(_ bytes: [UInt8]) -> [UInt8] {
    var sample: [UInt8] = []
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: true) where line.contains(where: { $0 >= 0x80 })
    {
      guard sample.count + line.count < sampleLimit else { break }
      sample += line
      sample.append(0x0A)
    }
    return sample.isEmpty ? Array(bytes.prefix(sampleLimit)) : sample
  }
}

/// How well a text reads as a capture of diskpart.
private struct Score: Comparable {
  /// Words beyond ASCII that diskpart has, by their length.
  private var words = 0
  /// Sequences of bytes that mean nothing.
  private var undecodable = 0
  /// Rows whose cells are where they must be.
  private var rows = 0
  /// Signs where letters would be, capitals within words.
  private var oddities = 0

  init(_ text: CaptureText) {
    undecodable = text.undecodable
    for range in text.lines().ranges {
      let line = Line(Array(text.units[range].prefix(Line.longest)))
      if let parts = RowParts(line) {
        if let row = VolumeRow(line, parts, byWords: false) {
          // A pair of bytes taken for one character, or the other way round, shifts what stands before it.
          rows += row.isExact ? 2 : 1
        } else if DiskRow(line, parts) != nil {
          rows += 1
        }
      }
      for word in Self.words(line) where !WordTable.current.languages(of: word).isEmpty { words += word.utf16.count }
      oddities += Self.oddities(line)
    }
  }

  static func < (first: Score, second: Score) -> Bool {
    (first.words, -first.undecodable, first.rows, -first.oddities)
      < (second.words, -second.undecodable, second.rows, -second.oddities)
  }

  /// Words with a character beyond ASCII, without the marks around them.
  private static func words(_ line: Line) -> [String] {
    line.words.filter { range in line.units[range].contains { $0 >= 0x80 } }.flatMap { range in
      line.text(range).split { !$0.isLetter && !$0.isNumber }.map(String.init)
        .filter { word in word.unicodeScalars.contains { !$0.isASCII } }
        // One letter is in the words of many languages; one ideograph is a word.
        .filter { word in word.utf16.count > 1 || word.unicodeScalars.allSatisfy(\.properties.isIdeographic) }
    }
  }

  private static func oddities(_ line: Line) -> Int {
    var count = 0
    for (index, unit) in line.units.enumerated() where unit >= 0x80 {
      guard let scalar = Unicode.Scalar(unit) else { continue }
      switch scalar.properties.generalCategory {
      case .lowercaseLetter, .otherLetter, .modifierLetter:
        // The signs for florin and ordinals count as letters and stand in no word.
        if [0x192, 0xAA, 0xBA].contains(unit) { count += 1 }
      case .uppercaseLetter:
        let before = index > 0 ? Unicode.Scalar(line.units[index - 1]) : nil
        if before?.properties.isLowercase == true { count += 1 }
      default: count += 1
      }
    }
    return count
  }
}
