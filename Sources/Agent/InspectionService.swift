// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Logging
internal import NIOPosix
internal import Readiness
internal import ServiceLifecycle

/// Inspects at start, when asked, and by a jittered timer; many who ask share one inspection.
actor InspectionService: Service {
  private let configuration: AgentConfiguration
  private let state: GuestState
  private let reports: ReportQueue
  private let logger: Logger
  private let threads: NIOThreadPool
  /// The inspection that begins when the running one has ended: whoever asks now must not get facts from before.
  private var following: Task<Void, Never>?
  private var running: Task<Void, Never>?

  init(
    configuration: AgentConfiguration, state: GuestState, reports: ReportQueue, threads: NIOThreadPool, logger: Logger
  ) {
    self.configuration = configuration
    self.state = state
    self.reports = reports
    self.threads = threads
    self.logger = logger
  }

  /// Inspects until the daemon is to stop.
  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await self.inspectNow()
        let jitter = Double.random(in: 0.9...1.1)
        try? await Task.sleep(for: .seconds(self.configuration.intervalSeconds * jitter))
      }
    }
  }

  /// Inspects, and returns when an inspection that began after this call has ended.
  func inspectNow() async {
    if let running {
      if following == nil {
        following = Task {
          await running.value
          await self.begin().value
        }
      }
      await following?.value
    } else {
      await begin().value
    }
  }

  private func begin() -> Task<Void, Never> {
    following = nil
    let task = Task {
      await self.inspect()
      self.finished()
    }
    running = task
    return task
  }

  private func finished() { running = nil }

  private func inspect() async {
    let process = InspectionProcess(
      executable: configuration.executable, instanceID: configuration.instanceID,
      deviceTimeoutSeconds: configuration.deviceTimeoutSeconds)
    let start = BootClock.milliseconds
    let previous = await state.snapshot
    do {
      let document = try await threads.runIfActive { try process.run() }
      let snapshot = try Snapshot(
        document, previous: previous, inspectedAt: start, configuration: configuration)
      if snapshot.entityTag != previous?.entityTag {
        logger.notice("\(snapshot.verdict.rawValue), revision \(snapshot.revision)")
      }
      await state.publish(snapshot)
      reports.offer(snapshot)
    } catch {
      let failure = "\(error)"
      if await state.failure != failure { logger.error("\(failure)") }
      await state.note(failure: failure)
    }
  }
}
