// SPDX-License-Identifier: Apache-2.0

internal import Journal
internal import ServiceLifecycle

/// Tells the service manager that the daemon lives (sd_watchdog_enabled(3)), twice in the time that it is given.
///
/// Only if the part that inspects says that it lives: a daemon that is up and does nothing is started anew.
struct Watchdog: Service {
  private let pauseSeconds = WatchdogPause.seconds
  let isAlive: @Sendable () async -> Bool

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // Without a watchdog there is nothing to do, and nothing to wake up for.
        await Pause.wait(seconds: self.pauseSeconds ?? 86_400 * 365)
        if !Task.isCancelled, self.pauseSeconds != nil, await self.isAlive() { ServiceNotification.watchdog() }
      }
    }
  }
}
