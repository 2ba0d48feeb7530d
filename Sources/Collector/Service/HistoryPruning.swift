// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Logging
internal import ServiceLifecycle

/// Removes what is older than the history is to be kept, at start and once a day.
struct HistoryPruning: Service {
  let store: Store
  let clock: CollectorClock
  let days: Int64
  let log: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await prune()
        try? await Task.sleep(for: .seconds(86_400))
      }
    }
  }

  /// Removes it in small steps, so that reports and decisions go on in between.
  func prune() async {
    let cutoff = UTCTime(milliseconds: clock.now().wall.milliseconds - days * 86_400_000)
    var count = 0
    do {
      while !Task.isCancelled {
        let step = try await store.prune(before: cutoff)
        count += step
        guard step > 0 else { break }
      }
    } catch {
      log.error("old facts could not be removed", metadata: ["error": "\(error)"])
    }
    if count > 0 { log.notice("removed facts older than \(days) days", metadata: ["rows": "\(count)"]) }
  }
}
