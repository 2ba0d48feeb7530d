// SPDX-License-Identifier: Apache-2.0

public import Facts
internal import Glibc

extension UTCTime {
  /// This moment, by the clock that administrators and NTP set (clock_gettime(2), CLOCK_REALTIME).
  public static func now() -> UTCTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UTCTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
