// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Glibc
internal import Simulation

/// `wholeimage-simulator cloud`.
struct CloudCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cloud", abstract: "The image service: the whole-image action and both job queries.",
    discussion: """
      Every option is also an environment variable: WHOLEIMAGE_ and its name in upper case, as WHOLEIMAGE_JOB_SECONDS. \
      A job whose image's name ends in -fail fails.
      """)

  @Option(help: ArgumentHelp("Where to listen (default: 127.0.0.1:8480).", valueName: "host:port"))
  var listen: String?
  @Option(help: ArgumentHelp("Keeps the jobs over a restart.", valueName: "file"))
  var state: String?
  @Option(help: ArgumentHelp("How long a job takes (default: 3).", valueName: "seconds"))
  var jobSeconds: String?

  func run() async throws {
    let address = Self.value(listen, "WHOLEIMAGE_LISTEN") ?? "127.0.0.1:8480"
    guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]),
      colon != address.startIndex
    else { throw ValidationError("--listen must be HOST:PORT, found \(address)") }
    let seconds = Self.value(jobSeconds, "WHOLEIMAGE_JOB_SECONDS") ?? "3"
    guard let length = Double(seconds), (0...86_400).contains(length) else {
      throw ValidationError("--job-seconds must be a number from 0 to 86400, found \(seconds)")
    }
    let host = address[..<colon].filter { $0 != "[" && $0 != "]" }
    let simulator = try CloudSimulator(
      host: host, port: Int(port), stateFile: Self.value(state, "WHOLEIMAGE_STATE"), jobSeconds: length)
    try await simulator.run { port in
      Console.say("wholeimage-simulator: the cloud is at http://\(address[..<colon]):\(port)")
    }
  }

  /// An option, else its environment variable.
  private static func value(_ given: String?, _ variable: String) -> String? {
    if let given { return given }
    guard let value = getenv(variable), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
