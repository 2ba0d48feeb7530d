// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong with a request: the field, the limit, the value seen.
public struct RequestViolation: Sendable, Equatable {
  /// The cloud's code for it.
  public var code: CloudErrorCode
  /// The member of the request; empty means the request itself.
  public var field: String
  /// What is wrong with it, in words that follow the field's name.
  public var message: String
  /// The same in Chinese, simplified characters.
  public var chinese: String

  init(_ code: CloudErrorCode, _ field: String, _ message: String, _ chinese: String) {
    self.code = code
    self.field = field
    self.message = message
    self.chinese = chinese
  }
}

/// Everything that is wrong with a request, at least one thing.
public struct RequestViolations: Error, Sendable, Equatable, CustomStringConvertible {
  /// The first violation: its code is the answer's code.
  public var first: RequestViolation
  /// The others, in the order in which the fields are documented; at most 31.
  public var others: [RequestViolation]
  /// How many more were found and are not kept.
  public var omitted: Int

  init(_ violation: RequestViolation) {
    first = violation
    others = []
    omitted = 0
  }

  init?(_ list: ViolationList) {
    guard let first = list.kept.first else { return nil }
    self.first = first
    others = Array(list.kept.dropFirst())
    omitted = list.count - list.kept.count
  }

  /// The code to answer with.
  public var code: CloudErrorCode { first.code }

  /// All violations in words.
  public var description: String {
    let words = ([first] + others).map { $0.field.isEmpty ? $0.message : "\($0.field) \($0.message)" }
    return words.joined(separator: "; ") + (omitted > 0 ? "; and \(omitted) more" : "")
  }

  /// All violations in Chinese, simplified characters.
  public var chinese: String {
    let words = ([first] + others).map { $0.field.isEmpty ? $0.chinese : "\($0.field) \($0.chinese)" }
    return words.joined(separator: "；") + (omitted > 0 ? "；另有 \(omitted) 处" : "")
  }
}

/// Violations while a request is read.
///
/// A body of 12 MB can be wrong in a million places: all are counted, the first ones are kept.
struct ViolationList {
  /// Most violations that are kept.
  static let limit = 32

  private(set) var kept: [RequestViolation] = []
  private(set) var count = 0

  mutating func append(
    _ code: CloudErrorCode, _ field: @autoclosure () -> String, _ message: @autoclosure () -> String,
    _ chinese: @autoclosure () -> String
  ) {
    count += 1
    if kept.count < Self.limit { kept.append(RequestViolation(code, field(), message(), chinese())) }
  }
}

extension RequestViolations {
  /// A question is about one thing, and the body of a call names another number of them.
  public static func notOne(_ field: String, _ count: Int) -> RequestViolations {
    RequestViolations(
      RequestViolation(
        .resourceIDMalformed, field, "must name exactly one here, found \(count): ask about each",
        "在此只能有一个，实际有 \(count) 个：请逐个询问"))
  }
}
