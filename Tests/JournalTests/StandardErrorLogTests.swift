// SPDX-License-Identifier: Apache-2.0

import Facts
import Logging
import Testing

@testable import Journal

@Suite struct StandardErrorLogTests {
  @Test(arguments: [
    (Logger.Level.error, true, "<3>"), (.notice, true, "<5>"), (.info, true, "<6>"),
    (.warning, false, "2026-02-02T02:40:00.000Z warning "),
  ])
  func logLines(level: Logger.Level, isJournal: Bool, prefix: String) {
    let moment = UTCTime(milliseconds: 1_770_000_000_000)
    let line = StandardErrorLog.line(
      level, "two\nlines", ["b": "x y", "a": "1\u{1B}[2J", "c": "q\"q"], isJournal: isJournal,
      at: moment)
    #expect(line == prefix + #"two\x0alines a=1\x1b[2J b="x y" c="q'q""# + "\n")
  }
}
