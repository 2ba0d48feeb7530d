// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Synchronization

/// The open connections: never more than so many, so that a flood of them costs the flooder and not the daemon.
///
/// A new one outranks the one that has asked nothing for longest. While all of them wait for an answer, a new one is
/// closed at once.
final class PollConnections: Sendable {
  /// So many connections there are at most; half of them may be held open by `wait`, see ``GuestState``.
  static let most = 64

  private struct Entry {
    let channel: any Channel
    /// Order of the last change.
    var order: UInt64
    var isAnswered: Bool
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var next: UInt64 = 0
    var turnedAway = 0
  }

  private let state = Mutex(State())
  private let limit: Int

  init(limit: Int = PollConnections.most) { self.limit = limit }

  /// How many there are, and how many were closed to make place or for want of it.
  var count: (open: Int, turnedAway: Int) { state.withLock { ($0.entries.count, $0.turnedAway) } }

  /// Takes in a connection; one of them may be closed for it, or it itself.
  func open(_ channel: any Channel) {
    let victim = state.withLock { state -> (any Channel)? in
      state.next += 1
      let entry = Entry(channel: channel, order: state.next, isAnswered: false)
      guard state.entries.count >= limit else {
        state.entries[ObjectIdentifier(channel)] = entry
        return nil
      }
      state.turnedAway += 1
      let quiet = state.entries.filter { !$0.value.isAnswered }.min { $0.value.order < $1.value.order }
      guard let quiet else { return channel }
      state.entries[quiet.key] = nil
      state.entries[ObjectIdentifier(channel)] = entry
      return quiet.value.channel
    }
    victim?.close(promise: nil)
  }

  /// Notes that a connection has asked, or has its answer.
  func note(_ channel: any Channel, isAnswered: Bool) {
    state.withLock { state in
      state.next += 1
      state.entries[ObjectIdentifier(channel)]?.order = state.next
      state.entries[ObjectIdentifier(channel)]?.isAnswered = isAnswered
    }
  }

  /// Forgets a connection that has ended.
  func closed(_ channel: any Channel) { state.withLock { $0.entries[ObjectIdentifier(channel)] = nil } }

  /// Ends all of them.
  func closeAll() {
    let channels = state.withLock { $0.entries.values.map(\.channel) }
    for channel in channels { channel.close(promise: nil) }
  }
}
