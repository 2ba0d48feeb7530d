// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Collector
internal import Glibc

/// `wholeimage-collector tokens`.
struct TokensCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokens", abstract: "What callers identify themselves with, and what lets guests in.",
    subcommands: [Create.self, Revoke.self, List.self, New.self, Hash.self])

  /// `tokens new`.
  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "new",
      abstract: "Prints a new token, and on a second line its entry for \"tokens\" of the credentials file.",
      discussion: "Nothing is written to a file: the token is shown this once.")

    @Option(help: "The caller's name, in records and logs.")
    var name: String
    @Option(help: "agent, orchestrator or operator.")
    var role: String
    @Option(help: ArgumentHelp("A project that the caller is let into; may be repeated.", valueName: "id"))
    var project: [String]
    @Option(help: ArgumentHelp("The only guest that an agent may report about.", valueName: "id"))
    var instanceID: String?

    func run() throws {
      let issued = try IssuedToken(name: name, role: role, projects: project, instanceID: instanceID)
      print(issued.token)
      print(issued.entry)
    }
  }

  /// `tokens hash`.
  struct Hash: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "hash", abstract: "Reads a token from standard input and prints its SHA-256.")

    func run() throws { print(try Self.hash(of: readLine(strippingNewline: true))) }

    /// The hash of a line; a token has no blanks, so one with any was cut or pasted wrongly.
    static func hash(of line: String?) throws(CollectorFailure) -> String {
      guard let line, !line.isEmpty, line.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw CollectorFailure(
          .usage, "a token of printable ASCII characters without blanks is expected on standard input")
      }
      return TokenDigest.of(line)
    }
  }

  /// `tokens list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists enrolment tokens and whom they let in, or a credentials file; nothing secret.",
      discussion: """
        Fields, with tabs between them: name, state (open, used, expired, revoked), project, the guest it is for, how many \
        it let in of how many, when it was made, when it ends, note. Below each, after a tab, the newest 20 that it let \
        in: guest, time, address, key.
        """)

    @Option(help: ArgumentHelp("The database.", valueName: "sqlite:path")) var database: String?
    @Option(help: ArgumentHelp("Only those of this project.", valueName: "id")) var project: String?
    @Option(help: ArgumentHelp("List names, roles and projects of this credentials file instead.", valueName: "file"))
    var credentials: String?

    func validate() throws {
      guard credentials == nil || (database == nil && project == nil) else {
        throw ValidationError("--credentials goes neither with --database nor with --project")
      }
    }

    func run() throws {
      let lines =
        if let credentials { try CredentialsListing.lines(ofFile: credentials) } else {
          try tokenBook(database).list(project: project)
        }
      for line in lines { try StandardOutput.write(line) }
    }
  }
}

extension TokensCommand {
  /// `tokens create`.
  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "create", abstract: "Prints a new enrolment token, with which guests make their keys known.",
      discussion: "The token is shown this once; the database keeps its hash. It cannot report: only enrol.")

    @Option(help: ArgumentHelp("The database.", valueName: "sqlite:path")) var database: String?
    @Option(help: ArgumentHelp("The project that guests get into.", valueName: "id")) var project: String
    @Option(help: ArgumentHelp("The only guest that it lets in.", valueName: "id")) var instanceID: String?
    @Option(help: ArgumentHelp("How many guests it lets in (default: 1).", valueName: "count")) var uses: Int64 = 1
    @Option(help: ArgumentHelp("For how long it is good (default: until it is used).", valueName: "hours"))
    var expires: Int64?
    @Option(help: ArgumentHelp("What it is for, shown in the list.", valueName: "text")) var note: String = ""

    func run() throws {
      let purpose = EnrolmentTokenBook.Purpose(
        project: project, instanceID: instanceID, uses: uses, hours: expires, note: note)
      try StandardOutput.write(try tokenBook(database).create(purpose))
    }
  }

  /// `tokens revoke`.
  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke", abstract: "Lets nobody in any more by an enrolment token; whom it let in stays.")

    @Argument(help: "The token's name in the list.") var name: String
    @Option(help: ArgumentHelp("The database.", valueName: "sqlite:path")) var database: String?

    func run() throws { try tokenBook(database).revoke(name) }
  }
}

private func tokenBook(_ database: String?) throws -> EnrolmentTokenBook {
  try EnrolmentTokenBook(database: try DatabaseOption.path(database, Environment.ofProcess(["database"])))
}
