// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Options out of the environment, which is how units configure the agent.
///
/// They become arguments before the parser sees them, so that both ways are checked by the same code; an option on
/// the command line outranks its variable.
enum EnvironmentOptions {
  private static let source = ["root", "disk-image", "diskpart", "encoding", "os-family"]
  private static let judging = ["output", "lang", "profile", "reading"]
  private static let byCommand: [String: [String]] = [
    "check": source + judging + ["timeout", "instance-id"],
    "inspect": source + ["timeout", "instance-id"],
    "record": ["root", "timeout", "lang"],
    "run": [
      "collector", "token-file", "enrolment-token-file", "metadata-service", "ca-file", "certificate",
      "certificate-key", "instance-id", "state-directory",
      "socket", "inspect-socket",
      "readiness-file", "interval", "lang", "profile", "reading", "timeout",
    ],
    "status": ["socket", "wait", "timeout"],
    "explain": ["lang"],
  ]
  /// Options without a value.
  private static let switches: Set<String> = ["metadata-service"]
  /// Options that exclude each other: one on the command line keeps the others' variables out.
  private static let exclusive: Set<String> = ["root", "disk-image", "diskpart"]

  /// This process's environment.
  static var processEnvironment: [String: String] {
    var result: [String: String] = [:]
    var entry = environ
    while let pointer = entry.pointee {
      let text = String(cString: pointer)
      if let equals = text.firstIndex(of: "=") {
        result[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      entry += 1
    }
    return result
  }

  /// The arguments with the options that only the environment has.
  static func merge(_ arguments: [String], environment: [String: String]) -> [String] {
    guard let command = arguments.first(where: { !$0.hasPrefix("-") }), let options = byCommand[command] else {
      return arguments
    }
    func isGiven(_ option: String) -> Bool {
      arguments.contains { $0 == "--\(option)" || $0.hasPrefix("--\(option)=") }
    }
    let sourceIsGiven = exclusive.contains(where: isGiven)
    var merged = arguments
    var extra: [String] = []
    for option in options where !isGiven(option) {
      if exclusive.contains(option), sourceIsGiven { continue }
      guard let value = environment[variable(for: option)], !value.isEmpty else { continue }
      if switches.contains(option) {
        // Anything but a refusal turns it on, so that a misspelt "yes" is not a silent "no".
        if !["0", "false", "no"].contains(value.lowercased()) { extra.append("--\(option)") }
      } else {
        extra.append("--\(option)=\(value)")
      }
    }
    guard let position = merged.firstIndex(of: command) else { return arguments }
    merged.insert(contentsOf: extra, at: position + 1)
    return merged
  }

  /// `--instance-id` is `WHOLEIMAGE_INSTANCE_ID`.
  static func variable(for option: String) -> String {
    "WHOLEIMAGE_" + option.uppercased().replacing("-", with: "_")
  }
}
