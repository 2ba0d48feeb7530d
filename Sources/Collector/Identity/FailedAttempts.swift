// SPDX-License-Identifier: Apache-2.0

/// Bounds how often somebody may fail to show an identity, so that neither guessing nor the cost of checking pays.
///
/// Counted for each address and kind of identity. A token of ours is looked up before it is asked here, and so is one
/// of the cloud's that is known to be good: whoever has one of these is never kept out by a neighbour's failures behind
/// the same proxy.
struct FailedAttempts: Sendable {
  /// Addresses that are told apart at a time.
  static let places = 1 << 14

  /// What an attempt is counted under.
  struct Name: Hashable, Sendable {
    var remote: RemoteAddress
    var kind: Kind
  }

  /// The kind of identity that was tried.
  enum Kind: Hashable, Sendable {
    /// None, or one that only we could know.
    case own
    /// A token of the cloud.
    case cloudToken
    /// A key of the cloud that is in the credentials file, so that one key's failures do not keep out another.
    case key(String)
    /// The key of an enrolled guest, by its name.
    case guest(String)
  }

  private let table: RateTable?

  init(_ limit: RateLimit?) { table = limit.map { RateTable($0, places: Self.places) } }

  /// 429 if there were too many failures; costs nothing but that.
  func check(_ name: Name, at moment: Moment) throws(CallError) {
    guard let table, let wait = table.wait(name, at: moment.uptime) else { return }
    throw .tooMany("requests without a valid identity from this address", "来自此地址且没有有效身份的请求", table.limit, wait)
  }

  /// Counts a failure.
  func count(_ name: Name, at moment: Moment) { _ = table?.take(name, at: moment.uptime) }
}
