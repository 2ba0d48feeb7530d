// SPDX-License-Identifier: Apache-2.0

/// Why the collector does not start, or cannot go on: one sentence and the exit status of its kind.
public struct CollectorFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of failure this is; the raw value is the exit status (sysexits.h).
  public enum Kind: Int32, Sendable {
    /// The command line or the environment asks for what is not possible: EX_USAGE.
    case usage = 64
    /// A given file cannot be used: credentials, certificate, a database that is newer, foreign or on a network file
    /// system: EX_NOINPUT.
    case input = 66
    /// The address is taken, or another collector serves this database: EX_UNAVAILABLE.
    case unavailable = 69
    /// A fault of the collector: EX_SOFTWARE.
    case fault = 70
    /// Reading or writing failed: EX_IOERR.
    case inputOutput = 74
  }

  /// The kind.
  public var kind: Kind
  /// What was being done, to what, and why it failed.
  public var message: String

  /// A failure of that kind.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
