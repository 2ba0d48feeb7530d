// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Collector

/// `wholeimage-collector guests`.
struct GuestsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guests", abstract: "What is known of guests; also while the database is served.",
    subcommands: [List.self, Show.self, Facts.self, Revoke.self])

  /// `wholeimage-collector guests list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The guests, a line each.",
      discussion: """
        Fields, with tabs between them: id, project, operating system, verdict, when it was last inspected, and whether \
        an agent or a capture told. The verdict is on the guest alone, without what the cloud knows.
        """)

    @Option(help: ArgumentHelp("The database.", valueName: "sqlite:path")) var database: String?
    @Option(help: ArgumentHelp("Only those of this project.", valueName: "id")) var project: String?
    @Option(help: ArgumentHelp("Only ready, not_ready or undetermined ones.", valueName: "verdict")) var verdict:
      String?
    @Option(help: ArgumentHelp("At most so many (default: 1000).", valueName: "count")) var limit: Int = 1000

    func validate() throws {
      guard limit > 0 else { throw ValidationError("--limit must be above 0, found \(limit)") }
      if let verdict, !["ready", "not_ready", "undetermined"].contains(verdict) {
        throw ValidationError("--verdict must be ready, not_ready or undetermined, found \(verdict)")
      }
    }

    func run() throws {
      let filter = GuestBook.Filter(project: project, verdict: verdict, limit: limit)
      for line in try book(database).list(filter) { try StandardOutput.write(line) }
    }
  }

  /// `wholeimage-collector guests show`.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "One guest with its keys, its lineage and the last 20 changes of its facts, as JSON.")

    @Argument(help: "The guest's instance id.") var id: String
    @Option(help: ArgumentHelp("Its project, where several have such a guest.", valueName: "id")) var project: String?
    @Option(help: ArgumentHelp("The database.", valueName: "sqlite:path")) var database: String?

    func run() throws { try StandardOutput.write(try book(database).show(id, project: project)) }
  }

  /// `wholeimage-collector guests facts`.
  struct Facts: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "A guest's newest facts, as they were reported.")

    @Argument(help: "The guest's instance id.") var id: String
    @Option(help: ArgumentHelp("Its project, where several have such a guest.", valueName: "id")) var project: String?
    @Option(help: ArgumentHelp("The database.", valueName: "sqlite:path")) var database: String?

    func run() throws { try StandardOutput.write(try book(database).facts(id, project: project)) }
  }
}

extension GuestsCommand {
  /// `wholeimage-collector guests revoke`.
  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Takes nothing any more that a guest's key signs, and lets the guest enrol anew.",
      discussion: "For a key that was lost or stolen. What is known of the guest stays. Prints the key's name.")

    @Argument(help: "The guest's instance id.") var id: String
    @Option(help: ArgumentHelp("Its project, where several have such a guest.", valueName: "id")) var project: String?
    @Option(help: ArgumentHelp("The database.", valueName: "sqlite:path")) var database: String?

    func run() throws { try StandardOutput.write(try book(database).revoke(id, project: project)) }
  }
}

private func book(_ database: String?) throws -> GuestBook {
  try GuestBook(database: try DatabaseOption.path(database, Environment.ofProcess(["database"])))
}
