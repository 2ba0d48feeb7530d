// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Journal
internal import Logging
internal import NIOPosix
internal import Readiness
internal import ServiceLifecycle

/// Inspects at start, when asked, and by a jittered timer; many who ask share one inspection.
actor InspectionService: Service {
  private let configuration: AgentConfiguration
  private let source: InspectionSource
  private let stop: StopSignal
  private let state: GuestState
  private let reports: ReportQueue
  private let metrics: AgentMetrics
  private let file: ReadinessFile?
  private let logger: Logger
  private let threads: NIOThreadPool
  /// The inspection that begins when the running one has ended: whoever asks now must not get facts from before.
  private var following: Task<Void, Never>?
  private var running: Task<Void, Never>?
  private var runningSince: SuspendingClock.Instant?
  /// Polls that wait for an inspection of their own.
  private var waitingPolls = 0
  /// What the last inspection left for the next.
  private var memory: JSON?
  /// What the metadata service told: it is asked until it does, once a run of the daemon.
  private var metadataID: String?
  /// Why the file could not be written, said once.
  private var complaint: String?

  init(
    configuration: AgentConfiguration, stop: StopSignal, state: GuestState, reports: ReportQueue, metrics: AgentMetrics,
    threads: NIOThreadPool, logger: Logger
  ) {
    self.configuration = configuration
    source = InspectionSource(configuration, stop: stop)
    self.stop = stop
    self.state = state
    self.reports = reports
    self.metrics = metrics
    file = configuration.readinessPath.map(ReadinessFile.init)
    self.threads = threads
    self.logger = logger
  }

  /// Whether an inspection that runs can still be expected to end: each has a time limit.
  ///
  /// False is a daemon that is to
  /// be started anew. Time that the whole machine was asleep does not count.
  var isAlive: Bool {
    guard let runningSince else { return true }
    let limit = configuration.deviceTimeoutSeconds + InspectionStream.overheadSeconds + 60
    return SuspendingClock.now - runningSince < .seconds(limit)
  }

  /// Inspects until the daemon is to stop; an inspection that runs then is left alone.
  func run() async throws {
    await withGracefulShutdownHandler {
      await cancelWhenGracefulShutdown {
        while !Task.isCancelled {
          await self.inspectNow()
          let jitter = Double.random(in: 0.9...1.1)
          await Pause.wait(seconds: self.configuration.intervalSeconds * jitter)
        }
      }
    } onGracefulShutdown: {
      self.stop.raise()
    }
    // Nobody is to take an old verdict for that of a daemon that runs.
    file?.remove()
  }

  /// Inspects, and returns when an inspection that began after this call has ended, or when the caller is cancelled: a
  /// device that does not answer must not keep the daemon from stopping.
  func inspectNow() async {
    guard !stop.isRaised else { return }
    guard let running else { return await Self.end(of: begin()) }
    let next =
      following
      ?? Task {
        await running.value
        await self.begin().value
      }
    following = next
    await Self.end(of: next)
  }

  /// Polls that may wait for an inspection of their own: a quarter of the connections, so that with those that wait for a
  /// change some are left for who does not wait.
  static let mostWaitingPolls = PollConnections.most / 4

  /// The same for a poll; false where as many wait already as may.
  func inspectForPoll() async -> Bool {
    guard waitingPolls < Self.mostWaitingPolls else { return false }
    waitingPolls += 1
    defer { waitingPolls -= 1 }
    await inspectNow()
    return true
  }

  /// Returns when a task has ended, or when the caller's own is cancelled.
  private static func end(of task: Task<Void, Never>) async {
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    Task {
      await task.value
      end.finish()
    }
    for await _ in ended {}
  }

  /// Begins an inspection, unless one began since the caller saw none: two at once would publish in any order.
  private func begin() -> Task<Void, Never> {
    if let running { return running }
    following = nil
    runningSince = SuspendingClock.now
    let task = Task {
      await self.inspect()
      self.finished()
    }
    running = task
    return task
  }

  /// The facts with the id that the metadata service tells, if it is to be asked.
  private func named(_ document: JSON) async throws(DocumentError) -> JSON {
    guard configuration.usesMetadataService, configuration.instanceID == nil else { return document }
    if metadataID == nil { metadataID = await MetadataService().instanceID() }
    guard let metadataID else { return try MetadataService.factsWithoutID(document) }
    return MetadataService.facts(document, with: metadataID)
  }

  private func finished() {
    running = nil
    runningSince = nil
  }

  private func inspect() async {
    let source = source
    let request = InspectionRequest(
      instanceID: configuration.instanceID, timeoutSeconds: configuration.deviceTimeoutSeconds, memory: memory)
    let start = BootClock.milliseconds
    let previous = await state.snapshot
    do {
      let seen = try await threads.runIfActive { try source.run(request) }
      memory = seen.memory
      let document = try await named(seen.facts)
      let snapshot = try Snapshot(
        document, previous: previous, inspectedAt: start, configuration: configuration)
      metrics.inspected(milliseconds: BootClock.milliseconds - start)
      if snapshot.entityTag != previous?.entityTag {
        logger.notice("\(snapshot.verdict.rawValue), revision \(snapshot.revision)")
        ServiceNotification.status("\(snapshot.verdict.rawValue), revision \(snapshot.revision)")
      }
      if let problem = file?.replace(with: snapshot.report), problem != complaint {
        logger.error("\(problem)")
        complaint = problem
      }
      await state.publish(snapshot)
      reports.offer(snapshot)
    } catch InspectionFailure.stopping {
      return
    } catch {
      metrics.inspectionFailed()
      let failure = "\(error)"
      if await state.failure != failure { logger.error("\(failure)") }
      await state.note(failure: failure)
    }
  }
}
