// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HummingbirdCore
internal import MetricsFormat
internal import NIOCore

/// What a poll may ask.
struct PollRoutes: Sendable {
  let state: GuestState
  let inspection: InspectionService
  let configuration: AgentConfiguration
  let metrics: AgentMetrics
  let connections: PollConnections
  /// A poll is held so long at most, in seconds.
  static let longestWait = 300.0

  /// Answers one request; `fromNetwork` says that it came by an internet address, if only by loopback.
  func answer(_ request: Request, fromNetwork: Bool) async -> Response {
    let response = await respond(request, fromNetwork)
    metrics.poll(status: response.status.code)
    return response
  }

  private func respond(_ request: Request, _ fromNetwork: Bool) async -> Response {
    // A page of somebody's, open in a browser here, may have had its own name resolved to this address.
    guard !fromNetwork || Self.namesLoopback(request.head.authority) else {
      return Self.error(.misdirectedRequest, "wrong_host", "requests are for localhost, 127.0.0.1 or [::1]")
    }
    guard request.method == .get || request.method == .head else {
      return Self.error(.methodNotAllowed, "method_not_allowed", "only GET is answered here", [.allow: "GET, HEAD"])
    }
    var response: Response
    switch request.uri.path {
    case "/v1/readiness": response = await readiness(request)
    case "/v1/facts": response = await facts()
    case "/healthz": response = await health()
    case "/metrics": response = await counters()
    default:
      response = Self.error(.notFound, "not_found", "there is /v1/readiness, /v1/facts, /healthz and /metrics")
    }
    return request.method == .head ? response.createHeadResponse() : response
  }

  private func readiness(_ request: Request) async -> Response {
    var wait: Double?
    var isFresh = false
    for (key, value) in request.uri.queryParameters {
      switch key {
      case "wait":
        guard let seconds = Double(String(value)), seconds >= 0, seconds <= Self.longestWait else {
          return Self.error(.badRequest, "bad_query", "wait takes 0 to \(Int(Self.longestWait)) seconds")
        }
        wait = seconds
      case "fresh": isFresh = value == "1"
      default: return Self.error(.badRequest, "bad_query", "there is wait=SECONDS and fresh=1")
      }
    }
    if isFresh, await !inspection.inspectForPoll() {
      return Self.error(
        .serviceUnavailable, "too_many_waiting",
        "\(InspectionService.mostWaitingPolls) polls wait for an inspection already", [.retryAfter: "1"])
    }
    let known = request.headers[.ifNoneMatch]
    var snapshot = await state.snapshot
    if let wait, snapshot == nil || known == nil || snapshot?.entityTag == known {
      snapshot = await state.snapshot(otherThan: known ?? snapshot?.entityTag, seconds: wait)
    }
    guard let snapshot else { return await notInspected() }
    if snapshot.entityTag == known { return Response(status: .notModified, headers: [.eTag: snapshot.entityTag]) }
    return Self.document(snapshot.report, [.eTag: snapshot.entityTag])
  }

  private func facts() async -> Response {
    guard let snapshot = await state.snapshot else { return await notInspected() }
    return Self.document(snapshot.facts, [:])
  }

  private func health() async -> Response {
    guard let snapshot = await state.snapshot else { return await notInspected() }
    let age = Double(BootClock.milliseconds - snapshot.inspectedAt) / 1000
    // Facts that two timers did not renew are a daemon that runs and does nothing.
    guard age < configuration.intervalSeconds * 2.5 + configuration.deviceTimeoutSeconds + 30 else {
      let reason = await state.failure ?? "no inspection has ended since"
      return Self.error(.serviceUnavailable, "stale", "the facts are \(Int(age)) seconds old: \(reason)")
    }
    let body = JSON.members(("status", "ok"), ("age_seconds", Int(age).json), ("revision", snapshot.revision.json))
    return Self.document(body.canonicalBytes, [:])
  }

  private func counters() async -> Response {
    let text = metrics.text(
      await state.snapshot, failure: await state.failure, connections: connections.count,
      isReporting: configuration.collector != nil, now: BootClock.milliseconds)
    return Response(
      status: .ok, headers: [.contentType: MetricsText.contentType, .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// Whether the host that a request names is this one, with any port.
  static func namesLoopback(_ authority: String?) -> Bool {
    guard let authority else { return false }
    let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" }.dropFirst() : authority.prefix { $0 != ":" }
    return ["localhost", "127.0.0.1", "::1"].contains(host.lowercased())
  }

  private func notInspected() async -> Response {
    let reason = await state.failure ?? "the first inspection has not ended yet"
    return Self.error(.serviceUnavailable, "not_inspected", reason, [.retryAfter: "1"])
  }

  private static func document(_ bytes: [UInt8], _ fields: HTTPFields) -> Response {
    var fields = fields
    fields[.contentType] = "application/json; charset=utf-8"
    fields[.cacheControl] = "no-store"
    return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  private static func error(
    _ status: HTTPResponse.Status, _ code: String, _ message: String, _ fields: HTTPFields = [:]
  ) -> Response {
    let body = JSON.members(("error", .members(("code", code.json), ("message", message.json))))
    var fields = fields
    fields[.contentType] = "application/json; charset=utf-8"
    return Response(
      status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.canonicalBytes)))
  }
}
