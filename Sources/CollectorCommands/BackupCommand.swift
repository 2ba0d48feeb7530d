// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Collector

/// `wholeimage-collector backup`.
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copies the database to a new file, also while it is served.")

  @Argument(help: "The file to make; one that exists is never overwritten.")
  var file: String
  @Option(help: ArgumentHelp("The database to copy.", valueName: "sqlite:path"))
  var database: String?

  func run() throws {
    let path = try DatabaseOption.path(database, Environment.ofProcess(["database"]))
    try Backup.copy(database: path, to: file)
  }
}
