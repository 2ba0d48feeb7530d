// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
internal import Facts
internal import Glibc
internal import Simulation

/// The command line of the simulator.
public struct SimulatorCommand: AsyncParsableCommand {
  /// Name, help and subcommands.
  public static let configuration = CommandConfiguration(
    commandName: "wholeimage-simulator", abstract: "Stands in for the cloud, for trying out.",
    discussion: """
      Exit status: 0 done, 64 usage, 66 the state file cannot be used, 69 the address is taken, 70 unexpected error, \
      74 the state file cannot be written.
      """,
    version: Release.version,
    subcommands: [CloudCommand.self])

  /// The command without a subcommand: shows help.
  public init() {}

  /// Runs the command that the arguments name and ends the process with its exit status.
  public static func run(arguments: [String]) async -> Never {
    do {
      var command = try parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as SimulatorFailure {
      Console.say("wholeimage-simulator: \(failure.message)")
      Glibc.exit(failure.status)
    } catch {
      let status = exitCode(for: error)
      guard status == .failure else { exit(withError: error) }
      Console.say("wholeimage-simulator: \(error)")
      Glibc.exit(70)
    }
    Glibc.exit(0)
  }
}

/// Standard error.
enum Console {
  /// One line.
  static func say(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
