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
}
