// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Journal

@Suite struct WatchdogPauseTests {
  @Test(
    arguments: [
      ("300000000", nil, 150.0), ("300000000", "7", 150), ("300000000", "8", nil), (nil, "7", nil), ("0", nil, nil),
      ("x", nil, nil), ("-5", nil, nil), ("300000000", "x", nil),
    ] as [(String?, String?, Double?)])
  func halfOfWhatIsAskedFor(microseconds: String?, process: String?, expected: Double?) {
    #expect(WatchdogPause.seconds(microseconds: microseconds, process: process, own: 7) == expected)
  }
}
