// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTPTypes

/// Closes a connection whose other side is slow: to ask, however many bytes it sends meanwhile, or to take an answer.
///
/// There is one timer for each connection and none without, so that an idle daemon has none.
final class PollDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// How long the other side has.
  struct Limits: Sendable {
    /// From the connection, or the answer before, to the end of a request.
    var request = TimeAmount.seconds(30)
    /// From the beginning of an answer until the last byte of it is taken.
    var answer = TimeAmount.seconds(30)
  }

  private let limits: Limits
  private let connections: PollConnections
  /// Requests that came in whole, less the answers that went out.
  private var unanswered = 0
  private var timer: Scheduled<Void>?

  init(limits: Limits, connections: PollConnections) {
    self.limits = limits
    self.connections = connections
  }

  func handlerAdded(context: ChannelHandlerContext) {
    connections.open(context.channel)
    if context.channel.isActive { start(limits.request, context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    start(limits.request, context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    connections.closed(context.channel)
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    connections.closed(context.channel)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .end = unwrapInboundIn(data) {
      unanswered += 1
      // A request of which the end comes after its answer is none that is waited for.
      if unanswered > 0 {
        timer?.cancel()
        connections.note(context.channel, isAnswered: true)
      }
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head:
      start(limits.answer, context)
      context.write(data, promise: promise)
    case .body:
      context.write(data, promise: promise)
    case .end:
      let written = promise ?? context.eventLoop.makePromise(of: Void.self)
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      written.futureResult.whenSuccess { bound.value.0.answered(bound.value.1) }
      context.write(data, promise: written)
    }
  }

  private func answered(_ context: ChannelHandlerContext) {
    unanswered -= 1
    guard unanswered <= 0 else { return }
    connections.note(context.channel, isAnswered: false)
    start(limits.request, context)
  }

  private func start(_ limit: TimeAmount, _ context: ChannelHandlerContext) {
    timer?.cancel()
    let channel = context.channel
    timer = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
  }
}
