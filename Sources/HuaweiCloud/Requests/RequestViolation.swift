// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong with a request: the field, the limit, the value seen.
public struct RequestViolation: Sendable, Equatable {
  /// The cloud's code for it.
  public var code: CloudErrorCode
  /// The member of the request; empty means the request itself.
  public var field: String
  /// What is wrong with it, in words that follow the field's name.
  public var message: String

  init(_ code: CloudErrorCode, _ field: String, _ message: String) {
    self.code = code
    self.field = field
    self.message = message
  }
}

/// Everything that is wrong with a request, at least one thing.
public struct RequestViolations: Error, Sendable, Equatable, CustomStringConvertible {
  /// The first violation: its code is the answer's code.
  public var first: RequestViolation
  /// The others.
  public var others: [RequestViolation]

  init?(_ violations: [RequestViolation]) {
    guard let first = violations.first else { return nil }
    self.first = first
    others = Array(violations.dropFirst())
  }

  /// The code to answer with.
  public var code: CloudErrorCode { first.code }

  /// All violations in words.
  public var description: String {
    ([first] + others).map { $0.field.isEmpty ? $0.message : "\($0.field) \($0.message)" }.joined(separator: "; ")
  }
}
