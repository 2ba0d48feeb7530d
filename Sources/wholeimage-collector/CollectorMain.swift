// SPDX-License-Identifier: Apache-2.0

import CollectorCommands
import Glibc

/// The collector's process.
@main
struct CollectorMain {
  static func main() async {
    // libdispatch would tell the journal of every thread whose priority it may not raise.
    setenv("LIBDISPATCH_LOG", "NO", 0)
    await CollectorCommand.run(arguments: Array(CommandLine.arguments.dropFirst()))
  }
}
