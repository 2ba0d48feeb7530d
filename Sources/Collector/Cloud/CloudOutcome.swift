// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// An answer of the cloud, whole.
struct CloudAnswer: Sendable {
  var status: Int
  var contentType: String?
  var retryAfter: String?
  var body: ByteBuffer

  /// The cloud's answer, handed on as it is.
  var response: Response {
    var headers: HTTPFields = [:]
    if let retryAfter { headers[.retryAfter] = retryAfter }
    return .bytes(
      body, type: contentType ?? "application/json", status: HTTPResponse.Status(code: status), headers: headers)
  }
}

/// What became of a request to the cloud.
enum CloudOutcome: Sendable {
  /// The cloud answered.
  case answered(CloudAnswer)
  /// Nothing of the request left this machine.
  case notSent(String)
  /// It may have been sent, in part or whole, and no answer came.
  case uncertain(String)
}
