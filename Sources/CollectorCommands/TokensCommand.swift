// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Collector
internal import Glibc

/// `wholeimage-collector tokens`.
struct TokensCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokens", abstract: "Makes and lists what callers identify themselves with.",
    subcommands: [New.self, Hash.self, List.self])

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
      commandName: "list", abstract: "Lists names, roles and projects of a credentials file; nothing secret.")

    @Option(help: ArgumentHelp("The credentials file.", valueName: "file"))
    var credentials: String?

    func run() throws {
      let environment = Environment.ofProcess(["credentials"])
      guard let path = environment.text("credentials", credentials) else {
        throw environment.usage("credentials", "must be given")
      }
      for line in try CredentialsListing.lines(ofFile: path) { print(line) }
    }
  }
}
