// SPDX-License-Identifier: Apache-2.0

/// Why a boot loader's file is not understood.
public struct BootFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: String, Sendable, CaseIterable {
    /// A script whose words, braces or keywords do not fit together.
    case script = "a script that does not fit together"
    /// The file ends in the middle of something.
    case cutOff = "the file is cut off"
    /// There is nothing in it.
    case empty = "the file is empty"
    /// An environment block without its mark or not of its size.
    case environment = "no environment block"
    /// An entry that names neither a kernel nor a program.
    case noKernel = "an entry without a kernel"
    /// What is done cannot be told without the boot loader: an evaluation, a jump, another menu's file.
    case unsupported = "a construct that is not understood"
    /// More steps, variables or entries than any real menu has.
    case tooMuch = "more than any menu has"
  }

  /// The line, from 1; 0 for the file as a whole.
  public var line: Int
  /// What is wrong there.
  public var reason: Reason

  /// An error on a line.
  public init(line: Int = 0, _ reason: Reason) {
    self.line = line
    self.reason = reason
  }

  /// The error in words.
  public var description: String { line == 0 ? reason.rawValue : "line \(line): \(reason.rawValue)" }
}
