// SPDX-License-Identifier: Apache-2.0

internal import Journal
internal import ServiceLifecycle

/// Tells the service manager that the collector lives, twice in the time that it is given.
///
/// Only after the store has taken its turn, whatever came of it: one that never answers keeps every caller waiting, and
/// the collector is started anew; a full disk is no better after that, and is what `/readyz` tells.
struct CollectorWatchdog: Service {
  let store: Store

  func run() async throws {
    guard let seconds = WatchdogPause.seconds else { return try await gracefulShutdown() }
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        _ = await store.isUsable()
        ServiceNotification.watchdog()
        try? await Task.sleep(for: .seconds(seconds))
      }
    }
  }
}
