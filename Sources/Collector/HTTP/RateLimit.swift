// SPDX-License-Identifier: Apache-2.0

/// How many requests are let through: so many at once, and so many on the long run.
public struct RateLimit: Sendable, Equatable, CustomStringConvertible {
  /// The time that a rate is counted in.
  public enum Unit: String, Sendable, CaseIterable {
    /// A second.
    case second = "s"
    /// A minute.
    case minute = "min"
    /// An hour.
    case hour = "h"

    /// The unit in Chinese.
    var chinese: String {
      switch self {
      case .second: "秒"
      case .minute: "分钟"
      case .hour: "小时"
      }
    }

    var microseconds: Int64 {
      switch self {
      case .second: 1_000_000
      case .minute: 60_000_000
      case .hour: 3_600_000_000
      }
    }
  }

  /// How many at once after a quiet time, 1 to 100,000.
  public let burst: Int64
  /// How many in each unit of time on the long run, 1 to 1,000,000.
  public let count: Int64
  /// The unit of time.
  public let unit: Unit

  /// A limit; `nil` if a number is out of bounds.
  public init?(burst: Int64, count: Int64, per unit: Unit) {
    guard (1...100_000).contains(burst), (1...1_000_000).contains(count) else { return nil }
    self.burst = burst
    self.count = count
    self.unit = unit
  }

  /// Reads `BURST,COUNT/UNIT`, as `50,20/s`; `nil` if it is none.
  public init?(_ text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2, let burst = Int64(parts[0]) else { return nil }
    let rate = parts[1].split(separator: "/", omittingEmptySubsequences: false)
    guard rate.count == 2, let count = Int64(rate[0]), let unit = Unit(rawValue: String(rate[1])) else { return nil }
    self.init(burst: burst, count: count, per: unit)
  }

  /// Microseconds between two requests on the long run, at least 1.
  var interval: Int64 { max(1, unit.microseconds / count) }

  /// `BURST,COUNT/UNIT`.
  public var description: String { "\(burst),\(count)/\(unit.rawValue)" }
}

/// The limits that a collector holds its callers to; `nil`: no limit.
public struct RateLimitSettings: Sendable, Equatable {
  /// Reports, heartbeats and captures of one guest.
  public var reports: RateLimit?
  /// Orders and questions about them in one project.
  public var decisions: RateLimit?
  /// Requests without a valid identity from one address, for each kind of identity.
  public var failures: RateLimit?

  /// The defaults.
  public init() {
    reports = RateLimit(burst: 10, count: 12, per: .minute)
    decisions = RateLimit(burst: 50, count: 20, per: .second)
    failures = RateLimit(burst: 20, count: 60, per: .minute)
  }
}
