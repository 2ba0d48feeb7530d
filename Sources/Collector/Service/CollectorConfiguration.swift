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
  /// Base URL of the cloud's image service; `nil`: requests are decided, none is forwarded.
  public var imageService: String?
  /// How old facts may be, in seconds.
  public var factsMaxAge: Int64
  /// How old captures of diskpart may be, in seconds.
  public var capturesMaxAge: Int64
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
    factsMaxAge = 900
    capturesMaxAge = 3600
    profile = .vendor
    reading = .physicalVolumes
    cloudTimeout = 30
  }

  /// Throws what cannot be served safely.
  public func check() throws(CollectorFailure) {
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
    if tls != nil, plainHTTP {
      throw CollectorFailure(.usage, "--plain-http and --tls-certificate exclude each other")
    }
  }
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
