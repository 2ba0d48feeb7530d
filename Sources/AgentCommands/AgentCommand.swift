// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
internal import CLinux
internal import Facts
internal import Glibc

/// `wholeimage-agent`: looks inside a guest and says whether a whole image of it would keep its data.
public struct AgentCommand: ParsableCommand {
  /// The version that documents name.
  public static let version = Release.version

  /// Subcommands and help.
  public static let configuration = CommandConfiguration(
    commandName: "wholeimage-agent",
    abstract: "Says whether a whole image of this server would keep its data.",
    discussion: """
      Every option is also an environment variable: WHOLEIMAGE_ and the option's name in upper case, with _ for -.
      Exit status: 0 ready, 1 not ready, 2 cannot tell, 64 usage, 66 source cannot be opened, 69 daemon or collector \
      unreachable, 70 unexpected error, 74 output not fully written, 75 wait timed out, 77 asking the daemon refused.
      """,
    version: version,
    subcommands: [
      CheckCommand.self, InspectCommand.self, RecordCommand.self, RunCommand.self, StatusCommand.self,
      ServeInspectionCommand.self, ExplainCommand.self,
    ])

  /// The command without a subcommand, which prints its help.
  public init() {}

  /// Runs the command of this process's arguments and ends the process with its status.
  ///
  /// The parser's own way would end with 1 for any error, and 1 means "not ready" here.
  public static func runToExit() -> Never {
    wholeimage_map_small_pages()
    signal(SIGPIPE, SIG_IGN)
    // The runtime reads the command line from /proc. Without it the parser would print its help and end with 0, which
    // means "ready" here.
    guard !CommandLine.arguments.isEmpty else {
      finish(CommandFailure(.unexpected, "cannot read the command line: /proc is not mounted here"))
    }
    let given = Array(CommandLine.arguments.dropFirst())
    guard !given.isEmpty else {
      Diagnostics.write(helpMessage())
      Glibc.exit(ExitStatus.usage.rawValue)
    }
    let arguments = EnvironmentOptions.merge(given, environment: EnvironmentOptions.processEnvironment)
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
      Glibc.exit(0)
    } catch {
      finish(error)
    }
  }

  private static func finish(_ error: any Error) -> Never {
    if let status = error as? ExitStatus { Glibc.exit(status.rawValue) }
    if let failure = error as? CommandFailure {
      Diagnostics.write("wholeimage-agent: \(failure.message)")
      Glibc.exit(failure.status.rawValue)
    }
    let code = exitCode(for: error).rawValue
    let message = fullMessage(for: error)
    if code == 0 {
      // Help and version are what was asked for: they go to standard output.
      do {
        try StandardOutput.write(message + "\n")
      } catch {
        Glibc.exit(ExitStatus.outputFailed.rawValue)
      }
      Glibc.exit(0)
    }
    Diagnostics.write(message)
    Glibc.exit(code == ExitStatus.usage.rawValue ? code : ExitStatus.unexpected.rawValue)
  }
}
