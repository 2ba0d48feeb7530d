// SPDX-License-Identifier: Apache-2.0

import SimulatorCommands

/// The simulator's process.
@main
struct SimulatorMain {
  static func main() async { await SimulatorCommand.run(arguments: Array(CommandLine.arguments.dropFirst())) }
}
