// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Facts
internal import Synchronization

/// What is known of a token of the cloud.
enum CloudTokenAnswer: Sendable, Equatable {
  /// It is good.
  case good(CloudTokenHolder)
  /// The identity service does not know it, or it has ended.
  case bad
  /// The identity service does not answer, or not in its form: nothing is known. The words say why.
  case unknown(String)
}

/// Tokens of the cloud, checked at its identity service and remembered for a short while.
///
/// Tokens themselves are not kept, only their SHA-256. Equal tokens that come at the same time are asked about once,
/// and a bounded number of others; the number of connections is bounded by the client.
final class CloudTokens: Sendable {
  /// How long a good token is believed in without asking again, in milliseconds: so long works one that was revoked.
  static let longestGood: Int64 = 60_000
  /// How long a bad token is refused without asking again, in milliseconds.
  static let longestBad: Int64 = 5_000
  /// Most tokens of each kind that are remembered.
  static let remembered = 20_000
  /// Most tokens that are asked about at a time.
  static let mostAsked = 256
  /// Most bytes of a token; those of the cloud have some thousands.
  static let longestToken = 16 << 10

  private struct Known: Sendable {
    var answer: CloudTokenAnswer
    /// By the clock that only goes on.
    var until: Int64
  }

  private struct State {
    // Apart, so that a flood of bad tokens drives out no good one.
    var good = RecentEntries<SHA256.Digest, Known>(most: remembered)
    var bad = RecentEntries<SHA256.Digest, Known>(most: remembered)
    var asked: [SHA256.Digest: Task<CloudTokenAnswer, Never>] = [:]

    func known(_ digest: SHA256.Digest, at moment: Moment) -> CloudTokenAnswer? {
      for known in [good[digest], bad[digest]] {
        guard let known, moment.uptime < known.until else { continue }
        if case .good(let holder) = known.answer, holder.expires <= moment.wall { return .bad }
        return known.answer
      }
      return nil
    }
  }

  /// What came of looking a token up.
  private enum Next {
    case answered(CloudTokenAnswer)
    case running(Task<CloudTokenAnswer, Never>)
  }

  private let service: IdentityService
  private let state = Mutex(State())

  init(service: IdentityService) { self.service = service }

  func shutdown() async throws { try await service.shutdown() }

  /// What is remembered of a token; `nil`: it must be asked about.
  func known(_ token: String, at moment: Moment) -> CloudTokenAnswer? {
    let digest = Self.digest(token)
    return state.withLock { $0.known(digest, at: moment) }
  }

  /// What is remembered of a token, else what the identity service says about it.
  func ask(_ token: String, at moment: Moment) async -> CloudTokenAnswer {
    // Nothing else can be a token, nor a header's value.
    guard (1...Self.longestToken).contains(token.utf8.count), token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { return .bad }
    let digest = Self.digest(token)
    let next = state.withLock { state -> Next in
      // The answer may have come since the caller looked.
      if let known = state.known(digest, at: moment) { return .answered(known) }
      if let running = state.asked[digest] { return .running(running) }
      guard state.asked.count < Self.mostAsked else {
        return .answered(.unknown("too many tokens are being asked about"))
      }
      // Not a part of the caller's own task: others may wait for the same answer when this caller has gone.
      let task = Task { await self.answer(token, digest, at: moment) }
      state.asked[digest] = task
      return .running(task)
    }
    switch next {
    case .answered(let answer): return answer
    case .running(let task): return await task.value
    }
  }

  private func answer(_ token: String, _ digest: SHA256.Digest, at moment: Moment) async -> CloudTokenAnswer {
    var answer = await service.answer(about: token)
    var lifetime = Self.longestBad
    if case .good(let holder) = answer {
      let left = holder.expires.milliseconds - moment.wall.milliseconds
      if left > 0 { lifetime = min(left, Self.longestGood) } else { answer = .bad }
    }
    // Counted from when it was asked, not from when the answer came.
    let known = Known(answer: answer, until: moment.uptime + lifetime)
    state.withLock { state in
      state.asked[digest] = nil
      switch answer {
      case .good: state.good[digest] = known
      case .bad: state.bad[digest] = known
      case .unknown: break
      }
    }
    return answer
  }

  private static func digest(_ token: String) -> SHA256.Digest { SHA256.hash(data: Array(token.utf8)) }
}
