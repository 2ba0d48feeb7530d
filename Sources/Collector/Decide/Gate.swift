// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud
internal import NIOCore
internal import Readiness

/// What the operator of the collector laid down for all decisions.
struct GatePolicy: Sendable, Equatable {
  var profile: Profile
  var reading: Reading
  var cloudFacts: CloudFactsMode
  /// How old facts may be, in seconds.
  var factsMaxAge: Int64
  /// How old captures may be, in seconds.
  var capturesMaxAge: Int64

  /// The policy on facts from there: their own age is the one that counts.
  func on(_ source: FactsSource) -> GatePolicy {
    var policy = self
    if source == .capture { policy.factsMaxAge = capturesMaxAge }
    return policy
  }

  /// What a stored verdict depends on beside the facts.
  var basis: String {
    "\(RuleSet.current.version) \(profile.rawValue) \(reading.rawValue) \(cloudFacts.rawValue)"
  }
}

/// Decides whether a request may proceed, from what is stored and what the cloud says.
struct Gate: Sendable {
  let store: Store
  let clock: CollectorClock
  let policy: GatePolicy
  let cloud: CloudFactsReader
  let holds: Holds
  let heartbeats: HeldHeartbeats

  /// How long a guest may take to look again.
  static let freshLookLimit = Duration.seconds(10)

  /// Decides on a question; changes nothing, the caller records the decision.
  func decide(_ question: Question) async throws -> Decision {
    var question = question
    let cloud = await cloudFacts(question)
    let server = cloud?.backup.value?.serverID.value
    // A backup's own server is the one that matters inside, and the one that the start gate protects.
    if question.request.form.makesImage, question.request.serverID == nil { question.request.serverID = server }
    question.request.heldBy = try await holds.holder(of: question)
    var moment = clock.now()
    var inForce = try await inForce(question, cloud, at: moment)
    if await wasRefreshed(inForce, question) {
      moment = clock.now()
      inForce = try await self.inForce(question, cloud, at: moment)
    }
    var bodies: [GuestFacts] = []
    if case .success(var found) = inForce {
      for record in found.records {
        guard let body = try await store.document(record.id) else {
          // Removed as too old: what it said would have counted.
          found.isBeforeHistory = true
          found.records = []
          bodies = []
          inForce = .success(found)
          break
        }
        bodies.append(try Self.facts(in: body))
      }
    }
    let basis = RulingBasis(
      request: question.request, cloud: cloud, inForce: inForce.map(RulingBasis.InForce.init), facts: bodies)
    let source = (try? inForce.get())?.records.last?.source ?? .agent
    let policy = policy.on(source)
    return Decision(
      id: RandomIdentifier.make(), question: question, inForce: try? inForce.get(), basis: basis,
      ruling: Ruling.on(basis, source, policy, question.language), policy: policy, decidedAt: moment.wall)
  }

  private func inForce(
    _ question: Question, _ cloud: CloudFacts?, at moment: Moment
  ) async throws -> Result<FactsInForce, FactsInForce.Missing> {
    try await FactsInForce.find(
      question.request, cloud, project: question.project, store: store, policy: policy, at: moment)
  }

  /// Whether a running guest whose facts are too old was asked to look again, and did.
  private func wasRefreshed(_ inForce: Result<FactsInForce, FactsInForce.Missing>, _ question: Question) async -> Bool {
    guard case .success(let found) = inForce, found.occasion == .now, let server = question.request.serverID else {
      return false
    }
    let allowed = policy.on(found.records.last?.source ?? .agent).factsMaxAge
    guard found.ageSeconds.map({ $0 > allowed }) ?? true else { return false }
    return await heartbeats.refresh(
      .init(project: question.project, instanceID: server), within: Self.freshLookLimit)
  }

  /// The cloud is asked where its facts are required, where a backup has to be known, and about images.
  private func cloudFacts(_ question: Question) async -> CloudFacts? {
    switch question.request.form {
    case .startServer: return nil
    case .server where policy.cloudFacts == .delegated: return nil
    default: return await cloud.facts(for: question.request, question.asker)
    }
  }

  /// The facts of a stored document.
  static func facts(in body: ByteBuffer) throws -> GuestFacts {
    try GuestFacts(json: try JSON(parsing: body.readableBytesView))
  }
}

/// Everything that a ruling is made from: a decision and its replay differ in nothing else.
struct RulingBasis: Sendable {
  /// What of the facts in force enters a ruling.
  struct InForce: Sendable, Equatable {
    var occasion: FactsInForce.Occasion
    var at: UTCTime
    var ageSeconds: Int64?
    var isBeforeHistory: Bool

    init(occasion: FactsInForce.Occasion, at: UTCTime, ageSeconds: Int64?, isBeforeHistory: Bool) {
      self.occasion = occasion
      self.at = at
      self.ageSeconds = ageSeconds
      self.isBeforeHistory = isBeforeHistory
    }

    init(_ found: FactsInForce) {
      occasion = found.occasion
      at = found.at
      ageSeconds = found.ageSeconds
      isBeforeHistory = found.isBeforeHistory
    }
  }

  var request: ImageRequest
  var cloud: CloudFacts?
  var inForce: Result<InForce, FactsInForce.Missing>
  /// The guest's facts in force, oldest first.
  var facts: [GuestFacts]
}
