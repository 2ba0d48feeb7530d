// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import NIOPosix
internal import Synchronization

/// Looks up names (getaddrinfo(3)) on a thread that may block.
///
/// The HTTP client's own resolver would start libdispatch, see ``Pause``.
enum HostAddresses {
  /// The addresses of a name as text, the one to try first at the front; an address is its own.
  ///
  /// Ends early when the task is cancelled, with an error; the lookup is left to end by itself.
  static func find(_ host: String, on threads: NIOThreadPool) async throws(HostAddressFailure) -> [String] {
    let lookup = Lookup()
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        lookup.begin(continuation)
        threads.submit { _ in lookup.end(Self.look(up: host)) }
      }
    } onCancel: {
      lookup.end(.failure(HostAddressFailure(host: host, reason: "the daemon stops")))
    }
    return try outcome.get()
  }

  private static func look(up host: String) -> Result<[String], HostAddressFailure> {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    guard code == 0 else {
      return .failure(HostAddressFailure(host: host, reason: String(cString: gai_strerror(code))))
    }
    defer { freeaddrinfo(list) }
    var addresses: [String] = []
    var entry = list
    while let info = entry?.pointee {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      if getnameinfo(
        info.ai_addr, info.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
      {
        let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if !addresses.contains(address) { addresses.append(address) }
      }
      entry = info.ai_next
    }
    guard !addresses.isEmpty else { return .failure(HostAddressFailure(host: host, reason: "it has no address")) }
    return .success(addresses)
  }

  private final class Lookup: Sendable {
    typealias Outcome = Result<[String], HostAddressFailure>

    private struct State {
      var continuation: CheckedContinuation<Outcome, Never>?
      var outcome: Outcome?
    }

    private let state = Mutex(State())

    func begin(_ continuation: CheckedContinuation<Outcome, Never>) {
      let early = state.withLock { state -> Outcome? in
        if state.outcome == nil { state.continuation = continuation }
        return state.outcome
      }
      if let early { continuation.resume(returning: early) }
    }

    func end(_ outcome: Outcome) {
      let waiting = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
        guard state.outcome == nil else { return nil }
        state.outcome = outcome
        defer { state.continuation = nil }
        return state.continuation
      }
      waiting?.resume(returning: outcome)
    }
  }
}

/// Why a name has no address.
struct HostAddressFailure: Error, CustomStringConvertible {
  var host: String
  var reason: String

  var description: String { "cannot look up \(host): \(reason)" }
}
