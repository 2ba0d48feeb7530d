// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

@Suite struct PlainTextTests {
  @Test(arguments: [
    ("data", "data"), ("", ""), ("数据盘", "数据盘"), ("a\\b", "a\\b"), ("a\nb", "a\\x0ab"), ("\u{1B}[31m", "\\x1b[31m"),
    ("\u{7F}", "\\x7f"), ("\u{85}", "\\xc2\\x85"), ("a\u{202E}b", "a\\xe2\\x80\\xaeb"), ("\\x41", "\\x5cx41"),
    ("\\\\x", "\\\\x5cx"),
  ]) func text(_ input: String, _ expected: String) {
    #expect(PlainText.from(input) == expected)
  }

  @Test(
    arguments: [
      ([0xFF], "\\xff"), ([0x61, 0xC3], "a\\xc3"), ([0xC0, 0x80], "\\xc0\\x80"),
      ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"),
      ([0xF4, 0x90, 0x80, 0x80], "\\xf4\\x90\\x80\\x80"), ([0xE4, 0xB8, 0xAD, 0xFE], "中\\xfe"),
    ] as [([UInt8], String)]) func bytes(_ input: [UInt8], _ expected: String)
  {
    #expect(PlainText.from(input) == expected)
  }

  @Test func differentBytesGiveDifferentText() {
    var seen: [String: [UInt8]] = [:]
    let pieces: [[UInt8]] = [[0x5C], [0x78], [0x30], [0x61], [0x0A], [0xFF], [0xC3, 0xA9], Array("\\x0a".utf8)]
    for first in pieces {
      for second in pieces {
        for third in pieces {
          let bytes = first + second + third
          let text = PlainText.from(bytes)
          #expect(seen[text] == nil || seen[text] == bytes, "\(text)")
          seen[text] = bytes
        }
      }
    }
  }

  @Test func nothingUnsafeIsLeft() {
    let all = (UInt8.min...UInt8.max).map { $0 }
    let text = PlainText.from(all)
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
  }
}

@Suite struct UTCTimeTests {
  @Test(arguments: [
    ("2024-11-06T06:19:43.195Z", "2024-11-06T06:19:43.195Z"), ("2024-11-06t06:19:43z", "2024-11-06T06:19:43.000Z"),
    ("2024-02-29T23:59:59.9999999+08:00", "2024-02-29T15:59:59.999Z"),
    ("1970-01-01T00:00:00-00:30", "1970-01-01T00:30:00.000Z"), ("0001-03-01T00:00:00Z", "0001-03-01T00:00:00.000Z"),
    ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"),
  ]) func readsWhatItWrites(_ text: String, _ written: String) {
    #expect(UTCTime(rfc3339: text)?.text == written)
  }

  @Test(arguments: [
    "", "2024-11-06", "2024-11-06T06:19:43", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
    "2024-11-06T24:00:00Z", "2024-11-06T06:19:43.Z", "2024-11-06T06:19:43Z ", "2024-11-06T06:19:43+8:00",
    "2024-11-06T06:19:43+25:00", "２024-11-06T06:19:43Z", "2024/11/06T06:19:43Z",
  ]) func refusesWhatIsNoTime(_ text: String) {
    #expect(UTCTime(rfc3339: text) == nil)
  }
}
