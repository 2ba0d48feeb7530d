// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Agent

@Suite struct BackoffTests {
  @Test func theCeilingDoublesUpToTheHighest() {
    var backoff = Backoff()
    let ceilings = (0..<12).map { _ in backoff.next(retryAfter: nil) { $0.upperBound } }
    #expect(ceilings.prefix(5) == [2, 4, 8, 16, 32])
    #expect(ceilings.last == Backoff.most && ceilings.allSatisfy { $0 <= Backoff.most })
  }

  @Test func theWholeRangeBelowTheCeilingIsUsed() {
    var backoff = Backoff()
    #expect(backoff.next(retryAfter: nil) { $0.lowerBound } == 0)
  }

  @Test func theCollectorsWishIsTheLeast() {
    var backoff = Backoff()
    #expect(backoff.next(retryAfter: 30) { $0.lowerBound } == 30)
    #expect(backoff.next(retryAfter: 1e9) { $0.lowerBound } == 3600)
    #expect(backoff.next(retryAfter: -5) { $0.lowerBound } == 0)
    #expect(backoff.next(retryAfter: .nan) { $0.lowerBound } == 0)
    #expect(backoff.next(retryAfter: .infinity) { $0.lowerBound } == 0)
  }

  @Test func successStartsAnew() {
    var backoff = Backoff()
    for _ in 0..<100 { _ = backoff.next(retryAfter: nil) }
    backoff.reset()
    #expect(backoff.next(retryAfter: nil) { $0.upperBound } == Backoff.first)
  }
}
