// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes
internal import Readiness

/// Gives the server library's own bare 400, to what is not HTTP, the body that all errors have.
final class MalformedRequestReply: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private var body: ByteBuffer?

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where head.status == .badRequest && head.headerFields[.requestID] == nil:
      let error = CallError(
        .badRequest, .malformed, "The request is not well-formed HTTP, or its headers are too large.")
      let bytes = ByteBuffer(bytes: error.json(in: .english).canonicalBytes)
      head.headerFields[.contentType] = "application/json"
      head.headerFields[.contentLength] = String(bytes.readableBytes)
      head.headerFields[.requestID] = RandomIdentifier.make()
      body = bytes
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .end(let trailers):
      if let bytes = body {
        body = nil
        context.write(wrapOutboundOut(.body(bytes)), promise: nil)
      }
      context.write(wrapOutboundOut(.end(trailers)), promise: promise)
    default:
      context.write(data, promise: promise)
    }
  }
}
