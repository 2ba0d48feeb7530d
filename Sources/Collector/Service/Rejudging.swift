// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Journal
internal import Logging
internal import Readiness

/// Renews the stored verdicts that were made by another rule set, profile or reading, before anything is served.
struct Rejudging: Sendable {
  /// Guests in one step.
  static let step = 200

  let store: Store
  let intake: FactsIntake
  let log: Logger

  func run() async throws {
    let basis = intake.policy.basis
    var count = 0
    while true {
      let guests = try await store.guestsNotJudged(by: basis, limit: Self.step)
      guard !guests.isEmpty else { break }
      if count == 0 { log.notice("judging the stored facts again by \(basis) before anything is served") }
      ServiceNotification.starting("judged \(count) guests again")
      let verdicts = guests.map { guest in
        // Facts that this release cannot read any more say nothing.
        let facts = try? Gate.facts(in: guest.body)
        let verdict = facts.map { intake.verdict($0) } ?? .undetermined
        return (guest: guest.id, facts: guest.facts, verdict: verdict.rawValue)
      }
      try await store.rejudge(verdicts, by: basis)
      count += guests.count
    }
    if count > 0 { log.notice("judged again by \(basis)", metadata: ["guests": "\(count)"]) }
  }
}
