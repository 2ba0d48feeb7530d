// SPDX-License-Identifier: Apache-2.0

internal import Journal
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// The daemon: inspects, answers polls, reports.
public struct AgentDaemon: Sendable {
  private let configuration: AgentConfiguration
  private let listeners: PollListeners
  private let stops: AsyncStream<Void>
  private let stopRequest: AsyncStream<Void>.Continuation

  /// A daemon of that configuration; takes over the sockets that were handed in, or binds its own.
  ///
  /// To be made before the process opens anything else. Throws ``PollSocketFailure`` if polls cannot come in.
  public init(_ configuration: AgentConfiguration) throws(PollSocketFailure) {
    self.configuration = configuration
    (stops, stopRequest) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    listeners = try PollListeners(path: configuration.socketPath)
  }

  /// Asks it to stop; from any thread.
  public func stop() { stopRequest.yield() }

  /// Runs until it is asked to stop.
  public func run() async throws {
    // One thread serves all sockets: polls are answered from memory, and idle threads are memory too.
    NIOSingletons.groupLoopCountSuggestion = 1
    let logger = Logger(label: "wholeimage-agent") { _ in StandardErrorLog() }
    let state = GuestState()
    let reports = ReportQueue()
    let metrics = AgentMetrics()
    let connections = PollConnections()
    let stop = StopSignal()
    // One for the inspection, one for the watch, one that looks up names.
    let threads = NIOThreadPool(numberOfThreads: 3)
    threads.start()
    let inspection = InspectionService(
      configuration: configuration, stop: stop, state: state, reports: reports, metrics: metrics, threads: threads,
      logger: logger)
    let routes = PollRoutes(
      state: state, inspection: inspection, configuration: configuration, metrics: metrics, connections: connections)
    let polls = PollSocket(
      listeners: listeners, routes: routes, connections: connections, logger: logger,
      ready: { ServiceNotification.ready() }, stopping: { Task { await state.stop() } })
    let watchStop = StopSignal()
    let watch = EventWatch(
      events: StorageEvents(stop: watchStop), stop: watchStop, inspection: inspection, metrics: metrics,
      threads: threads,
      logger: logger)
    // An actor that answers is one that does its work; an inspection that is stuck does not keep it from answering.
    let watchdog = Watchdog { await inspection.isAlive }
    // They are stopped in reverse order: the reporter first, which looks and reports once more.
    var services: [any Service] = [polls, watchdog, inspection, watch]
    if let address = configuration.collector {
      services.append(
        CollectorReporter(
          address: address, guest: try guest(before: address, logger), queue: reports, metrics: metrics,
          threads: threads, inspect: { await inspection.inspectNow() }, logger: logger))
    } else {
      logger.info("no collector is configured: polls are answered, nothing is reported")
    }
    var group = ServiceGroupConfiguration(
      services: services.map { .init(service: $0) }, logger: logger)
    group.maximumGracefulShutdownDuration = .seconds(4)
    var quiet = logger
    quiet.logLevel = .warning
    group.logger = quiet
    let all = ServiceGroup(configuration: group)
    async let stopped: Void = { for await _ in stops { await all.triggerGracefulShutdown() } }()
    try await all.run()
    stopRequest.finish()
    await stopped
    ServiceNotification.stopping()
  }

  /// The key of this server; `nil` if a token stands for it, or nothing.
  ///
  /// A state that is there is used whatever the options say of it: a copy of this server has it and no more.
  private func guest(
    before address: AgentConfiguration.CollectorAddress, _ logger: Logger
  ) throws(StateFailure) -> EnrolledGuest? {
    guard address.tokenFile == nil, let directory = configuration.stateDirectory,
      address.enrolmentTokenFile != nil || StateDirectory.hasState(directory)
    else { return nil }
    return EnrolledGuest(
      directory: try StateDirectory(directory), collector: address.url, say: { logger.notice("\($0)") })
  }
}
