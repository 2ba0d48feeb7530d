// SPDX-License-Identifier: Apache-2.0

/// Metrics in Prometheus's text format 0.0.4.
public struct MetricsText: Sendable {
  /// What the format is called in `Content-Type`.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// How a metric moves.
  public enum Kind: String, Sendable {
    /// It only grows.
    case counter
    /// It goes up and down.
    case gauge
  }

  /// The text so far.
  public private(set) var text = ""

  /// No metric yet.
  public init() {}

  /// One metric, a line for each set of labels; none if there are no values.
  public mutating func add(
    _ name: String, _ kind: Kind, _ help: String, _ values: [(labels: [(String, String)], value: Double)]
  ) {
    guard !values.isEmpty else { return }
    text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    for (labels, value) in values {
      let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1, quotes: true))\"" }.joined(separator: ",")
      text += list.isEmpty ? name : "\(name){\(list)}"
      text += " \(Self.number(value))\n"
    }
  }

  /// One metric without labels; none if there is no value.
  public mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double?) {
    add(name, kind, help, value.map { [([], $0)] } ?? [])
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func number(_ value: Double) -> String {
    if let whole = Int(exactly: value) { return String(whole) }
    return value.isNaN ? "NaN" : value.isFinite ? "\(value)" : value > 0 ? "+Inf" : "-Inf"
  }
}
