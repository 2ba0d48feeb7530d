// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ServiceLifecycle

/// What a request is answered with: beside the usual, its connection, so that a fault can close it.
struct CloudRequestContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}

/// The HTTP side of the simulated cloud.
struct CloudResponder: HTTPResponder {
  typealias Context = CloudRequestContext

  /// Largest body that the services take with a signed request.
  static let bodyLimit = 12 << 20

  let cloud: SimulatedCloud
  /// Waits so many milliseconds, for ever if `nil`; throws when it is cancelled.
  var wait: @Sendable (Int64?) async throws -> Void = Self.waitForReal

  init(cloud: SimulatedCloud) { self.cloud = cloud }

  func respond(to request: Request, context: CloudRequestContext) async throws -> Response {
    let body: ByteBuffer
    do {
      // A state that is put whole may be larger than what a service takes.
      body = try await request.body.collect(upTo: FileContent.limit)
    } catch {
      return Self.response(Self.tooLarge)
    }
    var headers = request.headers.map { CloudCall.Field(name: $0.name.canonicalName, value: $0.value) }
    if let host = request.head.authority { headers.append(CloudCall.Field(name: "host", value: host)) }
    let call = CloudCall(
      request.method.rawValue, request.head.path ?? "/", headers: headers, body: Array(body.readableBytesView),
      now: cloud.now(), newID: cloud.newID)
    if let answer = cloud.control(call) { return Self.response(answer) }
    guard call.body.count <= Self.bodyLimit else { return Self.response(Self.tooLarge) }
    let reply = cloud.reply(to: call)
    if let delay = reply.fault?.delay, delay > 0 { try await wait(delay) }
    if reply.fault?.failure == .timeout { try await wait(nil) }
    guard var answer = reply.answer else {
      try? await context.channel.close()
      return Response(status: .serviceUnavailable)
    }
    answer.headers.append(CloudCall.Field(name: "X-Request-Id", value: call.newID()))
    return Self.response(answer, isWhole: reply.fault?.failure != .truncate)
  }

  private static let tooLarge = CloudRefusal.gateway(
    "APIGW.0201", "Request entity too large.", status: 413
  ).answer

  private static func response(_ answer: CloudAnswer, isWhole: Bool = true) -> Response {
    var headers = HTTPFields()
    for header in answer.headers {
      if let name = HTTPField.Name(header.name) { headers[name] = header.value }
    }
    headers[.contentType] = answer.contentType
    headers[.contentLength] = String(answer.body.count)
    let buffer = ByteBuffer(bytes: answer.body)
    guard isWhole else {
      // The length says all, half of it comes, and the connection ends.
      let half = ByteBuffer(bytes: answer.body.prefix(answer.body.count / 2))
      let body = ResponseBody { writer in
        try await writer.write(half)
        throw BrokenOff()
      }
      return Response(status: HTTPResponse.Status(code: answer.status), headers: headers, body: body)
    }
    var response = Response(
      status: HTTPResponse.Status(code: answer.status), headers: headers, body: ResponseBody(byteBuffer: buffer))
    // RFC 9110, section 8.6: 204 has none.
    if answer.status == 204 { response.headers[.contentLength] = nil }
    return response
  }

  /// An answer breaks off on purpose.
  private struct BrokenOff: Error {}

  /// Waits by the clock; the end of the service ends it.
  private static func waitForReal(_ milliseconds: Int64?) async throws {
    let length = milliseconds ?? 86_400_000
    await cancelWhenGracefulShutdown { try? await Task.sleep(for: .milliseconds(length)) }
  }
}
