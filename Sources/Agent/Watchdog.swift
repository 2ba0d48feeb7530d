// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Journal
internal import ServiceLifecycle

/// Tells the service manager that the daemon lives (sd_watchdog_enabled(3)), twice in the time that it is given.
///
/// Only if the part that inspects says that it lives: a daemon that is up and does nothing is started anew.
struct Watchdog: Service {
  /// Half of what the service manager waits for, in seconds; `nil` if it waits for nothing.
  let pauseSeconds: Double?
  let isAlive: @Sendable () async -> Bool

  init(isAlive: @escaping @Sendable () async -> Bool) {
    let variable = { (name: String) in getenv(name).map { String(cString: $0) } }
    pauseSeconds = Self.pause(
      microseconds: variable("WATCHDOG_USEC"), process: variable("WATCHDOG_PID"), own: getpid())
    self.isAlive = isAlive
  }

  /// What the variables ask for; those of another process do not count.
  static func pause(microseconds: String?, process: String?, own: pid_t) -> Double? {
    guard let microseconds = microseconds.flatMap(UInt64.init), microseconds > 0 else { return nil }
    if let process, pid_t(process) != own { return nil }
    return Double(microseconds) / 2_000_000
  }

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
