// SPDX-License-Identifier: Apache-2.0

/// How the bytes of a capture stand for text.
///
/// diskpart itself writes the OEM code page of the system; PowerShell redirects it as UTF-16LE with a byte order mark
/// or as UTF-8.
public enum CaptureEncoding: String, Sendable, CaseIterable {
  /// UTF-8, with or without byte order mark.
  case utf8 = "utf-8"
  /// UTF-16, low byte first.
  case utf16LittleEndian = "utf-16le"
  /// UTF-16, high byte first.
  case utf16BigEndian = "utf-16be"
  /// Chinese, simplified.
  case cp936
  /// Chinese, traditional.
  case cp950
  /// Japanese.
  case cp932
  /// Korean.
  case cp949
  /// Western Europe.
  case cp850
  /// United States.
  case cp437
  /// Central Europe.
  case cp852
  /// Turkish.
  case cp857
  /// Cyrillic.
  case cp866
  /// Windows' own page for Western Europe, not a console's.
  case cp1252

  /// The encoding of that name: `cp936`, `936`, `UTF-16LE`, `utf16`; `nil` if it is none of these.
  public init?(name: String) {
    let plain = String(name.lowercased().filter { $0.isLetter || $0.isNumber })
    let other: [String: CaptureEncoding] = [
      "utf8": .utf8, "utf8bom": .utf8, "utf16": .utf16LittleEndian, "utf16le": .utf16LittleEndian,
      "unicode": .utf16LittleEndian, "utf16be": .utf16BigEndian, "gbk": .cp936, "big5": .cp950, "shiftjis": .cp932,
      "windows1252": .cp1252,
    ]
    let prefixes = ["cp", "ibm", "oem", "ms", "windows"]
    let digits = prefixes.first { plain.hasPrefix($0) }.map { String(plain.dropFirst($0.count)) } ?? plain
    guard let encoding = CaptureEncoding(rawValue: "cp" + digits) ?? other[plain] else { return nil }
    self = encoding
  }

  /// The number of the code page; `nil` for Unicode.
  var codePage: Int32? { rawValue.hasPrefix("cp") ? Int32(rawValue.dropFirst(2)) : nil }

  /// The code page of the systems of a language, where it is not that of Western Europe.
  static func page(ofLanguage language: String) -> CaptureEncoding {
    let others: [String: CaptureEncoding] = [
      "zh-CN": .cp936, "zh-TW": .cp950, "ja": .cp932, "ko": .cp949, "ru": .cp866, "pl": .cp852, "cs": .cp852,
      "tr": .cp857,
    ]
    return others[language] ?? .cp850
  }

  /// The code pages in the order in which they are preferred where nothing tells them apart.
  static let codePages: [CaptureEncoding] = allCases.filter { $0.codePage != nil }
}
