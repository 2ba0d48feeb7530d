// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Something that goes wrong, or slowly, on a route.
struct Fault: Sendable, Equatable {
  /// What goes wrong.
  enum Failure: String, Sendable, JSONConvertible {
    /// Another status is answered.
    case status
    /// No answer ever comes.
    case timeout
    /// The connection is closed without an answer.
    case close
    /// A body that is no JSON is answered with 200, or with `status`.
    case malformed
    /// The call is done; its answer breaks off in the middle.
    case truncate
    /// The call is done; the connection is closed without an answer.
    case drop
  }

  /// Which calls it meets.
  var route: RoutePattern
  /// How many more calls it meets; `nil`: all.
  var times: Int?
  /// How long an answer waits, in milliseconds.
  var delay: Int64 = 0
  /// What goes wrong; `nil`: the answer is only late.
  var failure: Failure?
  /// Whether the call does what it does all the same; it does where nothing goes wrong.
  var isDone = false
  /// The status, 200 to 599.
  var status: Int?
  /// The value of the header `Retry-After`, in seconds.
  var retryAfter: Int?
  /// The body.
  var body: String?
  /// A code in the service's shape `{"error":{"code","message"}}`, where no body is given.
  var code: String?

  /// What is answered instead; `nil` where no answer comes from here.
  var answer: CloudAnswer? {
    switch failure {
    case .status:
      var answer = statusAnswer
      if let retryAfter { answer.headers.append(CloudCall.Field(name: "Retry-After", value: String(retryAfter))) }
      return answer
    case .malformed:
      return CloudAnswer(status: status ?? 200, contentType: "application/json", text: body ?? #"{"job_id": "#)
    case .timeout, .close, .truncate, .drop, nil: return nil
    }
  }

  private var statusAnswer: CloudAnswer {
    let status = status ?? 500
    if let body { return CloudAnswer(status: status, contentType: "application/json", text: body) }
    if let code { return CloudRefusal.service(code, "The simulator was told to fail.", status: status).answer }
    switch status {
    case 401: return CloudRefusal.gateway("APIGW.0301", "Incorrect IAM authentication information", status: 401).answer
    case 429:
      return CloudRefusal.gateway("APIGW.0308", "The throttling threshold has been reached", status: 429).answer
    case 504: return CloudRefusal.gateway("APIGW.0201", "Backend timeout.", status: 504).answer
    default: return CloudRefusal.service("IMG.0014", "The simulator was told to fail.", status: status).answer
    }
  }
}

extension Fault: JSONConvertible {
  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    try members.refuseMembers(
      except: "route", "times", "delay_ms", "failure", "done", "status", "retry_after", "body", "code")
    let text: String = try members.required("route")
    guard let route = RoutePattern(text) else {
      throw DocumentError(path: "route", reason: "expected METHOD /PATH, found \"\(PlainText.from(text))\"")
    }
    self.route = route
    times = try Self.count(members, "times", 0...1_000_000_000)
    delay = Int64(try Self.count(members, "delay_ms", 0...3_600_000) ?? 0)
    failure = try members.optional("failure")
    isDone = try members.optional("done") ?? [.truncate, .drop].contains(failure)
    status = try Self.count(members, "status", 200...599)
    retryAfter = try Self.count(members, "retry_after", 0...86_400)
    body = try members.optional("body")
    code = try members.optional("code")
  }

  var json: JSON {
    .members(
      ("route", route.text.json), ("times", times?.json), ("delay_ms", delay > 0 ? .integer(delay) : nil),
      ("failure", failure?.json), ("done", failure == nil ? nil : isDone.json), ("status", status?.json),
      ("retry_after", retryAfter?.json), ("body", body?.json),
      ("code", code?.json))
  }

  private static func count(
    _ members: JSONObject, _ key: String, _ range: ClosedRange<Int>
  ) throws(DocumentError) -> Int? {
    let value: Int? = try members.optional(key)
    guard let value else { return nil }
    guard range.contains(value) else {
      throw DocumentError(path: key, reason: "must be from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}

extension CloudState {
  /// The first fault that a call meets, which then is one time fewer.
  mutating func fault(for call: CloudCall) -> Fault? {
    guard let index = faults.firstIndex(where: { $0.times != 0 && $0.route.match(call) != nil }) else { return nil }
    faults[index].times = faults[index].times.map { $0 - 1 }
    return faults[index]
  }
}
