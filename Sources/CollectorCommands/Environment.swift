// SPDX-License-Identifier: Apache-2.0

internal import Collector
internal import Glibc

/// Options that come from the environment where the command line does not give them.
struct Environment: Sendable {
  /// The variables; empty values count as not set.
  let variables: [String: String]

  init(_ variables: [String: String]) { self.variables = variables.filter { !$0.value.isEmpty } }

  /// The environment of this process (environ(7)), as far as it is about us.
  static func ofProcess(_ names: [String]) -> Environment {
    var variables: [String: String] = [:]
    for name in names.map(variable) + ["STATE_DIRECTORY", "XDG_STATE_HOME", "HOME"] {
      if let value = getenv(name) { variables[name] = String(cString: value) }
    }
    return Environment(variables)
  }

  /// The variable of an option: `facts-max-age` is `WHOLEIMAGE_FACTS_MAX_AGE`.
  static func variable(_ option: String) -> String {
    "WHOLEIMAGE_" + option.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }

  /// The value of an option: what the command line gives, else the environment.
  func text(_ option: String, _ given: String?) -> String? { given ?? variables[Self.variable(option)] }

  /// The values of an option that may be repeated, in the environment separated by commas.
  func list(_ option: String) -> [String] {
    variables[Self.variable(option)].map { $0.split(separator: ",").map { String($0) } } ?? []
  }

  /// A limit as `50,20/s`; `off` is none.
  func limit(
    _ option: String, _ given: String?, _ standard: RateLimit?
  ) throws(CollectorFailure) -> RateLimit? {
    guard let text = text(option, given) else { return standard }
    if text == "off" { return nil }
    guard let limit = RateLimit(text) else {
      throw usage(option, "must be BURST,COUNT/UNIT with the unit s, min or h, as 50,20/s, or off; found \(text)")
    }
    return limit
  }

  /// A whole number within bounds.
  func number(_ option: String, _ given: String?, in range: ClosedRange<Int64>) throws(CollectorFailure) -> Int64? {
    guard let text = text(option, given) else { return nil }
    guard let value = Int64(text), range.contains(value) else {
      throw usage(option, "must be a whole number from \(range.lowerBound) to \(range.upperBound), found \(text)")
    }
    return value
  }

  /// One of a closed set of words.
  func word<Word: RawRepresentable & CaseIterable>(
    _ option: String, _ given: String?, _ type: Word.Type
  ) throws(CollectorFailure) -> Word? where Word.RawValue == String {
    guard let text = text(option, given) else { return nil }
    guard let word = Word(rawValue: text) else {
      let known = Word.allCases.map(\.rawValue).joined(separator: " or ")
      throw usage(option, "must be \(known), found \(text)")
    }
    return word
  }

  /// A switch: given, or set to `1`, `true` or `yes` (or their opposites) in the environment.
  func flag(_ option: String, _ given: Bool) throws(CollectorFailure) -> Bool {
    guard !given, let value = variables[Self.variable(option)] else { return given }
    switch value.lowercased() {
    case "1", "true", "yes": return true
    case "0", "false", "no": return false
    default: throw usage(option, "must be 1 or 0 in the environment, found \(value)")
    }
  }

  /// A usage error about an option.
  func usage(_ option: String, _ problem: String) -> CollectorFailure {
    CollectorFailure(.usage, "--\(option) (\(Self.variable(option))) \(problem)")
  }
}
