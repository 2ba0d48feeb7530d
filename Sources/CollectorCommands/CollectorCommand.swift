// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
internal import Collector
internal import Glibc

/// The command line of the collector.
public struct CollectorCommand: AsyncParsableCommand {
  /// Name, help and subcommands.
  public static let configuration = CommandConfiguration(
    commandName: "wholeimage-collector",
    abstract: "Decides whether a whole image of a guest may be made, in front of the cloud's image service.",
    discussion: """
      Every option is also an environment variable: WHOLEIMAGE_ and its name in upper case, as WHOLEIMAGE_IMS_URL \
      for --ims-url. The option wins.

      Exit status: 0 done, 64 usage, 66 a given file cannot be used (credentials, certificate, a database that is \
      newer, foreign or on a network file system), 69 the address is taken or another collector serves the database, \
      70 unexpected error, 74 reading or writing failed.
      """,
    version: Collector.version,
    subcommands: [
      ServeCommand.self, BackupCommand.self, TokensCommand.self, GuestsCommand.self, DecisionsCommand.self,
      AuditCommand.self,
    ])

  /// The command without a subcommand: shows help.
  public init() {}

  /// Runs the command that the arguments name and ends the process with its exit status.
  ///
  /// An error that a command throws must never end with status 1, which says "not ready" elsewhere.
  public static func run(arguments: [String]) async -> Never {
    do {
      var command = try parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as CollectorFailure {
      say("wholeimage-collector: \(failure.message)")
      Glibc.exit(failure.kind.rawValue)
    } catch {
      let status = exitCode(for: error)
      guard status == .failure else { exit(withError: error) }
      say("wholeimage-collector: \(error)")
      Glibc.exit(CollectorFailure.Kind.fault.rawValue)
    }
    Glibc.exit(0)
  }

  private static func say(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
