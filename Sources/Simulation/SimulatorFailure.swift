// SPDX-License-Identifier: Apache-2.0

/// Why the simulator does not start or cannot go on.
public struct SimulatorFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The exit status (sysexits.h).
  public var status: Int32
  /// One sentence.
  public var message: String

  /// A failure with its exit status.
  public init(status: Int32, message: String) {
    self.status = status
    self.message = message
  }

  /// The sentence.
  public var description: String { message }
}
