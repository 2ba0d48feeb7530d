// SPDX-License-Identifier: Apache-2.0

internal import Journal
internal import Logging
internal import NIOPosix
internal import ServiceLifecycle
internal import UnixSignals

/// The daemon: inspects, answers polls, reports.
public struct AgentDaemon: Sendable {
  private let configuration: AgentConfiguration

  /// A daemon of that configuration.
  public init(_ configuration: AgentConfiguration) { self.configuration = configuration }

  /// Runs until SIGTERM or SIGINT; throws ``PollSocketFailure`` if polls cannot come in.
  public func run() async throws {
    let logger = Logger(label: "wholeimage-agent") { _ in StandardErrorLog() }
    let state = GuestState()
    let reports = ReportQueue()
    let threads = NIOThreadPool(numberOfThreads: 1)
    threads.start()
    let inspection = InspectionService(
      configuration: configuration, state: state, reports: reports, threads: threads, logger: logger)
    let routes = PollRoutes(state: state, inspection: inspection, configuration: configuration)
    let polls = PollSocket(
      path: configuration.socketPath, routes: routes, logger: logger, ready: { ServiceNotification.ready() })
    var services: [any Service] = [polls, inspection]
    if let address = configuration.collector {
      services.append(
        CollectorReporter(
          address: address, queue: reports, inspect: { await inspection.inspectNow() }, logger: logger))
    } else {
      logger.info("no collector is configured: polls are answered, nothing is reported")
    }
    var group = ServiceGroupConfiguration(
      services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    group.maximumGracefulShutdownDuration = .seconds(2)
    var quiet = logger
    quiet.logLevel = .warning
    group.logger = quiet
    try await ServiceGroup(configuration: group).run()
    ServiceNotification.stopping()
  }
}
