// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Glibc
internal import Simulation

/// `wholeimage-simulator cloud`.
struct CloudCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cloud",
    abstract: "Images, servers, volumes, backups and identity of a cloud, on one address.",
    discussion: """
      Without --state and --from-facts it takes every order. With servers or backups in its state, orders are checked \
      as the cloud checks them. It is steered under /_simulator (packaging/simulator/README.md).

      Every option is also an environment variable: WHOLEIMAGE_ and its name in upper case, as WHOLEIMAGE_JOB_SECONDS. \
      A job whose image's name ends in -fail fails.
      """)

  @Option(help: ArgumentHelp("Where to listen (default: 127.0.0.1:8480).", valueName: "host:port"))
  var listen: String?
  @Option(help: ArgumentHelp("What the cloud holds; kept up to date, made if missing.", valueName: "file"))
  var state: String?
  @Option(
    help: ArgumentHelp(
      "Makes a server of a machine: what wholeimage-agent inspect printed; - reads it. May be repeated.",
      valueName: "file"))
  var fromFacts: [String] = []
  @Option(
    help: ArgumentHelp("How long an image job takes (default: what the state says, else 3).", valueName: "seconds"))
  var jobSeconds: String?

  func run() async throws {
    let address = Self.value(listen, "WHOLEIMAGE_LISTEN") ?? "127.0.0.1:8480"
    guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]),
      colon != address.startIndex
    else { throw ValidationError("--listen must be HOST:PORT, found \(address)") }
    var length: Double?
    if let seconds = Self.value(jobSeconds, "WHOLEIMAGE_JOB_SECONDS") {
      guard let value = Double(seconds), (0...86_400).contains(value) else {
        throw ValidationError("--job-seconds must be a number from 0 to 86400, found \(seconds)")
      }
      length = value
    }
    let host = address[..<colon].filter { $0 != "[" && $0 != "]" }
    let simulator = try CloudSimulator(host: host, port: Int(port), source: source(), jobSeconds: length)
    for note in simulator.notes { Console.say("wholeimage-simulator: \(note)") }
    try await simulator.run { port in
      Console.say("wholeimage-simulator: the cloud is at http://\(address[..<colon]):\(port)")
    }
  }

  private func source() throws -> CloudSimulator.Source {
    let state = Self.value(state, "WHOLEIMAGE_STATE")
    let facts = fromFacts.isEmpty ? Self.value(nil, "WHOLEIMAGE_FROM_FACTS").map { [$0] } ?? [] : fromFacts
    switch (state, facts.isEmpty) {
    case (nil, true): return .nothing
    case (let path?, true): return .state(path: path)
    case (nil, false): return .facts(paths: facts)
    case (_?, false): throw ValidationError("--state and --from-facts exclude each other")
    }
  }

  /// An option, else its environment variable.
  private static func value(_ given: String?, _ variable: String) -> String? {
    if let given { return given }
    guard let value = getenv(variable), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
