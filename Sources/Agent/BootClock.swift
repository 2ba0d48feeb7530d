// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Milliseconds since the machine was started, sleep included: no clock setting and no jump changes it
/// (CLOCK_BOOTTIME, clock_gettime(2)).
enum BootClock {
  /// Now.
  static var milliseconds: Int {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}
