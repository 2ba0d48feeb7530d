// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import HTTPTypes
internal import HuaweiCloud
internal import Hummingbird
internal import NIOCore
internal import NIOHTTP1

/// Hands a request on to a service of the cloud as it is, and the answer back, both as they stream by.
struct PassThrough: Sendable {
  /// Largest body that is read whole, because it has to be signed or looked at: the cloud's own limit for signed ones.
  static let wholeLimit = 12 << 20
  /// How long a transfer may take.
  static let longest = TimeAmount.seconds(900)

  /// Headers that concern one connection only (RFC 9110, section 7.6.1), that are made anew, or that are credentials.
  private static let ownHeaders: Set<String> = [
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade", "expect", "host", "content-length", "authorization", "cookie", "x-auth-token",
    "x-subject-token", "x-sdk-date", "x-sdk-content-sha256", "x-security-token", "idempotency-key", "x-request-id",
  ]
  private static let connectionHeaders: Set<String> = [
    "connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "x-request-id",
    "cache-control",
  ]

  let service: CloudService

  /// Sends a call on; `body` where it was read already.
  func send(_ call: Call, as identity: CloudIdentity, body read: ByteBuffer? = nil) async throws -> Response {
    var headers: HTTPFields = [.requestID: call.id]
    for field in call.request.headers where !Self.ownHeaders.contains(field.name.canonicalName) {
      headers.append(field)
    }
    // Anything but a path would be read as a part of the service's address.
    guard let target = call.request.head.path, target.hasPrefix("/") else {
      throw CallError(.badRequest, .malformed, "The request's target must be a path.", chinese: "请求目标必须是路径。")
    }
    var body = read
    if body == nil, case .key = identity, Self.mustBeSigned(headers[.contentType]) {
      body = try await call.body(upTo: Self.wholeLimit)
    }
    var request: HTTPClientRequest
    do throws(SignatureError) {
      request = try service.request(call.request.method, target, headers, body, as: identity)
    } catch {
      throw CallError(
        .badRequest, .malformed, "The request cannot be signed for the cloud: \(error).",
        chinese: "无法为云服务签名该请求：\(error.chinese)。")
    }
    if body == nil, Self.hasBody(call.request) {
      let length = call.request.headers[.contentLength].flatMap { Int64($0) }
      request.body = .stream(call.request.body, length: length.map { .known($0) } ?? .unknown)
    }
    return try await answer(to: request)
  }

  private func answer(to request: HTTPClientRequest) async throws -> Response {
    let response: HTTPClientResponse
    do {
      response = try await service.client.execute(request, timeout: Self.longest)
    } catch {
      throw CallError.unavailable(
        .serviceUnreachable,
        "The service \(service.name.rawValue) does not answer: \(CloudService.words(of: error)).",
        chinese: "服务 \(service.name.rawValue) 没有应答：\(CloudService.words(of: error))。", retryAfter: 10)
    }
    var headers: HTTPFields = [:]
    for (name, value) in response.headers {
      guard !Self.connectionHeaders.contains(name.lowercased()), let field = HTTPField.Name(name) else { continue }
      headers.append(HTTPField(name: field, value: value))
    }
    let length = response.headers.first(name: "content-length").flatMap { Int($0) }
    return Response(
      status: .init(code: Int(response.status.code)), headers: headers,
      body: ResponseBody(contentLength: length) { writer in
        for try await part in response.body { try await writer.write(part) }
        try await writer.finish(nil)
      })
  }

  private static func hasBody(_ request: Request) -> Bool {
    request.headers[.contentLength].map { $0 != "0" } ?? (request.headers[.transferEncoding] != nil)
  }

  private static func mustBeSigned(_ type: String?) -> Bool {
    guard let type, !type.isEmpty else { return true }
    let folded = type.lowercased()
    return folded.hasPrefix("application/json") || folded.hasPrefix("application/bson")
  }
}
