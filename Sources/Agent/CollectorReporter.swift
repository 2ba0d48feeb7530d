// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// Reports to the collector: the whole facts when they changed, else a heartbeat with their digest.
///
/// An outage of any length costs one report afterwards, whatever happened in between.
struct CollectorReporter: Service {
  /// Seconds between heartbeats unless the collector says otherwise.
  static let heartbeatSeconds = 300.0
  /// Longest time that a heartbeat is held open, in seconds; what lies between cuts quiet connections.
  static let holdSeconds = 240
  /// Seconds from one heartbeat that is held open to the next, where it ended sooner: a collector that holds none is
  /// not to be asked all the time.
  static let holdPauseSeconds = 30.0
  /// How long the last look before the stop, and then the last report, may take; with what polls have left, less than
  /// the two seconds in which the daemon stops.
  static let lastLookSeconds = 0.8
  static let lastReport = TimeAmount.milliseconds(600)

  let address: AgentConfiguration.CollectorAddress
  let queue: ReportQueue
  let metrics: AgentMetrics
  /// Threads that may block: names are looked up there.
  let threads: NIOThreadPool
  /// What signs the reports; `nil` if they are not signed.
  private let guest: EnrolledGuest?
  /// Looks again: the collector asks for it, or the daemon is to stop.
  let inspect: @Sendable () async -> Void
  let logger: Logger
  private let sequence = ReportSequence()

  init(
    address: AgentConfiguration.CollectorAddress, guest: EnrolledGuest?, queue: ReportQueue, metrics: AgentMetrics,
    threads: NIOThreadPool, inspect: @escaping @Sendable () async -> Void, logger: Logger
  ) {
    self.address = address
    self.guest = guest
    self.queue = queue
    self.metrics = metrics
    self.threads = threads
    self.inspect = inspect
    self.logger = logger
  }

  /// What reports build on.
  private struct Session {
    /// Digest of the facts that the collector has; `nil` if it has none of us.
    var acknowledged: String?
    /// `nil` before the first report, and after a failure.
    var client: CollectorClient?
  }

  func run() async throws {
    let session = await cancelWhenGracefulShutdown { await self.report() }
    await reportOnceMore(session)
    await session.client?.shutdown()
  }

  /// Reports until the task is cancelled.
  private func report() async -> Session {
    var session = Session()
    var backoff = Backoff()
    var outage = OutageLog()
    while queue.newest == nil, !Task.isCancelled { await queue.wait(seconds: 3600) { $0 != nil } }
    while !Task.isCancelled, let snapshot = queue.newest {
      let problem: String
      var retryAfter: Double?
      do {
        let client = try await connected(session.client, attempt: backoff.failures)
        session.client = client
        switch await client.send(snapshot, acknowledged: session.acknowledged) {
        case .success(let answer) where (200..<300).contains(answer.status):
          metrics.report(.accepted, at: BootClock.milliseconds)
          if outage.worked() || session.acknowledged == nil { logger.notice("the collector has this server's facts") }
          session.acknowledged = snapshot.factsDigest
          backoff.reset()
          if await listen(Self.nextReport(answer), snapshot, with: client) { await inspect() }
          continue
        case .success(let answer) where answer.status == 409 && session.acknowledged == snapshot.factsDigest:
          // The collector's facts are not these: send them whole, at once.
          session.acknowledged = nil
          continue
        case .success(let answer):
          metrics.report(.refused, at: BootClock.milliseconds)
          let reason = PlainText.from(answer.body?["error"]?["message"]?.string ?? "")
          problem = "the collector answered \(answer.status) \(reason)"
          retryAfter = answer.retryAfter
        case .failure(let error):
          metrics.report(.failed, at: BootClock.milliseconds)
          problem = "cannot report to \(address.url): \(error.reason)"
        }
      } catch {
        metrics.report(.failed, at: BootClock.milliseconds)
        problem = "cannot report to \(address.url): \(error)"
      }
      if Task.isCancelled { break }
      if outage.failed(problem, at: BootClock.milliseconds) { logger.warning("\(problem)") }
      // The next one looks the name up and reads the certificates anew: they may have changed.
      await session.client?.shutdown()
      session.client = nil
      // A pause after a failure is kept whatever comes in.
      await queue.wait(seconds: backoff.next(retryAfter: retryAfter)) { _ in false }
    }
    return session
  }

  /// The client that there is, else a new one; each attempt takes the next address of the host's.
  private func connected(_ client: CollectorClient?, attempt: Int) async throws -> CollectorClient {
    if let client { return client }
    let host = CollectorConnection.host(address) ?? ""
    let addresses = try await HostAddresses.find(host, on: threads)
    return try CollectorClient(
      address, hostAddress: addresses[attempt % addresses.count], guest: guest, sequence: sequence,
      holdSeconds: Self.holdSeconds)
  }

  /// Waits for the next report, which is due at once when the facts change; true if the collector wants a fresh look.
  ///
  /// Meanwhile a heartbeat is held open, so that the collector can ask, and another one when it has ended: by its own
  /// time, or cut by what lies between.
  private func listen(_ pause: Double, _ snapshot: Snapshot, with client: CollectorClient) async -> Bool {
    let reported = snapshot.factsDigest
    return await withTaskGroup(of: Bool?.self) { group in
      group.addTask {
        await queue.wait(seconds: pause) { $0?.factsDigest != reported }
        return false
      }
      group.addTask { await hold(pause, snapshot, with: client) }
      // No heartbeat may be left to hold; the wait for the next report ends the group.
      for await wish in group {
        guard let wish else { continue }
        group.cancelAll()
        return wish
      }
      return false
    }
  }

  /// Holds heartbeats open for so many seconds: true if the collector wants a fresh look, false if it wants a report at
  /// once, `nil` when the time is over.
  private func hold(_ pause: Double, _ snapshot: Snapshot, with client: CollectorClient) async -> Bool? {
    let end = BootClock.milliseconds + Int(pause * 1000)
    while !Task.isCancelled {
      let began = BootClock.milliseconds
      let seconds = min((end - began) / 1000, Self.holdSeconds)
      guard seconds > 0 else { return nil }
      var rest = Self.holdPauseSeconds
      if case .success(let answer) = await client.send(
        snapshot, acknowledged: snapshot.factsDigest, holding: seconds)
      {
        if answer.status == 200, answer.body?["inspect"] == true { return true }
        // The collector's facts are not these any more.
        if answer.status == 409 { return false }
        rest = max(rest, answer.retryAfter ?? 0)
      }
      rest -= Double(BootClock.milliseconds - began) / 1000
      if rest > 0 { await Pause.wait(seconds: rest) }
    }
    return nil
  }

  /// A last look and a last report: what is true of a server when it stops is what an image of it will hold.
  ///
  /// Neither holds up the stop: a look that does not end in time is left alone, a report that does not is given up.
  private func reportOnceMore(_ session: Session) async {
    guard queue.newest != nil else { return }
    let asked = BootClock.milliseconds
    Task { await inspect() }
    await queue.wait(seconds: Self.lastLookSeconds) { $0.map { $0.inspectedAt >= asked } ?? false }
    // Who could not be reached just now is not waited for.
    guard let snapshot = queue.newest, let client = session.client else { return }
    _ = await client.send(snapshot, acknowledged: session.acknowledged, timeLimit: Self.lastReport)
  }

  private static func nextReport(_ answer: CollectorClient.Answer) -> Double {
    guard case .integer(let seconds)? = answer.body?["next_report_seconds"], (1...86_400).contains(seconds) else {
      return heartbeatSeconds
    }
    return Double(seconds)
  }
}
