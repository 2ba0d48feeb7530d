// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
public import Facts
internal import Glibc
internal import NIOCore
internal import NIOHTTP1

/// Why the daemon could not be asked.
public struct PollClientFailure: Error, CustomStringConvertible, Sendable {
  /// The daemon is there, and asking it is not allowed.
  public var isRefusal: Bool
  /// What was being done, why it failed and what to do.
  public var description: String
}

/// Asks the running daemon over its socket.
public struct PollClient: Sendable {
  /// A readiness report with its tag.
  public struct Answer: Sendable {
    /// The report without facts.
    public var document: JSON
    /// Names this report; another one has another.
    public var entityTag: String?
  }

  private let socketPath: String
  private static let answerLimit = 16 << 20

  /// A client of the daemon on that socket.
  public init(socketPath: String) { self.socketPath = socketPath }

  /// The report, held by the daemon until it is another than the one of that tag; `nil` if there is none (yet).
  ///
  /// Blocks the calling thread, which must not be one of the concurrency pool.
  public func readiness(waitSeconds: Double, otherThan tag: String?) throws(PollClientFailure) -> Answer? {
    try checkAccess()
    let client = HTTPClient(eventLoopGroupProvider: .singleton)
    defer { try? client.syncShutdown() }
    do {
      let target = "/v1/readiness?wait=\(waitSeconds)"
      guard let url = HTTPClientSocketURL.make(socketPath: socketPath, target: target) else {
        throw PollClientFailure(isRefusal: false, description: "\(socketPath) is no usable socket path")
      }
      var request = try HTTPClient.Request(url: url)
      if let tag { request.headers.add(name: "If-None-Match", value: tag) }
      let response = try client.execute(request: request, deadline: .now() + .seconds(Int64(waitSeconds) + 30)).wait()
      guard response.status == .ok else { return nil }
      let bytes = Array((response.body ?? ByteBuffer()).readableBytesView.prefix(Self.answerLimit))
      return Answer(document: try JSON(parsing: bytes), entityTag: response.headers.first(name: "ETag"))
    } catch let failure as PollClientFailure {
      throw failure
    } catch {
      throw PollClientFailure(
        isRefusal: false, description: "the daemon on \(socketPath) does not answer: \(error). Is it running?")
    }
  }

  private func checkAccess() throws(PollClientFailure) {
    guard access(socketPath, R_OK | W_OK) != 0 else { return }
    let refused = errno == EACCES
    let hint = refused ? "Ask as root or as a member of the daemon's group." : "Is the daemon running?"
    let reason = String(cString: strerror(errno))
    throw PollClientFailure(
      isRefusal: refused, description: "cannot ask the daemon on \(socketPath): \(reason). \(hint)")
  }
}

private enum HTTPClientSocketURL {
  /// `http+unix://` with the path of the socket as the host, each byte that is not plain as `%XX`.
  static func make(socketPath: String, target: String) -> String? {
    guard !socketPath.isEmpty else { return nil }
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
    var host = ""
    for byte in socketPath.utf8 {
      if plain.contains(byte) {
        host.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        host += "%" + Digest.hex([byte]).uppercased()
      }
    }
    return "http+unix://\(host)\(target)"
  }
}
