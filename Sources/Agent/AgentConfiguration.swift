// SPDX-License-Identifier: Apache-2.0

public import Readiness

/// How the daemon runs.
public struct AgentConfiguration: Sendable {
  /// Where and how to report.
  public struct CollectorAddress: Sendable {
    /// Base URL of the collector, `https://host:port`.
    public var url: String
    /// File that holds the bearer token; read again for each report, so that it can be replaced.
    public var tokenFile: String?
    /// File that holds the token that lets this server enrol; not needed any more once it has.
    public var enrolmentTokenFile: String?
    /// PEM file of the authorities that the collector's certificate is checked against; `nil` is the system's.
    public var caFile: String?
    /// PEM file of the certificate that the collector knows this server by, and what signed it; `nil` for none.
    public var certificateFile: String?
    /// PEM file of the certificate's key; `nil` if it is in the certificate's file.
    public var keyFile: String?
    /// What the collector is asked through; `nil` if directly.
    public var proxy: ProxyAddress?

    /// An address.
    public init(
      url: String, tokenFile: String? = nil, enrolmentTokenFile: String? = nil, caFile: String? = nil,
      certificateFile: String? = nil,
      keyFile: String? = nil, proxy: ProxyAddress? = nil
    ) {
      self.url = url
      self.tokenFile = tokenFile
      self.enrolmentTokenFile = enrolmentTokenFile
      self.caFile = caFile
      self.certificateFile = certificateFile
      self.keyFile = keyFile
      self.proxy = proxy
    }
  }

  /// The collector; `nil` if the daemon only answers polls.
  public var collector: CollectorAddress?
  /// The configured instance id; `nil` if it is to be found out.
  public var instanceID: String?
  /// Whether the cloud's metadata service is asked which server this is.
  public var usesMetadataService: Bool
  /// Directory that outlives the daemon, for its key; `nil` for none.
  public var stateDirectory: String?
  /// Path of the Unix socket that polls come in by.
  public var socketPath: String
  /// Path of the Unix socket that an inspector answers on; `nil` if the daemon starts its own.
  public var inspectSocketPath: String?
  /// Path of the file that always holds the newest report; `nil` for none.
  public var readinessPath: String?
  /// Seconds between inspections without an event; each wait is longer or shorter by up to a tenth.
  public var intervalSeconds: Double
  /// Seconds that all devices together are given to answer.
  public var deviceTimeoutSeconds: Double
  /// How strict the verdict is.
  public var profile: Profile
  /// How the constraint on volume groups is read.
  public var reading: Reading
  /// The language of findings.
  public var language: Language
  /// Path of the program to run for an inspection: this one.
  public var executable: String

  /// A configuration.
  public init(
    collector: CollectorAddress?, instanceID: String?, usesMetadataService: Bool = false,
    stateDirectory: String? = nil, socketPath: String, inspectSocketPath: String? = nil,
    readinessPath: String? = nil, intervalSeconds: Double, deviceTimeoutSeconds: Double, profile: Profile,
    reading: Reading, language: Language, executable: String = "/proc/self/exe"
  ) {
    self.collector = collector
    self.instanceID = instanceID
    self.usesMetadataService = usesMetadataService
    self.stateDirectory = stateDirectory
    self.socketPath = socketPath
    self.inspectSocketPath = inspectSocketPath
    self.readinessPath = readinessPath
    self.intervalSeconds = intervalSeconds
    self.deviceTimeoutSeconds = deviceTimeoutSeconds
    self.profile = profile
    self.reading = reading
    self.language = language
    self.executable = executable
  }
}
