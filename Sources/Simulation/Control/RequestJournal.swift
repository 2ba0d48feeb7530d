// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What was asked of the simulated cloud, so that a test can tell what was passed on to it.
struct RequestJournal: Sendable {
  /// One request.
  ///
  /// Of the headers only the names are kept, of the body only its digest: no secret is in it.
  struct Entry: Sendable, Equatable {
    var number: Int
    var call: CloudCall
    var digest: String
    var bytes: Int
    /// What was answered; `nil` if no answer was sent.
    var status: Int?
    var failure: Fault.Failure?

    static func == (first: Entry, second: Entry) -> Bool { first.number == second.number }

    var json: JSON {
      .members(
        ("number", number.json), ("method", call.method.json), ("path", call.path.json),
        ("query", .array(call.query.map { .string("\($0.name)=\($0.value)") })),
        ("headers", call.headers.map(\.name).json), ("received_at", call.now.text.json),
        ("body_sha256", digest.json), ("body_bytes", bytes.json), ("status", status?.json ?? .null),
        ("failure", failure?.json ?? .null))
    }
  }

  /// How many requests are kept, the newest.
  static let limit = 10_000

  /// How many requests came since the journal was last cleared.
  private(set) var count = 0
  private var entries: [Entry] = []

  /// Notes a request with what became of it.
  mutating func append(_ call: CloudCall, status: Int?, failure: Fault.Failure?) {
    count += 1
    var call = call
    let body = call.body
    call.body = []
    // The values are not kept, so that a token is in nothing that can be read.
    call.headers = call.headers.map { CloudCall.Field(name: $0.name, value: "") }
    if entries.count >= 2 * Self.limit { entries.removeFirst(entries.count - Self.limit) }
    entries.append(
      Entry(
        number: count, call: call, digest: String(Digest.of(bytes: body).dropFirst(3)), bytes: body.count,
        status: status, failure: failure))
  }

  /// The newest requests that fit a pattern, in the order in which they came; `count` counts all that came.
  func json(of pattern: RoutePattern?) -> JSON {
    let shown = entries.suffix(Self.limit).filter { entry in pattern.map { $0.match(entry.call) != nil } ?? true }
    return .members(
      ("count", (pattern == nil ? count : shown.count).json), ("requests", .array(shown.map(\.json))))
  }

  /// Forgets every request.
  mutating func clear() { self = RequestJournal() }
}
