// SPDX-License-Identifier: Apache-2.0

internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOExtras
internal import NIOPosix
internal import ServiceLifecycle

/// Serves polls on the sockets that were handed in, else on a Unix socket of its own.
struct PollSocket: Service {
  let listeners: PollListeners
  let routes: PollRoutes
  let connections: PollConnections
  let logger: Logger
  /// Called when polls can come in.
  let ready: @Sendable () -> Void
  /// Called when the daemon is to stop: polls that wait for something are to be answered.
  let stopping: @Sendable () -> Void
  var limits = PollDeadlines.Limits()
  /// Connections that are still open so long after the stop are cut, in milliseconds.
  static let stopMilliseconds: Int64 = 500

  func run() async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    // One for each listener, which is all that one takes care of.
    let quiescing = listeners.descriptors.map { _ in ServerQuiescingHelper(group: group) }
    let http = http
    let logger = logger
    var servers: [NIOAsyncChannel<HTTP1Channel.Value, Never>] = []
    for (descriptor, quiescing) in zip(listeners.descriptors, quiescing) {
      let server = try await ServerBootstrap(group: group)
        .serverChannelInitializer { server in
          server.eventLoop.makeCompletedFuture {
            try server.pipeline.syncOperations.addHandler(quiescing.makeServerChannelHandler(channel: server))
          }
        }
        .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
        .bind(descriptor, childChannelInitializer: { http.setup(channel: $0, logger: logger) })
      servers.append(server)
    }
    ready()
    await withGracefulShutdownHandler {
      await withDiscardingTaskGroup { group in
        for server in servers { group.addTask { await serve(server, http) } }
      }
    } onGracefulShutdown: {
      stopping()
      for helper in quiescing { helper.initiateShutdown(promise: nil) }
      group.next().scheduleTask(in: .milliseconds(Self.stopMilliseconds)) { connections.closeAll() }
    }
    listeners.remove()
  }

  private var http: HTTP1Channel {
    let routes = routes
    let connections = connections
    let limits = limits
    return HTTP1Channel(
      responder: { request, writer, channel in
        let response = await routes.answer(request, fromNetwork: channel.localAddress?.ipAddress != nil)
        try await writer.write(response: response.head, body: response.body)
      },
      configuration: .init(
        additionalChannelHandlers: [PollDeadlines(limits: limits, connections: connections)],
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 64)))
  }

  private func serve(_ server: NIOAsyncChannel<HTTP1Channel.Value, Never>, _ http: HTTP1Channel) async {
    await withDiscardingTaskGroup { group in
      do {
        try await server.executeThenClose { inbound in
          for try await connection in inbound {
            group.addTask { await http.handle(value: connection, logger: logger) }
          }
        }
      } catch is CancellationError {
        // The stop takes longer than it may, and nobody is waited for any more.
      } catch {
        logger.error("a poll socket failed: \(error)")
      }
    }
  }
}
