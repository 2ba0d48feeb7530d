// SPDX-License-Identifier: Apache-2.0

/// Lets requests that are the same pass one at a time: the second waits and then gets the first one's answer.
actor RequestLanes {
  /// Most requests that wait behind one.
  static let waitingLimit = 64

  private var waiting: [RequestKey: [CheckedContinuation<Void, Never>]] = [:]

  /// Runs a piece of work while no other of the same key runs.
  func alone<Value: Sendable>(_ key: RequestKey, _ work: @Sendable () async throws -> Value) async throws -> Value {
    if let others = waiting[key] {
      guard others.count < Self.waitingLimit else {
        throw CallError.unavailable(
          .inDoubt, "The same request is under way \(Self.waitingLimit) times already.",
          chinese: "同一请求已有 \(Self.waitingLimit) 个正在处理。", retryAfter: 5)
      }
      await withCheckedContinuation { waiting[key, default: []].append($0) }
    } else {
      waiting[key] = []
    }
    let result: Result<Value, any Error>
    do { result = .success(try await work()) } catch { result = .failure(error) }
    leave(key)
    return try result.get()
  }

  private func leave(_ key: RequestKey) {
    guard var others = waiting[key], !others.isEmpty else {
      waiting[key] = nil
      return
    }
    let next = others.removeFirst()
    waiting[key] = others
    next.resume()
  }
}
