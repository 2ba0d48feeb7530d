// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import Facts
internal import Glibc
internal import HTTPTypes
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import ServiceLifecycle

/// Reports to the collector: the whole facts when they changed, else a heartbeat with their digest.
///
/// An outage of any length costs one report afterwards, whatever happened in between.
struct CollectorReporter: Service {
  /// Seconds between heartbeats unless the collector says otherwise.
  static let heartbeatSeconds = 300.0
  /// Longest time that a heartbeat is held open, in seconds; what lies between cuts quiet connections.
  static let holdSeconds = 240.0
  /// An answer larger than this is none of ours.
  static let answerLimit = 64 << 10

  let address: AgentConfiguration.CollectorAddress
  let queue: ReportQueue
  /// Looks again, because the collector asks for it.
  let inspect: @Sendable () async -> Void
  let logger: Logger

  /// What the collector answered.
  struct Answer: Sendable {
    var status: Int
    var retryAfter: Double?
    var body: JSON?
  }

  func run() async throws {
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: try clientConfiguration())
    await cancelWhenGracefulShutdown { await report(with: client) }
    try await client.shutdown()
  }

  private func clientConfiguration() throws -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration()
    if let file = address.caFile {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .file(file)
      configuration.tlsConfiguration = tls
    }
    configuration.timeout = .init(connect: .seconds(10), read: .seconds(Int64(Self.holdSeconds) + 30))
    configuration.redirectConfiguration = .disallow
    return configuration
  }

  private func report(with client: HTTPClient) async {
    var acknowledged: String?
    var backoff = Backoff()
    var lastComplaint = ""
    while queue.newest == nil, !Task.isCancelled { await queue.wait(seconds: 3600) { $0 != nil } }
    while !Task.isCancelled, let snapshot = queue.newest {
      let pause: Double
      var reported: String?
      switch await send(snapshot, acknowledged: acknowledged, with: client) {
      case .success(let answer) where (200..<300).contains(answer.status):
        if acknowledged == nil || !lastComplaint.isEmpty { logger.notice("the collector has this server's facts") }
        acknowledged = snapshot.factsDigest
        reported = acknowledged
        lastComplaint = ""
        backoff.reset()
        pause = Self.nextReport(answer)
      case .success(let answer) where answer.status == 409 && acknowledged == snapshot.factsDigest:
        // The collector's facts are not these: send them whole, at once.
        acknowledged = nil
        continue
      case .success(let answer):
        let reason = PlainText.from(answer.body?["error"]?["message"]?.string ?? "")
        complain("the collector answered \(answer.status) \(reason)", &lastComplaint)
        pause = backoff.next(retryAfter: answer.retryAfter)
      case .failure(let error):
        complain("cannot report to \(address.url): \(error.reason)", &lastComplaint)
        pause = backoff.next(retryAfter: nil)
      }
      guard let reported else {
        // A pause after a failure is kept whatever comes in.
        await queue.wait(seconds: pause) { _ in false }
        continue
      }
      if await listen(pause, snapshot, reported: reported, with: client) { await inspect() }
    }
  }

  /// Waits for the next report, which is due at once when the facts change; true if the collector wants a fresh look.
  ///
  /// Meanwhile a heartbeat is held open, so that the collector can ask. One that is cut is not missed: reports go on.
  private func listen(
    _ pause: Double, _ snapshot: Snapshot, reported: String, with client: HTTPClient
  ) async -> Bool {
    await withTaskGroup(of: Bool?.self) { group in
      group.addTask {
        await queue.wait(seconds: pause) { $0?.factsDigest != reported }
        return false
      }
      group.addTask {
        let seconds = Int(min(pause, Self.holdSeconds))
        guard case .success(let answer) = await send(snapshot, acknowledged: reported, holding: seconds, with: client),
          answer.status == 200, answer.body?["inspect"] == true
        else { return nil }
        return true
      }
      // The held heartbeat may end without a wish; the wait for the next report ends the group.
      for await wish in group {
        guard let wish else { continue }
        group.cancelAll()
        return wish
      }
      return false
    }
  }

  private func complain(_ complaint: String, _ last: inout String) {
    if complaint != last { logger.warning("\(complaint)") }
    last = complaint
  }

  private static func nextReport(_ answer: Answer) -> Double {
    guard case .integer(let seconds)? = answer.body?["next_report_seconds"], (1...86_400).contains(seconds) else {
      return heartbeatSeconds
    }
    return Double(seconds)
  }

  struct SendFailure: Error {
    var reason: String
  }

  private func send(
    _ snapshot: Snapshot, acknowledged: String?, holding: Int? = nil, with client: HTTPClient
  ) async -> Result<Answer, SendFailure> {
    guard let id = snapshot.instanceID else {
      return .failure(SendFailure(reason: "no source names this server's id; set --instance-id"))
    }
    var base = address.url
    while base.hasSuffix("/") { base.removeLast() }
    let isHeartbeat = acknowledged == snapshot.factsDigest
    let call = isHeartbeat ? "heartbeat" + (holding.map { "?wait=\($0)" } ?? "") : "facts"
    var request = HTTPClientRequest(url: "\(base)/v1/guests/\(id)/\(call)")
    request.method = isHeartbeat ? .POST : .PUT
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "User-Agent", value: "wholeimage-agent")
    request.headers.add(name: "Wholeimage-Report-Sequence", value: String(BootClock.milliseconds))
    if let boot = snapshot.bootID { request.headers.add(name: "Wholeimage-Boot-Id", value: boot) }
    request.headers.add(
      name: "Wholeimage-Inspected-Ago-Ms", value: String(max(0, BootClock.milliseconds - snapshot.inspectedAt)))
    do {
      if let file = address.tokenFile {
        request.headers.add(name: "Authorization", value: "Bearer \(try TokenFile.read(file))")
      }
      let body =
        isHeartbeat
        ? JSON.members(("facts_digest", snapshot.factsDigest.json)).canonicalBytes : snapshot.facts
      request.body = .bytes(ByteBuffer(bytes: body))
      let response = try await client.execute(request, timeout: .seconds(60 + Int64(holding ?? 0)))
      let answer = try await response.body.collect(upTo: Self.answerLimit)
      return .success(
        Answer(
          status: Int(response.status.code),
          retryAfter: response.headers.first(name: "Retry-After").flatMap(Double.init),
          body: try? JSON(parsing: Array(answer.readableBytesView))))
    } catch let error as TokenFileFailure {
      return .failure(SendFailure(reason: error.description))
    } catch {
      return .failure(SendFailure(reason: "\(error)"))
    }
  }
}
