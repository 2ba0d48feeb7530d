// SPDX-License-Identifier: Apache-2.0

/// Why a file is not understood; the line is that of the file.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: String, Sendable, CaseIterable {
    /// A line is neither a section, an assignment nor a comment.
    case notAssignment = "neither a section nor an assignment"
    /// A value is made by the shell: an expansion, a command, a file that is read in.
    case shell = "a value that only a shell can tell"
    /// A statement lacks its arguments or stands outside of a stanza.
    case statement = "a statement that makes no sense"
    /// Indented with a tab.
    case tab = "indented with a tab"
    /// Indented in a way that fits nothing above.
    case indentation = "an indentation that fits nothing"
    /// A quote that does not end on its line, or something behind it.
    case quote = "a quote that does not end"
    /// A list or map in brackets that does not end.
    case flow = "a list or map in brackets that does not end"
    /// Not a map where one has to be.
    case notMap = "no map where there has to be one"
    /// YAML beyond what is read here: anchors, tags, block scalars, complex keys.
    case unsupported = "YAML that is not understood"
    /// More than one document in a file.
    case severalDocuments = "a second document"
    /// Lists and maps that lie too deep in each other.
    case nesting = "nested too deep"
    /// A value that is none of those that the key can have.
    case value = "a value that the key cannot have"
  }

  /// The line, from 1.
  public var line: Int
  /// What is wrong there.
  public var reason: Reason

  /// An error on a line.
  public init(line: Int, _ reason: Reason) {
    self.line = line
    self.reason = reason
  }

  /// The error in words.
  public var description: String { "line \(line): \(reason.rawValue)" }
}
