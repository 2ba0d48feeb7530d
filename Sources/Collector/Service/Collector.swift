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
  let limits: RateLimits
  let services: CloudServices
  let reads: CloudReads
  /// The collector's own key, which only reads.
  let ownKey: CloudIdentity
  let heartbeats = HeldHeartbeats()
  let metrics = CollectorMetrics()
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
    var ownKey = CloudIdentity.anonymous
    if let path = configuration.cloudKey { ownKey = .key(try CloudKeyFile(path: path).read()) }
    let hosts = try PublicHosts(configuration.publicHosts)
    var cloudTokens: CloudTokens?
    let services = try CloudServices(
      urls: configuration.cloudURLs, timeoutSeconds: configuration.cloudTimeout, clock: clock)
    let store: Store
    do throws(CollectorFailure) {
      if let url = configuration.identityService {
        cloudTokens = CloudTokens(
          service: try IdentityService(baseURL: url, timeout: .seconds(min(configuration.cloudTimeout, 5))))
      }
      store = try Store(path: configuration.database, clock: clock)
    } catch {
      try? await cloudTokens?.shutdown()
      try? await services.shutdown()
      throw error
    }
    let identity = Identity(
      credentials: credentials, signed: SignedRequests(hosts: hosts), cloudTokens: cloudTokens,
      guests: GuestSignatures(store: store), failures: FailedAttempts(configuration.limits.failures), log: log)
    let collector = Collector(
      configuration: configuration, store: store, clock: clock, identity: identity,
      limits: RateLimits(configuration.limits), services: services,
      reads: CloudReads(services: services, clock: clock), ownKey: ownKey, log: log)
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
    let compute = try computeApplication()
    if identity.credentials == nil {
      log.notice(
        "no credentials file: loopback only, one project \"\(Caller.implicitProject)\", everybody has all roles")
    }
    identity.noteAtStart()
    if services[.ims] == nil { log.notice("no --ims-url: requests are decided, none is forwarded") }
    if configuration.computeListen == nil {
      log.notice("no --ecs-listen: nothing keeps a server from being started while its image is made")
    }
    let reload = CredentialsReload(
      file: configuration.credentials.map { CredentialsFile(path: $0) }, current: identity.credentials, log: log)
    let pruning = HistoryPruning(store: store, clock: clock, days: configuration.historyDays, log: log)
    var group = ServiceGroupConfiguration(
      services: [application, reload, pruning, CollectorWatchdog(store: store)] + (compute.map { [$0] } ?? []),
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: quietLog)
    // Longer than the cloud may take, so that an answer that is under way is still recorded.
    group.maximumGracefulShutdownDuration = .seconds(configuration.cloudTimeout + 10)
    var failure: CollectorFailure?
    do {
      try await ServiceGroup(configuration: group).run()
    } catch let error as IOError {
      let places = [configuration.listen, configuration.computeListen].compactMap { $0?.description }
      failure = CollectorFailure(
        .unavailable,
        "\(places.joined(separator: " or ")) cannot be listened on: \(SystemError.text(error.errnoCode))")
    } catch {
      failure = CollectorFailure(.fault, "the service failed: \(error)")
    }
    try? await close()
    if let failure { throw failure }
    log.notice("stopped")
  }

  /// Closes what `open` opened; for callers that do not `run`.
  func close() async throws {
    try await identity.cloudTokens?.shutdown()
    try await services.shutdown()
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
      profile: configuration.profile, reading: configuration.reading, cloudFacts: configuration.cloudFacts,
      factsMaxAge: configuration.factsMaxAge, capturesMaxAge: configuration.capturesMaxAge)
  }

  var intake: FactsIntake { FactsIntake(policy: policy) }

  private var doubts: Doubts { Doubts(store: store, clock: clock, reads: reads) }

  var gate: Gate {
    Gate(
      store: store, clock: clock, policy: policy, cloud: CloudFactsReader(reads: reads, clock: clock),
      holds: Holds(store: store, clock: clock, reads: reads, doubts: doubts), heartbeats: heartbeats)
  }

  var questions: Questions { Questions(needsVault: services[.csbs] == nil && services[.cbr] != nil, ownKey: ownKey) }

  /// Every call that there is at `--listen`.
  var table: RouteTable {
    let orders = WholeImageOrders(
      store: store, clock: clock, gate: gate, service: services[.ims], doubts: doubts, lanes: RequestLanes(), log: log)
    let own =
      OperationRoutes(store: store, hasImageService: services[.ims] != nil).routes
      + DescriptionRoutes(.main).routes
      + GuestReportRoutes(store: store, intake: intake, heartbeats: heartbeats, log: log).routes
      + CaptureRoutes(store: store, intake: intake, log: log).routes
      + EnrolmentRoutes(store: store, identity: identity, copies: configuration.clones, log: log).routes
      + GuestQueryRoutes(store: store, clock: clock, intake: intake).routes
      + PageRoutes(store: store, clock: clock, intake: intake).routes
      + MetricsRoutes(store: store, metrics: metrics).routes
      + DecisionRoutes(store: store, gate: gate, questions: questions, log: log).routes
    let cloud = OrderRoutes(
      orders: orders, questions: questions, store: store, clock: clock, service: services[.ims], log: log)
    return RouteTable(
      routes: own + cloud.routes, others: others(of: .ims),
      own: RouteTable.places(of: own))
  }

  /// Every call that there is at `--ecs-listen`.
  var computeTable: RouteTable {
    let own =
      OperationRoutes(store: store, hasImageService: services[.ims] != nil).routes
      + DescriptionRoutes(.compute).routes
    return RouteTable(routes: own, others: others(of: .ecs), own: RouteTable.places(of: own))
  }

  /// What becomes of the other paths of a service.
  private func others(of name: CloudService.Name) -> Route? {
    guard let service = services[name] else { return nil }
    return GatedRoutes(
      gate: gate, questions: questions, store: store, passThrough: PassThrough(service: service),
      passesOthers: !configuration.gateOnly, log: log
    ).route
  }

  /// The server, not yet listening.
  func application() throws(CollectorFailure) -> Application<CollectorResponder> {
    try application(table, at: configuration.listen, isMain: true)
  }

  /// The server in front of the compute service; `nil` if it is not asked for.
  func computeApplication() throws(CollectorFailure) -> Application<CollectorResponder>? {
    guard let listen = configuration.computeListen else { return nil }
    return try application(computeTable, at: listen, isMain: false)
  }

  private func application(
    _ table: RouteTable, at listen: ListenAddress, isMain: Bool
  ) throws(CollectorFailure) -> Application<CollectorResponder> {
    let responder = CollectorResponder(
      table: table, identity: identity, limits: limits, clock: clock, metrics: metrics, log: log)
    let log = log
    let scheme = configuration.tls == nil ? "http" : "https"
    return Application(
      responder: responder, server: try server(),
      configuration: ApplicationConfiguration(address: .hostname(listen.host, port: listen.port), serverName: nil),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? listen.port
        let address = ListenAddress(host: listen.host, port: port)
        log.notice("serving \(scheme)://\(address)\(isMain ? "" : " in front of the compute service")")
        if isMain { ServiceNotification.ready() }
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
