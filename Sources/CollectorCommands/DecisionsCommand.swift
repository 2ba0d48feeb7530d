// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Collector
internal import Glibc

/// `wholeimage-collector decisions`.
struct DecisionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decisions", abstract: "What was decided, and what came of it; also while the database is served.",
    subcommands: [List.self, Show.self, Export.self, Resolve.self, Release.self])

  /// `wholeimage-collector decisions list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The newest decisions, a line each.",
      discussion: """
        Fields, with tabs between them: id, time, state, decision, verdict, operation, project, what it is about, the \
        rule or the reason that refused.
        """)

    @Option(help: ArgumentHelp("The database.", valueName: "sqlite:path")) var database: String?
    @Option(help: ArgumentHelp("Only those of this project.", valueName: "id")) var project: String?
    @Option(help: ArgumentHelp("Only those about this server.", valueName: "id")) var server: String?
    @Option(help: ArgumentHelp("Only those in this state, as in_doubt.", valueName: "state")) var state: String?
    @Option(help: ArgumentHelp("At most so many (default: 100).", valueName: "count")) var limit: Int = 100

    func validate() throws {
      guard limit > 0 else { throw ValidationError("--limit must be above 0, found \(limit)") }
    }

    func run() throws {
      let filter = DecisionBook.Filter(project: project, server: server, state: state, limit: limit)
      for line in try book(database).list(filter) { try StandardOutput.write(line) }
    }
  }

  /// `wholeimage-collector decisions show`.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "One decision with what became of it, as JSON.")

    @Argument(help: "The decision's id.") var id: String
    @Option(help: ArgumentHelp("The database.", valueName: "sqlite:path")) var database: String?

    func run() throws { try StandardOutput.write(try book(database).show(id)) }
  }

  /// `wholeimage-collector decisions export`.
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Every decision with its link in the chain, oldest first, as JSON a line.")

    @Option(help: ArgumentHelp("The database.", valueName: "sqlite:path")) var database: String?

    func run() throws { try book(database).export { try StandardOutput.write($0) } }
  }

  /// `wholeimage-collector decisions resolve`.
  struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says what came of a request in doubt, after a look into the cloud.")

    @Argument(help: "The decision's id.") var id: String
    @Option(help: ArgumentHelp("The cloud took it; its job.", valueName: "job")) var job: String?
    @Flag(help: "The cloud never took it: it may be ordered again.") var notMade = false
    @Option(help: ArgumentHelp("The database.", valueName: "sqlite:path")) var database: String?

    func validate() throws {
      guard (job != nil) != notMade else { throw ValidationError("Give either --job JOB or --not-made.") }
    }

    func run() throws {
      try book(database).resolve(id, job.map { .made(job: $0) } ?? .notMade, by: person)
    }
  }

  /// `wholeimage-collector decisions release`.
  struct Release: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ends what a decision holds: its server may be started, its backup imaged.")

    @Argument(help: "The decision's id.") var id: String
    @Option(help: ArgumentHelp("The database.", valueName: "sqlite:path")) var database: String?

    func run() throws { try book(database).release(id, by: person) }
  }
}

/// `wholeimage-collector audit`.
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Whether the records of decisions are those that were made.",
    subcommands: [Verify.self])

  /// `wholeimage-collector audit verify`.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Follows the chain over all records.",
      discussion: """
        Prints how many records there are and the last link; keep it elsewhere, and a chain that was made anew does not \
        lead to it. Exit status 74 where the chain is broken.
        """)

    @Option(help: ArgumentHelp("The database.", valueName: "sqlite:path")) var database: String?
    @Option(help: ArgumentHelp("A link that the chain must hold.", valueName: "link")) var expect: String?

    func run() throws {
      do {
        let (count, link) = try book(database).verify(expecting: expect)
        try StandardOutput.write("\(count) records\t\(link)")
      } catch let failure as CollectorFailure {
        throw failure
      } catch {
        throw CollectorFailure(.inputOutput, "the chain of decisions is broken: \(error)")
      }
    }
  }
}

private func book(_ database: String?) throws -> DecisionBook {
  try DecisionBook(database: try DatabaseOption.path(database, Environment.ofProcess(["database"])))
}

/// Who says so: the user who runs the command (getpwuid(3)), by name or number.
private var person: String {
  guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "user \(getuid())" }
  return String(cString: name)
}
