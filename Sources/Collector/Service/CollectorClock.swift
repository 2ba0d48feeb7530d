// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc
internal import HuaweiCloud
internal import Journal

/// One instant, by both of the machine's clocks.
struct Moment: Sendable, Equatable {
  /// Time of day in UTC; can be set back and forth.
  var wall: UTCTime
  /// Milliseconds since the machine's start, sleep included; only goes on.
  var uptime: Int64
}

/// The collector's clocks.
///
/// The age of facts is taken by the clock that nobody can set, as long as the machine runs; after a restart of the
/// machine only the time of day is left.
struct CollectorClock: Sendable {
  /// Names the run of the machine that `uptime` counts in (`/proc/sys/kernel/random/boot_id`, random(4)).
  let epoch: String
  /// Reads both clocks.
  let now: @Sendable () -> Moment
  /// Waits before something is tried again.
  var pause: @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }

  /// The machine's clocks.
  static func system() -> CollectorClock {
    CollectorClock(epoch: bootID() ?? RandomIdentifier.make()) {
      // The clock's epoch is the machine's start: what it shows outlives this process (CLOCK_BOOTTIME).
      let uptime = ContinuousClock().systemEpoch.duration(to: .now).components
      return Moment(
        wall: .now(), uptime: uptime.seconds * 1000 + uptime.attoseconds / 1_000_000_000_000_000)
    }
  }

  private static func bootID() -> String? {
    let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    guard count >= 36 else { return nil }
    return PlainText.from(buffer[..<36])
  }
}
