// SPDX-License-Identifier: Apache-2.0

public import Readiness

/// Everything that a collector is told at its start.
public struct CollectorConfiguration: Sendable {
  /// Where to listen.
  public var listen: ListenAddress
  /// The database file.
  public var database: String
  /// The credentials file; `nil`: loopback only, one implicit project, all roles.
  public var credentials: String?
  /// Certificate chain and key in PEM; `nil`: plain HTTP.
  public var tls: TLSFiles?
  /// Whether plain HTTP may be served to other machines.
  public var plainHTTP: Bool
  /// Where to serve the compute service; `nil`: servers are not kept from being started.
  public var computeListen: ListenAddress?
  /// Base URL of the cloud's image service; `nil`: requests are decided, none is forwarded.
  public var imageService: String?
  /// Base URL of the compute service.
  public var computeService: String?
  /// Base URL of the block storage service.
  public var volumeService: String?
  /// Base URL of the backup service (CBR).
  public var backupService: String?
  /// Base URL of the older backup service (CSBS).
  public var olderBackupService: String?
  /// Who answers for what only the cloud knows.
  public var cloudFacts: CloudFactsMode
  /// A file with the collector's own key, which only reads; `nil`: callers' identities are used alone.
  public var cloudKey: String?
  /// Whether nothing is served but the gate: no other path of a service is handed on.
  public var gateOnly: Bool
  /// Base URL of the cloud's identity service, which needs credentials; `nil`: its tokens are not taken.
  public var identityService: String?
  /// The names under which callers reach the collector, `HOST` or `HOST:PORT`; empty: any.
  public var publicHosts: [String]
  /// What callers are held to; without credentials to nothing.
  public var limits: RateLimitSettings
  /// Whether a copy of an enrolled guest is let in by the key that it was copied with.
  public var clones: CloneAdmission
  /// How old facts may be, in seconds.
  public var factsMaxAge: Int64
  /// How old captures of diskpart may be, in seconds.
  public var capturesMaxAge: Int64
  /// How long facts are kept that were replaced by others, in days.
  public var historyDays: Int64
  /// Which hazards are blockers.
  public var profile: Profile
  /// Which text of the cloud's document decides.
  public var reading: Reading
  /// How long the cloud may take to answer, in seconds.
  public var cloudTimeout: Int64

  /// The defaults of the command line, but for the database.
  public init(database: String) {
    listen = ListenAddress(host: "127.0.0.1", port: 8470)
    self.database = database
    plainHTTP = false
    cloudFacts = .required
    gateOnly = false
    publicHosts = []
    limits = RateLimitSettings()
    clones = .admit
    factsMaxAge = 900
    capturesMaxAge = 3600
    historyDays = 400
    profile = .vendor
    reading = .physicalVolumes
    cloudTimeout = 30
  }

  /// The addresses of the cloud's services that are configured.
  var cloudURLs: [CloudService.Name: String] {
    let all: [(CloudService.Name, String?)] = [
      (.ims, imageService), (.ecs, computeService), (.evs, volumeService), (.cbr, backupService),
      (.csbs, olderBackupService),
    ]
    return Dictionary(uniqueKeysWithValues: all.compactMap { name, url in url.map { (name, $0) } })
  }

  /// Throws what cannot be served safely.
  public func check() throws(CollectorFailure) {
    for listen in [listen, computeListen].compactMap({ $0 }) { try check(listen) }
    if computeListen != nil, computeService == nil {
      throw CollectorFailure(.usage, "--ecs-listen needs --ecs-url, the compute service that it stands in front of")
    }
    if credentials == nil, identityService != nil {
      throw CollectorFailure(
        .usage, "--iam-url needs --credentials: without it everybody is let in, and tokens are not looked at")
    }
    _ = try PublicHosts(publicHosts)
    if tls != nil, plainHTTP {
      throw CollectorFailure(.usage, "--plain-http and --tls-certificate exclude each other")
    }
  }

  private func check(_ listen: ListenAddress) throws(CollectorFailure) {
    if credentials == nil, !listen.isLoopback {
      throw CollectorFailure(
        .usage, "without --credentials only loopback is served: \(listen) can be reached from other machines")
    }
    if tls == nil, !plainHTTP, !listen.isLoopback {
      throw CollectorFailure(
        .usage,
        "\(listen) can be reached from other machines: give --tls-certificate and --tls-key, or --plain-http behind a TLS proxy"
      )
    }
  }
}

/// How copies of an enrolled guest are let in: servers that were made from its image.
public enum CloneAdmission: String, Sendable, CaseIterable {
  /// By the key of the guest that they are copies of.
  case admit
  /// Only with an enrolment token, as any new guest.
  case token
}

/// A certificate chain and its key, both PEM files.
public struct TLSFiles: Sendable, Equatable {
  /// The chain, the server's own certificate first.
  public var certificate: String
  /// The private key.
  public var key: String

  /// The two files.
  public init(certificate: String, key: String) {
    self.certificate = certificate
    self.key = key
  }
}
