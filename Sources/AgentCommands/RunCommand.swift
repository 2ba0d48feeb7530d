// SPDX-License-Identifier: Apache-2.0

internal import Agent
internal import ArgumentParser
internal import Dispatch
internal import Glibc
internal import Readiness

/// `wholeimage-agent run`: the daemon.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Watches this server, answers polls and reports to a collector.")

  /// Where the daemon listens unless told otherwise.
  static let defaultSocket = "/run/wholeimage-agent/agent.sock"

  @Option(help: ArgumentHelp("Report to the collector at this address.", valueName: "url"))
  var collector: String?

  @Option(help: ArgumentHelp("The file that holds the collector's token for this server.", valueName: "file"))
  var tokenFile: String?

  @Option(help: ArgumentHelp("The authorities that the collector's certificate is checked against.", valueName: "file"))
  var caFile: String?

  @Option(help: ArgumentHelp("The server's id in the cloud, if it is not to be looked up.", valueName: "id"))
  var instanceID: String?

  @Option(help: ArgumentHelp("Where the daemon keeps what must outlive it; nothing yet.", valueName: "dir"))
  var stateDirectory: String?

  @Option(help: ArgumentHelp("The Unix socket that polls come in by.", valueName: "path"))
  var socket: String = Self.defaultSocket

  @Option(help: ArgumentHelp("Time between inspections without an event.", valueName: "seconds"))
  var interval: Double = 600

  @Option(help: ArgumentHelp("Give all devices together so long to answer.", valueName: "seconds"))
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
    guard collector != nil || (tokenFile == nil && caFile == nil) else {
      throw ValidationError("--token-file and --ca-file go with --collector")
    }
  }

  func run() throws {
    let address = collector.map {
      AgentConfiguration.CollectorAddress(url: $0, tokenFile: tokenFile, caFile: caFile)
    }
    let configuration = AgentConfiguration(
      collector: address, instanceID: instanceID, socketPath: socket, intervalSeconds: interval,
      deviceTimeoutSeconds: timeout, profile: judging.profile, reading: judging.reading, language: judging.language)
    // The other commands must not pay for an asynchronous main, so this one brings its own.
    Task {
      do {
        try await AgentDaemon(configuration).run()
        Glibc.exit(0)
      } catch let failure as PollSocketFailure {
        Diagnostics.write("wholeimage-agent: \(failure)")
        Glibc.exit(ExitStatus.unreachable.rawValue)
      } catch {
        Diagnostics.write("wholeimage-agent: the daemon stopped: \(error)")
        Glibc.exit(ExitStatus.unexpected.rawValue)
      }
    }
    dispatchMain()
  }
}
