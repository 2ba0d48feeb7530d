// SPDX-License-Identifier: Apache-2.0

/// Why an initial RAM file system could not be read to its end.
public struct ArchiveError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of failure it is.
  public enum Reason: String, Sendable, CaseIterable {
    /// Its bytes make no sense.
    case malformed
    /// It ends in the middle of something.
    case truncated
    /// It is compressed in a way that is not understood, or that takes more memory than is granted.
    case unsupported
    /// It holds more than is read of it.
    case tooLarge = "too_large"
    /// It took longer than is granted.
    case timedOut = "timed_out"
  }

  /// What kind of failure it is.
  public var reason: Reason
  /// What was found, for a person; of printable ASCII characters.
  public var detail: String

  /// A failure.
  public init(_ reason: Reason, _ detail: String) {
    self.reason = reason
    self.detail = detail
  }

  /// The failure in words.
  public var description: String { detail }
}
