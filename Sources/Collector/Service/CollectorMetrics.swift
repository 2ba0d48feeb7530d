// SPDX-License-Identifier: Apache-2.0

internal import MetricsFormat
internal import Synchronization

/// What the collector counts, and what `/metrics` says of it and of what is stored.
final class CollectorMetrics: Sendable {
  /// Requests of one kind that were answered alike.
  private struct Answer: Hashable {
    var path: String
    var status: Int
  }

  private let answers = Mutex<[Answer: Int]>([:])

  /// A request was answered; `path` is the route's, so that nobody makes up new ones.
  func answered(_ path: String, status: Int) {
    answers.withLock { $0[Answer(path: path, status: status), default: 0] += 1 }
  }

  /// All of it, with what was read from the store; `nil` where it cannot be read.
  func text(_ stored: StoredCounts?) -> String {
    let answers = answers.withLock { $0 }.sorted { ($0.key.path, $0.key.status) < ($1.key.path, $1.key.status) }
    var text = MetricsText()
    text.add(
      "wholeimage_collector_build_info", .gauge, "The collector's version.",
      [([("version", CollectorVersion.number)], 1)])
    text.add("wholeimage_collector_store_usable", .gauge, "1 if the store can be read.", stored == nil ? 0 : 1)
    text.add(
      "wholeimage_collector_guests", .gauge, "Guests by the verdict on their newest facts.",
      (stored?.guests ?? []).map { ([("verdict", $0.word)], Double($0.count)) })
    text.add(
      "wholeimage_collector_held_images", .gauge,
      "Allowed requests that still hold their server or backup, by state; in_doubt waits for an operator.",
      (stored?.held ?? []).map { ([("state", $0.word)], Double($0.count)) })
    text.add(
      "wholeimage_collector_requests_total", .counter, "Requests answered, by path and status.",
      answers.map { ([("path", $0.key.path), ("status", String($0.key.status))], Double($0.value)) })
    return text.text
  }
}
