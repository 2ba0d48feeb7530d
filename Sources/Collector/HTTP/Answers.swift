// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Readiness

extension Response {
  /// An answer with a JSON body.
  static func json(_ json: JSON, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
    .bytes(ByteBuffer(bytes: json.canonicalBytes), type: "application/json", status: status, headers: headers)
  }

  /// An answer with these bytes as its body.
  static func bytes(
    _ body: ByteBuffer, type: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) -> Response {
    var headers = headers
    headers[.contentType] = type
    headers[.contentLength] = String(body.readableBytes)
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
  }

  /// The answer to a call that failed.
  init(_ error: CallError, in language: Language) {
    var headers = error.headers
    if let seconds = error.retryAfter { headers[.retryAfter] = String(seconds) }
    if error.status == .unauthorized { headers[.wwwAuthenticate] = "Bearer, SDK-HMAC-SHA256" }
    self = .json(error.json(in: language), status: error.status, headers: headers)
  }
}
