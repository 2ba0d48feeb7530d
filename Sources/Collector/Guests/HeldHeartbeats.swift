// SPDX-License-Identifier: Apache-2.0

/// Guests whose agents hold a heartbeat open, so that they can be asked to look again, and whoever waits for their news.
actor HeldHeartbeats {
  /// A guest in its project.
  struct Guest: Sendable, Hashable {
    var project: String
    var instanceID: String
  }

  /// Who waits: an agent for a wish, or a decision for an agent's news.
  private enum Side: Sendable {
    case agent
    case decision
  }

  private struct Place: Sendable, Hashable {
    var guest: Guest
    var side: Side
  }

  private var waiting: [Place: [Int: CheckedContinuation<Bool, Never>]] = [:]
  private var last = 0

  /// Holds a heartbeat; true if a fresh inspection is wanted, false when the time is over.
  func hold(_ guest: Guest, seconds: Int64) async -> Bool {
    await wait(Place(guest: guest, side: .agent), .seconds(seconds))
  }

  /// Asks the agent of a guest to inspect it now, and waits for what it reports; false if nobody listens or nothing came.
  func refresh(_ guest: Guest, within limit: Duration) async -> Bool {
    guard end(Place(guest: guest, side: .agent)) else { return false }
    return await wait(Place(guest: guest, side: .decision), limit)
  }

  /// Whether the agent of a guest can be asked now.
  func isListening(_ guest: Guest) -> Bool { waiting[Place(guest: guest, side: .agent)] != nil }

  /// News of a guest came: whoever waits for them goes on.
  func reported(_ guest: Guest) { _ = end(Place(guest: guest, side: .decision)) }

  private func wait(_ place: Place, _ limit: Duration) async -> Bool {
    last += 1
    let id = last
    let timer = Task {
      try? await Task.sleep(for: limit)
      self.giveUp(place, id)
    }
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard !Task.isCancelled else { return continuation.resume(returning: false) }
        waiting[place, default: [:]][id] = continuation
      }
    } onCancel: {
      Task { await self.giveUp(place, id) }
    }
  }

  /// Ends all waits at a place; false if there were none.
  private func end(_ place: Place) -> Bool {
    guard let waiters = waiting.removeValue(forKey: place) else { return false }
    for waiter in waiters.values { waiter.resume(returning: true) }
    return true
  }

  private func giveUp(_ place: Place, _ id: Int) {
    let waiter = waiting[place]?.removeValue(forKey: id)
    if waiting[place]?.isEmpty == true { waiting[place] = nil }
    waiter?.resume(returning: false)
  }
}
