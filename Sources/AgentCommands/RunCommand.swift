// SPDX-License-Identifier: Apache-2.0

internal import Agent
internal import ArgumentParser
internal import CLinux
internal import Glibc
internal import Readiness

/// `wholeimage-agent run`: the daemon.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Watches this server, answers polls and reports to a collector.")

  /// Where the daemon listens unless told otherwise.
  static let defaultSocket = "/run/wholeimage-agent/agent.sock"

  /// One task may keep a thread busy, with judging large facts; polls are answered by the other.
  private static let taskThreads: Int32 = 2

  /// Where the key lies unless systemd says otherwise.
  static let defaultStateDirectory = "/var/lib/wholeimage-agent"

  /// Where the newest report lies when the daemon listens there.
  static let defaultReadinessFile = "/run/wholeimage-agent/readiness.json"

  @Option(help: ArgumentHelp("Report to the collector at this address.", valueName: "url"))
  var collector: String?

  @Option(help: ArgumentHelp("The file that holds the collector's token for this server.", valueName: "file"))
  var tokenFile: String?

  @Option(
    help: ArgumentHelp(
      "The file that holds the token with which this server enrols once; it may be gone afterwards.", valueName: "file")
  )
  var enrolmentTokenFile: String?

  @Option(help: ArgumentHelp("The authorities that the collector's certificate is checked against.", valueName: "file"))
  var caFile: String?

  @Option(help: ArgumentHelp("The certificate that the collector is to know this server by.", valueName: "file"))
  var certificate: String?

  @Option(help: ArgumentHelp("The certificate's key, if it is in another file.", valueName: "file"))
  var certificateKey: String?

  @Option(help: ArgumentHelp("The server's id in the cloud, if it is not to be looked up.", valueName: "id"))
  var instanceID: String?

  @Flag(help: "Ask the cloud's metadata service (169.254.169.254) for the server's id.")
  var metadataService = false

  @Option(
    help: ArgumentHelp(
      "Where the daemon keeps its key (default: systemd's, else \(Self.defaultStateDirectory)).", valueName: "dir"))
  var stateDirectory: String?

  @Option(help: ArgumentHelp("The Unix socket that polls come in by.", valueName: "path"))
  var socket: String = Self.defaultSocket

  @Option(
    help: ArgumentHelp("Ask the inspector on this Unix socket, instead of starting one's own.", valueName: "path"))
  var inspectSocket: String?

  @Option(
    help: ArgumentHelp(
      "Keep the newest report in this file; readiness.json beside the default socket.", valueName: "file"))
  var readinessFile: String?

  @Option(help: ArgumentHelp("Time between inspections without an event.", valueName: "seconds"))
  var interval: Double = 600

  @Option(help: ArgumentHelp("Give all devices together, and initial RAM file systems, so long.", valueName: "seconds"))
  var timeout: Double = 10

  @OptionGroup var judging: JudgingOptions

  mutating func validate() throws {
    guard (1...86_400).contains(interval) else {
      throw ValidationError("--interval takes 1 to 86400 seconds, not \(interval)")
    }
    guard timeout > 0, timeout <= 3600 else {
      throw ValidationError("--timeout takes up to 3600 seconds, not \(timeout)")
    }
    if let instanceID, !InstanceID.isValid(instanceID) { throw ValidationError(InstanceID.rule) }
    if let collector, !collector.hasPrefix("http://"), !collector.hasPrefix("https://") {
      throw ValidationError("--collector takes a URL that begins with https:// or http://, not \(collector)")
    }
    // It would be seen in the list of processes, and in the log where the collector cannot be reached.
    let authority = collector?.drop { $0 != "/" }.drop { $0 == "/" }.prefix { !"/?#".contains($0) }
    if authority?.contains("@") ?? false {
      throw ValidationError("--collector takes no user name and password: see --token-file")
    }
    guard tokenFile == nil || enrolmentTokenFile == nil else {
      throw ValidationError("--token-file and --enrolment-token-file exclude each other: a server that enrols signs")
    }
    guard !metadataService || instanceID == nil else {
      throw ValidationError("--metadata-service and --instance-id exclude each other")
    }
    guard
      collector != nil
        || [tokenFile, enrolmentTokenFile, caFile, certificate, certificateKey].allSatisfy({ $0 == nil })
    else {
      throw ValidationError(
        "--token-file, --enrolment-token-file, --ca-file, --certificate and --certificate-key go with --collector")
    }
    guard certificate != nil || certificateKey == nil else {
      throw ValidationError("--certificate-key goes with --certificate")
    }
  }

  /// Under systemd its state directory (systemd.exec(5), `StateDirectory=`).
  static func stateDirectory(_ environment: [String: String]) -> String {
    environment["STATE_DIRECTORY"]?.split(separator: ":").first.map { String($0) } ?? defaultStateDirectory
  }

  func run() throws {
    var address: AgentConfiguration.CollectorAddress?
    if let collector {
      let proxy: ProxyAddress?
      do throws(ProxyAddressFailure) {
        proxy = try ProxyAddress.named(by: EnvironmentOptions.processEnvironment, for: collector)
      } catch {
        throw CommandFailure(.usage, error.description)
      }
      address = AgentConfiguration.CollectorAddress(
        url: collector, tokenFile: tokenFile, enrolmentTokenFile: enrolmentTokenFile, caFile: caFile,
        certificateFile: certificate, keyFile: certificateKey,
        proxy: proxy)
    }
    let configuration = AgentConfiguration(
      collector: address, instanceID: instanceID, usesMetadataService: metadataService,
      stateDirectory: stateDirectory ?? Self.stateDirectory(EnvironmentOptions.processEnvironment), socketPath: socket,
      inspectSocketPath: inspectSocket,
      readinessPath: readinessFile ?? (socket == Self.defaultSocket ? Self.defaultReadinessFile : nil),
      intervalSeconds: interval, deviceTimeoutSeconds: timeout, profile: judging.profile, reading: judging.reading,
      language: judging.language)
    // The other commands must not pay for an asynchronous main, so this one brings its own.
    // libdispatch would tell the journal of every thread whose priority it may not raise.
    setenv("LIBDISPATCH_LOG", "NO", 0)
    // The main thread takes the signals, and all others are made with them blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let code = wholeimage_run_tasks_on_own_threads(Self.taskThreads)
    guard code == 0 else {
      throw CommandFailure(.unexpected, "cannot start a thread: \(String(cString: strerror(code)))")
    }
    let daemon: AgentDaemon
    do throws(PollSocketFailure) {
      daemon = try AgentDaemon(configuration)
    } catch {
      throw CommandFailure(.unreachable, error.description)
    }
    Task {
      do {
        try await daemon.run()
        Glibc.exit(0)
      } catch {
        Diagnostics.write("wholeimage-agent: the daemon stopped: \(error)")
        Glibc.exit(ExitStatus.unexpected.rawValue)
      }
    }
    var signal: Int32 = 0
    while sigwait(&signals, &signal) != 0 {}
    daemon.stop()
    // Whoever asks twice does not want to wait.
    while sigwait(&signals, &signal) != 0 {}
    Glibc.exit(128 + signal)
  }
}
