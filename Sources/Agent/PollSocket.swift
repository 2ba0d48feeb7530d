// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOExtras
internal import NIOPosix
internal import ServiceLifecycle

/// Why the poll socket cannot be used.
public struct PollSocketFailure: Error, CustomStringConvertible, Sendable {
  /// What was being done, why it failed and what to do.
  public var description: String
}

/// Serves polls on a Unix socket.
///
/// Only the owner and the group of the daemon may connect.
struct PollSocket: Service {
  let path: String
  let routes: PollRoutes
  let logger: Logger
  /// Called when polls can come in.
  let ready: @Sendable () -> Void
  /// So many connections are served at once; more wait.
  static let mostConnections = 64

  func run() async throws {
    let listener = try Self.listen(path)
    let routes = routes
    let channel = HTTP1Channel(
      responder: { request, writer, _ in
        let response = await routes.answer(request)
        try await writer.write(response: response.head, body: response.body)
      },
      configuration: .init(
        idleTimeout: .seconds(310),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 64)))
    let quiescing = ServerQuiescingHelper(group: MultiThreadedEventLoopGroup.singleton)
    let logger = logger
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelInitializer { server in
        server.eventLoop.makeCompletedFuture {
          try server.pipeline.syncOperations.addHandler(quiescing.makeServerChannelHandler(channel: server))
        }
      }
      .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
      .bind(listener, childChannelInitializer: { channel.setup(channel: $0, logger: logger) })
    ready()
    let connections = ConnectionSlots(Self.mostConnections)
    await withGracefulShutdownHandler {
      await withDiscardingTaskGroup { group in
        do {
          try await server.executeThenClose { inbound in
            for try await connection in inbound {
              await connections.take()
              group.addTask {
                await channel.handle(value: connection, logger: logger)
                await connections.giveBack()
              }
            }
          }
        } catch {
          logger.error("the poll socket failed: \(error)")
        }
        group.cancelAll()
      }
    } onGracefulShutdown: {
      quiescing.initiateShutdown(promise: nil)
    }
    unlink(path)
  }

  /// Binds the socket; a file left behind by a daemon that is gone is replaced, one in use is not.
  private static func listen(_ path: String) throws -> NIOBSDSocket.Handle {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw PollSocketFailure(description: "the socket path \(path) is empty or longer than 107 bytes")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure("create a socket", path) }
    if connected(descriptor, &address) {
      close(descriptor)
      throw PollSocketFailure(description: "another daemon answers on \(path): stop it, or use --socket")
    }
    makeFolder(of: path)
    unlink(path)
    let mask = umask(0o117)
    let outcome = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    let bindError = errno
    umask(mask)
    errno = bindError
    guard outcome == 0, Glibc.listen(descriptor, 128) == 0 else {
      let error = failure("bind", path)
      close(descriptor)
      throw error
    }
    return descriptor
  }

  private static func connected(_ descriptor: Int32, _ address: inout sockaddr_un) -> Bool {
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }

  private static func makeFolder(of path: String) {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    mkdir(String(path[..<slash]), 0o755)
  }

  private static func failure(_ what: String, _ path: String) -> PollSocketFailure {
    let reason = String(cString: strerror(errno))
    return PollSocketFailure(description: "cannot \(what) \(path): \(reason). Use --socket to name another path.")
  }
}

/// Counts connections, so that a flood of them costs the flooder time and the daemon nothing.
private actor ConnectionSlots {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  func take() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func giveBack() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
