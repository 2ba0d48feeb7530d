// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// A body in parts that counts how many of them were taken.
final class Countdown: AsyncSequence, Sendable {
  typealias Element = ByteBuffer

  struct AsyncIterator: AsyncIteratorProtocol {
    let body: Countdown

    mutating func next() async throws -> ByteBuffer? {
      body.state.withLock { state in
        guard state.count < body.parts.count else { return nil }
        defer { state.count += 1 }
        return ByteBuffer(bytes: body.parts[state.count])
      }
    }
  }

  private struct State { var count = 0 }
  private let parts: [[UInt8]]
  private let state = Mutex(State())

  init(_ parts: [[UInt8]]) { self.parts = parts }

  /// How many parts were taken.
  var taken: Int { state.withLock { $0.count } }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self) }
}
