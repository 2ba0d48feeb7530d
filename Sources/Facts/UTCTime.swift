// SPDX-License-Identifier: Apache-2.0

/// A moment in UTC, to the millisecond.
public struct UTCTime: Sendable, Equatable, Comparable {
  /// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
  public var milliseconds: Int64

  /// The moment that many milliseconds after the beginning of 1970.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Whether one moment is before another.
  public static func < (first: UTCTime, second: UTCTime) -> Bool { first.milliseconds < second.milliseconds }

  /// RFC 3339 with milliseconds, as `2024-11-06T06:19:43.195Z`.
  public var text: String {
    let dayLength: Int64 = 86_400_000
    var day = milliseconds / dayLength
    var rest = milliseconds % dayLength
    if rest < 0 {
      day -= 1
      rest += dayLength
    }
    let (year, month, date) = Self.date(ofDay: day)
    let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { Self.digits($0, 2) }
    return "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(date, 2))T"
      + clock.joined(separator: ":") + ".\(Self.digits(rest % 1000, 3))Z"
  }

  /// The Gregorian date of a day counted from 1970-01-01.
  ///
  /// Counts in years that begin in March, so that the leap day is a year's last, and in eras of 400 years, which all
  /// have 146,097 days.
  private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, date: Int64) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let date = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date)
  }

  private static func digits(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }

  /// The moment of an RFC 3339 text, as `2024-11-06T06:19:43.195Z` or with an offset; `nil` if it is none.
  ///
  /// Digits behind the third of a second's fraction are dropped.
  public init?(rfc3339 text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.count <= 40 else { return nil }
    func number(_ start: Int, _ count: Int) -> Int64? {
      guard start + count <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[start..<(start + count)] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      }
      return value
    }
    let marks: [(Int, UInt8)] = [(4, 0x2D), (7, 0x2D), (13, 0x3A), (16, 0x3A)]
    guard marks.allSatisfy({ bytes[$0.0] == $0.1 }), bytes[10] | 0x20 == 0x74, let year = number(0, 4),
      let month = number(5, 2), let date = number(8, 2), let hour = number(11, 2), let minute = number(14, 2),
      let second = number(17, 2), (1...12).contains(month), hour < 24, minute < 60, second <= 60
    else { return nil }
    var index = 19
    var fraction: Int64 = 0
    if bytes[index] == UInt8(ascii: ".") {
      let digits = bytes[(index + 1)...].prefix { (0x30...0x39).contains($0) }
      guard !digits.isEmpty else { return nil }
      for place in 0..<3 {
        fraction = fraction * 10 + (place < digits.count ? Int64(digits[index + 1 + place] - 0x30) : 0)
      }
      index += 1 + digits.count
    }
    var offset: Int64 = 0
    guard index < bytes.count else { return nil }
    if bytes[index] | 0x20 == 0x7A {
      guard index + 1 == bytes.count else { return nil }
    } else {
      guard bytes[index] == 0x2B || bytes[index] == 0x2D, index + 6 == bytes.count, bytes[index + 3] == 0x3A,
        let hours = number(index + 1, 2), let minutes = number(index + 4, 2), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (bytes[index] == 0x2D ? -1 : 1)
    }
    let day = Self.day(year: year, month: month, date: date)
    guard Self.date(ofDay: day) == (year, month, date) else { return nil }
    milliseconds = ((day * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1000 + fraction
  }

  /// The day of a Gregorian date, counted from 1970-01-01.
  private static func day(year: Int64, month: Int64, date: Int64) -> Int64 {
    let fromMarch = month <= 2 ? year - 1 : year
    let era = (fromMarch >= 0 ? fromMarch : fromMarch - 399) / 400
    let yearOfEra = fromMarch - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + date - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
