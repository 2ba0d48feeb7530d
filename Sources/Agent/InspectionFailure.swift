// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Why an inspection gave no facts.
enum InspectionFailure: Error, Equatable, CustomStringConvertible {
  case notStarted(String)
  case unreachable(path: String, reason: String)
  case timedOut(seconds: Double)
  case ended(status: Int32)
  case refused(String)
  case malformed(String)
  case stopping

  var description: String {
    switch self {
    case .notStarted(let reason): "the inspection could not be started: \(reason)"
    case .unreachable(let path, let reason):
      "cannot ask the inspector on \(path): \(reason). Start wholeimage-inspect.socket, or use --inspect-socket."
    case .timedOut(let seconds): "the inspection gave no answer in \(seconds) seconds and was left alone"
    case .ended(let status): "the inspection ended with wait status \(status) and without facts"
    case .refused(let reason): "the inspector gave no facts: \(reason)"
    case .malformed(let reason): "the inspection's facts make no sense: \(reason)"
    case .stopping: "the daemon stops, the inspection was left alone"
    }
  }

  /// What an error number means.
  static func text(_ code: Int32) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
  }
}
