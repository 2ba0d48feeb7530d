// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud

/// Holds callers to limits; asked before a body is read and before the store is.
///
/// Without a credentials file nobody is held to one: there everybody is on this machine and may do everything.
struct RateLimits: Sendable {
  /// Guests whose reports are told apart at a time: those that reported within the last seconds.
  static let guestPlaces = 1 << 16
  /// Projects that are told apart at a time.
  static let projectPlaces = 1 << 12

  /// Copies of one guest that enrol by its key: five hundred at once, then six hundred a minute.
  static let copies = RateLimit(burst: 500, count: 600, per: .minute)

  private struct Guest: Hashable {
    var project: String
    var instance: String
  }

  private let reports: RateTable?
  private let decisions: RateTable?
  private let copies = Self.copies.map { RateTable($0, places: Self.projectPlaces) }

  init(_ settings: RateLimitSettings) {
    reports = settings.reports.map { RateTable($0, places: Self.guestPlaces) }
    decisions = settings.decisions.map { RateTable($0, places: Self.projectPlaces) }
  }

  /// Lets a report about a guest through; 429 if there were too many.
  func admitReport(project: String, instance: String, at moment: Moment) throws(CallError) {
    guard let reports, let wait = reports.take(Guest(project: project, instance: instance), at: moment.uptime) else {
      return
    }
    throw .tooMany("reports about guest \(instance)", "关于云服务器 \(instance) 的上报", reports.limit, wait)
  }

  /// Lets the copy of a guest enrol; 429 if there were too many.
  func admitCopy(of keyID: String, at moment: Moment) throws(CallError) {
    guard let copies, let wait = copies.take(keyID, at: moment.uptime) else { return }
    throw .tooMany("copies of one guest", "同一台云服务器的副本", copies.limit, wait)
  }

  /// Lets something to be decided in a project through; 429 if there was too much.
  func admitDecision(project: String, at moment: Moment) throws(CallError) {
    guard let decisions, let wait = decisions.take(project, at: moment.uptime) else { return }
    let shown = PlainText.from(project)
    throw .tooMany("orders in project \(shown)", "项目 \(shown) 中的请求", decisions.limit, wait)
  }
}

extension CallError {
  /// A 429: nothing was done.
  static func tooMany(_ what: String, _ chinese: String, _ limit: RateLimit, _ milliseconds: Int64) -> CallError {
    let seconds = Int(max(1, (milliseconds + 999) / 1000))
    var error = CallError(
      .tooManyRequests, .tooManyRequests,
      "Too many \(what): \(limit.count) in a \(limit.unit) are taken, \(limit.burst) at once. Nothing was done; "
        + "ask again in \(seconds) s.",
      chinese:
        "\(chinese)过多：每\(limit.unit.chinese)最多 \(limit.count) 个，一次最多 \(limit.burst) 个。未做任何操作；请在 \(seconds) 秒后重试。",
      retry: .later)
    error.retryAfter = seconds
    return error
  }
}
