// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import NIOCore

/// What a question to the cloud gave.
enum CloudReading: Sendable {
  /// An answer.
  case found(JSON)
  /// The cloud knows no such thing.
  case missing
  /// No answer that can be used.
  case failed(CloudGap.Reason, String)
}

/// Asks the cloud's services what they know: a few questions at a time, again where a service stumbled, with a short
/// memory for what does not change from one moment to the next.
actor CloudReads {
  /// Most questions to one service at a time.
  static let concurrency = 32
  /// Most questions that wait for their turn at one service.
  static let waitingLimit = 1024
  /// How often a question is asked.
  static let attempts = 3
  /// How long one attempt may take.
  static let attemptTimeout = TimeAmount.seconds(5)
  /// How long an answer is remembered, in milliseconds.
  static let memory: Int64 = 10_000
  /// Most answers that are remembered.
  static let memoryLimit = 4096

  private struct Lane {
    var underWay = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private struct Key: Hashable {
    var service: CloudService.Name
    var target: String
    /// Digest of who asked: nobody is told what another one may see.
    var identity: String
  }

  private let services: CloudServices
  private let clock: CollectorClock
  private var lanes: [CloudService.Name: Lane] = [:]
  private var remembered: [Key: (answer: JSON, until: Int64)] = [:]

  init(services: CloudServices, clock: CollectorClock) {
    self.services = services
    self.clock = clock
  }

  /// Asks a service for a thing.
  ///
  /// - Parameter lasting: whether the answer may be some seconds old. Never so for the state of servers and backups, and
  ///   for which images were made of a backup.
  func read(
    _ name: CloudService.Name, _ target: String, as identity: CloudIdentity, lasting: Bool
  ) async -> CloudReading {
    guard let service = services[name] else { return .failed(.notConfigured, "no address of \(name.rawValue)") }
    let key = Key(service: name, target: target, identity: Self.digest(identity))
    if lasting, let known = remembered[key], known.until > clock.now().uptime { return .found(known.answer) }
    guard await enter(name) else { return .failed(.unreachable, "too many questions to \(name.rawValue) are waiting") }
    let reading = await ask(service, target, identity)
    leave(name)
    if lasting, case .found(let answer) = reading { remember(answer, key) }
    return reading
  }

  private func ask(_ service: CloudService, _ target: String, _ identity: CloudIdentity) async -> CloudReading {
    var last = CloudReading.failed(.unreachable, "not asked")
    for attempt in 0..<Self.attempts {
      // Waits of 0.1 and 0.4 seconds on average, scattered so that many callers do not come again at once.
      if attempt > 0 {
        let longest = attempt == 1 ? 200 : 800
        await clock.pause(.milliseconds(Int.random(in: 1...longest)))
      }
      let outcome = await service.query(
        target, headers: [.accept: "application/json", .contentType: "application/json"], as: identity,
        timeout: Self.attemptTimeout)
      let (reading, isFinal) = Self.reading(outcome, service.name)
      if isFinal { return reading }
      last = reading
    }
    return last
  }

  /// What an outcome says, and whether asking again is of no use.
  private static func reading(_ outcome: CloudOutcome, _ name: CloudService.Name) -> (CloudReading, Bool) {
    switch outcome {
    case .notSent(let reason): return (.failed(.unreachable, "\(name.rawValue): \(reason)"), false)
    case .uncertain(let reason):
      let isLate = reason.lowercased().contains("timeout") || reason.contains("deadlineExceeded")
      return (.failed(isLate ? .timedOut : .unreachable, "\(name.rawValue): \(reason)"), false)
    case .answered(let answer):
      switch answer.status {
      case 200..<300:
        guard let json = try? JSON(parsing: answer.body.readableBytesView) else {
          return (.failed(.malformed, "\(name.rawValue) answered something that is no JSON"), true)
        }
        return (.found(json), true)
      case 404: return (.missing, true)
      case 429, 500...: return (.failed(.unreachable, words(of: answer, name)), false)
      default: return (.failed(.refused, words(of: answer, name)), true)
      }
    }
  }

  private static func words(of answer: CloudAnswer, _ name: CloudService.Name) -> String {
    let error = CloudError(body: answer.body.readableBytesView).map { ", \($0.code): \($0.message)" } ?? ""
    return PlainText.from(String("\(name.rawValue) answered \(answer.status)\(error)".prefix(512)))
  }

  private func enter(_ name: CloudService.Name) async -> Bool {
    var lane = lanes[name] ?? Lane()
    if lane.underWay < Self.concurrency {
      lane.underWay += 1
      lanes[name] = lane
      return true
    }
    guard lane.waiting.count < Self.waitingLimit else { return false }
    // Whoever leaves hands on the place.
    await withCheckedContinuation { lanes[name]?.waiting.append($0) }
    return true
  }

  private func leave(_ name: CloudService.Name) {
    guard let waiting = lanes[name]?.waiting, !waiting.isEmpty else {
      lanes[name]?.underWay -= 1
      return
    }
    lanes[name]?.waiting.removeFirst().resume()
  }

  private func remember(_ answer: JSON, _ key: Key) {
    let now = clock.now().uptime
    if remembered.count >= Self.memoryLimit {
      remembered = remembered.filter { $0.value.until > now }
      if remembered.count >= Self.memoryLimit { remembered = [:] }
    }
    remembered[key] = (answer, now + Self.memory)
  }

  private static func digest(_ identity: CloudIdentity) -> String {
    switch identity {
    case .anonymous: ""
    case .token(let token): "t" + Digest.hex(SHA256.hash(data: Array(token.utf8)))
    case .key(let signer, let project): "k\(signer.access) \(project ?? "")"
    }
  }
}
