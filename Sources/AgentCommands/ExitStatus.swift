// SPDX-License-Identifier: Apache-2.0

internal import Readiness

/// How a command ends; thrown to end it.
///
/// The numbers are a contract (sysexits.h from 64 on).
struct ExitStatus: Error, Equatable {
  var rawValue: Int32

  static let usage = ExitStatus(rawValue: 64)
  static let sourceUnavailable = ExitStatus(rawValue: 66)
  static let unreachable = ExitStatus(rawValue: 69)
  static let unexpected = ExitStatus(rawValue: 70)
  static let outputFailed = ExitStatus(rawValue: 74)
  static let waitTimedOut = ExitStatus(rawValue: 75)
  static let refused = ExitStatus(rawValue: 77)

  init(rawValue: Int32) { self.rawValue = rawValue }

  /// 0 ready, 1 not ready, 2 undetermined.
  init(_ verdict: Verdict) { rawValue = verdict.exitCode }
}

/// A command that failed, with what to tell the user.
struct CommandFailure: Error {
  var status: ExitStatus
  /// What was being done, to what, why it failed and what to do.
  var message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }
}
