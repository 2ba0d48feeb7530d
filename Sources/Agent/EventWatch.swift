// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import NIOPosix
internal import ServiceLifecycle

/// Has an inspection made soon after storage may have changed.
struct EventWatch: Service {
  let events: StorageEvents
  /// What the events' wait ends on.
  let stop: StopSignal
  let inspection: InspectionService
  let metrics: AgentMetrics
  /// One of its threads is the watch's as long as the daemon runs.
  let threads: NIOThreadPool
  let logger: Logger

  func run() async throws {
    for (source, reason) in events.missing {
      logger.notice("\(source.subject) cannot be watched (\(reason)): the timer alone finds them")
    }
    let (looks, due) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let (events, metrics) = (events, metrics)
    async let watch: Void = threads.runIfActive {
      Self.watch(events, metrics) { due.yield() }
      due.finish()
    }
    await withGracefulShutdownHandler {
      await cancelWhenGracefulShutdown {
        for await _ in looks { await inspection.inspectNow() }
      }
    } onGracefulShutdown: {
      stop.raise()
    }
    try await watch
  }

  /// Calls `look` when it is time to, until the daemon is to stop.
  private static func watch(_ events: StorageEvents, _ metrics: AgentMetrics, look: () -> Void) {
    var pace = EventPace()
    while true {
      let now = BootClock.milliseconds
      if let due = pace.due, due <= now {
        pace.looked(at: now)
        look()
        continue
      }
      switch events.next(milliseconds: pace.due.map { Int32(clamping: $0 - now) } ?? -1) {
      case .stopped: return
      case .timeOver: break
      case .changed(let sources):
        for source in sources { metrics.event(source) }
        pace.event(at: BootClock.milliseconds)
      }
    }
  }
}
