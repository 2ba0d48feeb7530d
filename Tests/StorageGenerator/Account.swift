// SPDX-License-Identifier: Apache-2.0

/// What one party says about a machine's volume groups, statement by statement, so that two parties can be compared.
///
/// Subjects: `group UUID`, `group UUID pv UUID`, `group UUID lv UUID`, `disk NAME`, `gap KIND NAME MEMBER`; sets are
/// sorted words with blanks between them.
public struct Account: Sendable {
  /// A difference between two accounts.
  public struct Difference: Sendable, CustomStringConvertible {
    /// What the statement is about.
    public var subject: String
    /// Which statement.
    public var statement: String
    /// What each says; nil where one says nothing.
    public var left: String?, right: String?

    /// One line.
    public var description: String { "\(subject) \(statement): \(left ?? "nothing") against \(right ?? "nothing")" }
  }

  /// Statements by subject.
  public private(set) var statements: [String: [String: String]] = [:]

  /// An account that says nothing.
  public init() {}

  /// A statement.
  public subscript(subject: String, statement: String) -> String? {
    get { statements[subject]?[statement] }
    set { statements[subject, default: [:]][statement] = newValue }
  }

  /// How many statements there are.
  public var count: Int { statements.values.reduce(0) { $0 + $1.count } }

  /// A statement of the other account that leaves open what is said.
  public static let anything = "*"

  /// Where two accounts differ, in order; `isCompared` says whether both can be expected to make statements about a
  /// subject.
  public func differences(from other: Account, where isCompared: (String) -> Bool = { _ in true }) -> [Difference] {
    Set(statements.keys).union(other.statements.keys).filter(isCompared).sorted().flatMap { subject in
      let left = statements[subject] ?? [:]
      let right = other.statements[subject] ?? [:]
      return Set(left.keys).union(right.keys).sorted().compactMap { statement in
        left[statement] == right[statement] || (right[statement] == Self.anything && left[statement] != nil)
          ? nil
          : Difference(subject: subject, statement: statement, left: left[statement], right: right[statement])
      }
    }
  }

  /// A set as a statement.
  public static func set(_ words: some Sequence<String>) -> String { Set(words).sorted().joined(separator: " ") }
}
