// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Facts

/// `wholeimage-agent inspect`: the facts, and no judgement.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Prints what is on this server's disks as JSON, without judging it.")

  @OptionGroup var source: SourceOptions

  func run() throws { try StandardOutput.write(try source.inspect().json) }
}
