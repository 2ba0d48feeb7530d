// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import Readiness

/// An answer that is not what the caller asked for: one shape for all of them.
///
/// `{"error":{"code","message"}}` with further flat strings inside `error`; nothing nested, since the cloud's own
/// clients read only that.
struct CallError: Error, Sendable {
  /// Whether asking again can help.
  enum Retry: String, Sendable {
    /// The same request will never be let through.
    case never
    /// Once what the message names is done.
    case afterRemedy = "after_remedy"
    /// After a while, as it is.
    case later
  }

  var status: HTTPResponse.Status
  var code: String
  var message: String
  /// The message in Chinese; `nil` where only this service's own tools call, which are in English.
  var chinese: String?
  var rule: String?
  var decisionID: String?
  var retry: Retry?
  /// Seconds for `Retry-After`.
  var retryAfter: Int?
  var headers: HTTPFields = [:]

  init(
    _ status: HTTPResponse.Status, _ code: ErrorCode, _ message: String, chinese: String? = nil, retry: Retry? = .never
  ) {
    self.init(status, code: code.rawValue, message, chinese: chinese, retry: retry)
  }

  init(
    _ status: HTTPResponse.Status, _ code: CloudErrorCode, _ message: String, chinese: String? = nil,
    retry: Retry? = .never
  ) {
    self.init(status, code: code.rawValue, message, chinese: chinese, retry: retry)
  }

  init(
    _ status: HTTPResponse.Status, code: String, _ message: String, chinese: String? = nil, retry: Retry? = .never
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.chinese = chinese
    self.retry = retry
  }

  /// A 503: something that the collector needs is away; ask again later.
  static func unavailable(
    _ code: ErrorCode, _ message: String, chinese: String? = nil, retryAfter: Int, decision: String? = nil
  ) -> CallError {
    var error = CallError(.serviceUnavailable, code, message, chinese: chinese, retry: .later)
    error.retryAfter = retryAfter
    error.decisionID = decision
    return error
  }

  /// What is wrong with a request to the cloud's own API, in the cloud's code.
  init(_ violations: RequestViolations) {
    self.init(.badRequest, code: violations.code.rawValue, violations.description, chinese: violations.chinese)
  }

  /// Why a signature is not accepted.
  init(signature error: SignatureError) {
    self.init(
      .unauthorized, .identityWrong, "The signature is not accepted: \(error).", chinese: "签名不被接受：\(error.chinese)。")
  }

  /// The body.
  func json(in language: Language) -> JSON {
    CloudError(code: code, message: language == .chinese ? chinese ?? message : message)
      .json(adding: [("decision_id", decisionID), ("rule", rule), ("retry", retry?.rawValue)])
  }
}
