// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Journal
internal import Logging
internal import NIOCore
internal import NIOSSL
internal import Readiness
internal import ServiceLifecycle
internal import UnixSignals

/// The service: takes facts, decides, forwards.
public struct Collector: Sendable {
  /// The release, as `0.1.0`.
  public static let version = CollectorVersion.number

  let configuration: CollectorConfiguration
  let store: Store
  let clock: CollectorClock
  let identity: Identity
  let service: ImageService?
  let log: Logger

  /// Opens everything that is needed and checks it; nothing is served yet.
  ///
  /// Throws what keeps the collector from starting, in one sentence.
  public static func open(_ configuration: CollectorConfiguration) async throws(CollectorFailure) -> Collector {
    try await open(
      configuration, clock: .system(), log: Logger(label: "wholeimage-collector") { _ in StandardErrorLog() })
  }

  static func open(
    _ configuration: CollectorConfiguration, clock: CollectorClock, log: Logger
  ) async throws(CollectorFailure) -> Collector {
    try configuration.check()
    var credentials: CurrentCredentials?
    if let path = configuration.credentials { credentials = CurrentCredentials(try CredentialsFile(path: path).read()) }
    var service: ImageService?
    if let url = configuration.imageService {
      service = try ImageService(baseURL: url, timeoutSeconds: configuration.cloudTimeout)
    }
    let store: Store
    do throws(CollectorFailure) {
      store = try Store(path: configuration.database, clock: clock)
    } catch {
      try? await service?.shutdown()
      throw error
    }
    let collector = Collector(
      configuration: configuration, store: store, clock: clock, identity: Identity(credentials: credentials),
      service: service, log: log)
    do {
      try await collector.prepare()
    } catch {
      try? await collector.close()
      throw CollectorFailure(.inputOutput, "the database \(configuration.database) cannot be used: \(error)")
    }
    return collector
  }

  /// Brings what is stored in line with this release and this configuration.
  private func prepare() async throws {
    let doubtful = try await store.doubtInterrupted(at: clock.now())
    if doubtful > 0 {
      log.warning(
        "requests were being sent when the collector stopped; they are in doubt", metadata: ["count": "\(doubtful)"])
    }
    try await Rejudging(store: store, intake: intake, log: log).run()
  }

  /// Serves until SIGTERM or SIGINT; requests under way are finished first.
  public func run() async throws(CollectorFailure) {
    let application = try application()
    if identity.credentials == nil {
      log.notice(
        "no credentials file: loopback only, one project \"\(Caller.implicitProject)\", everybody has all roles")
    }
    if service == nil { log.notice("no --ims-url: requests are decided, none is forwarded") }
    let reload = CredentialsReload(
      file: configuration.credentials.map { CredentialsFile(path: $0) }, current: identity.credentials, log: log)
    var group = ServiceGroupConfiguration(
      services: [application, reload], gracefulShutdownSignals: [.sigterm, .sigint], logger: quietLog)
    // Longer than the cloud may take, so that an answer that is under way is still recorded.
    group.maximumGracefulShutdownDuration = .seconds(configuration.cloudTimeout + 10)
    var failure: CollectorFailure?
    do {
      try await ServiceGroup(configuration: group).run()
    } catch let error as IOError {
      failure = CollectorFailure(
        .unavailable, "\(configuration.listen) cannot be listened on: \(SystemError.text(error.errnoCode))")
    } catch {
      failure = CollectorFailure(.fault, "the service failed: \(error)")
    }
    try? await close()
    if let failure { throw failure }
    log.notice("stopped")
  }

  /// Closes what `open` opened; for callers that do not `run`.
  func close() async throws {
    try await service?.shutdown()
    try store.close()
  }

  /// The server library's own words are for its developers.
  private var quietLog: Logger {
    var quiet = log
    quiet.logLevel = .critical
    return quiet
  }
}

extension Collector {
  var policy: GatePolicy {
    GatePolicy(
      profile: configuration.profile, reading: configuration.reading, cloudFacts: .delegated,
      factsMaxAge: configuration.factsMaxAge, capturesMaxAge: configuration.capturesMaxAge)
  }

  var intake: FactsIntake { FactsIntake(policy: policy) }

  /// Every call that there is.
  var table: RouteTable {
    let gate = Gate(store: store, clock: clock, policy: policy)
    let orders = WholeImageOrders(
      store: store, clock: clock, gate: gate, service: service, lanes: RequestLanes(), log: log)
    return RouteTable(
      routes: OperationRoutes(store: store, hasImageService: service != nil).routes
        + GuestReportRoutes(store: store, intake: intake, log: log).routes
        + CaptureRoutes(store: store, intake: intake, log: log).routes
        + GuestQueryRoutes(store: store, clock: clock, intake: intake).routes
        + DecisionRoutes(store: store, gate: gate, log: log).routes
        + ImageServiceRoutes(orders: orders, store: store, clock: clock, service: service, log: log).routes)
  }

  /// The server, not yet listening.
  func application() throws(CollectorFailure) -> Application<CollectorResponder> {
    let responder = CollectorResponder(table: table, identity: identity, clock: clock, log: log)
    let log = log
    let scheme = configuration.tls == nil ? "http" : "https"
    let host = ListenAddress(host: configuration.listen.host, port: 0)
    return Application(
      responder: responder, server: try server(),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.listen.host, port: configuration.listen.port), serverName: nil),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? host.port
        log.notice("serving \(scheme)://\(ListenAddress(host: host.host, port: port))")
        ServiceNotification.ready()
      },
      logger: quietLog)
  }

  private func server() throws(CollectorFailure) -> HTTPServerBuilder {
    let base = HTTPServerBuilder.http1(
      configuration: HTTP1Channel.Configuration(
        additionalChannelHandlers: [MalformedRequestReply()], idleTimeout: .seconds(75),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: 32 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 100)))
    guard let tls = configuration.tls else { return base }
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(tls.certificate).map { NIOSSLCertificateSource.certificate($0) }
      guard !chain.isEmpty else { throw CollectorFailure(.input, "there is no certificate in \(tls.certificate)") }
      let key = try NIOSSLPrivateKey(file: tls.key, format: .pem)
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain, privateKey: .privateKey(key))
      configuration.minimumTLSVersion = .tlsv12
      configuration.applicationProtocols = ["http/1.1"]
      return try .tls(base, tlsConfiguration: configuration)
    } catch let failure as CollectorFailure {
      throw failure
    } catch {
      throw CollectorFailure(
        .input, "the certificate \(tls.certificate) with the key \(tls.key) cannot be used: \(error)")
    }
  }
}
