// SPDX-License-Identifier: Apache-2.0

import CollectorCommands

/// The collector's process.
@main
struct CollectorMain {
  static func main() async { await CollectorCommand.run(arguments: Array(CommandLine.arguments.dropFirst())) }
}
