// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// How often the service manager wants to hear that this service lives (sd_watchdog_enabled(3)).
public enum WatchdogPause {
  /// Half of what the service manager waits for, in seconds; `nil` if it waits for nothing.
  public static var seconds: Double? {
    let variable = { (name: String) in getenv(name).map { String(cString: $0) } }
    return seconds(microseconds: variable("WATCHDOG_USEC"), process: variable("WATCHDOG_PID"), own: getpid())
  }

  /// What the variables ask for; those of another process do not count.
  static func seconds(microseconds: String?, process: String?, own: pid_t) -> Double? {
    guard let microseconds = microseconds.flatMap(UInt64.init), microseconds > 0 else { return nil }
    if let process, pid_t(process) != own { return nil }
    return Double(microseconds) / 2_000_000
  }
}
