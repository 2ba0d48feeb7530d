// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GuestSigning

/// The agent as the collector knows it: its key, and what is signed with it.
///
/// Makes the key when there is none, and a new one when the state turns out to be copied from another server; each is on
/// disk before anybody hears of it. It sends nothing itself.
actor EnrolledGuest {
  /// What is to be done before the next report.
  enum Readiness: Equatable {
    /// Nothing: the key is enrolled.
    case enrolled
    /// This body is to be sent to be enrolled.
    case mustEnrol([UInt8])
  }

  private let directory: StateDirectory
  private let collector: String
  /// Tells people what was done to the key; never the key.
  private let say: @Sendable (String) -> Void
  private var state: AgentState?
  private var isRead = false
  private var wasCorrected = false

  /// The agent of a state directory, before a collector at that address.
  init(directory: StateDirectory, collector: String, say: @escaping @Sendable (String) -> Void = { _ in }) {
    self.directory = directory
    self.collector = collector
    self.say = say
  }

  /// Makes the state that of this server; throws in words why nothing can be reported.
  func prepare(on server: ServerIdentity) throws(StateFailure) -> Readiness {
    if !isRead {
      state = try directory.read()
      isRead = true
    }
    let step = IdentityStep.of(state: state.map { ($0.instanceID, $0.hardwareUUID) }, on: server)
    if case .wait(let reason) = step { throw StateFailure(description: reason) }
    guard let id = server.instanceID, let boot = server.bootID else {
      throw StateFailure(description: "this server's id or boot is not known")
    }
    switch (step, state) {
    case (.copy, let old?):
      let copy = old.copy(instanceID: id, hardwareUUID: server.hardwareUUID, bootID: boot)
      guard copy.lineage != nil else { throw StateFailure(description: "the proof of lineage cannot be signed") }
      try keep(copy)
      say(
        "this server is a copy of \(PlainText.from(old.instanceID)): it is \(id) and has a key of its own from now on")
    case (.keep, var same?):
      if same.bootID != boot || (same.hardwareUUID != server.hardwareUUID && server.hardwareUUID != nil) {
        same.bootNumber += same.bootID == boot ? 0 : 1
        same.bootID = boot
        same.hardwareUUID = server.hardwareUUID ?? same.hardwareUUID
        state = same
        // The number may be lost: the collector tells it again.
        try? directory.write(same)
      }
    default: try keep(AgentState(instanceID: id, hardwareUUID: server.hardwareUUID, bootID: boot))
    }
    guard let state else { throw StateFailure(description: "there is no state") }
    return state.enrolledWith == collector ? .enrolled : .mustEnrol(Self.enrolment(of: state))
  }

  private static func enrolment(of state: AgentState) -> [UInt8] {
    JSON.members(
      ("public_key", Base64.text(state.key.publicKey.bytes).json), ("lineage", state.lineage?.document)
    ).canonicalBytes
  }

  /// Kept on disk first: a key that a collector knows and the agent has lost keeps the server out.
  private func keep(_ new: AgentState) throws(StateFailure) {
    try directory.write(new)
    state = new
  }

  /// The headers of a request, signed; throws before ``prepare(on:)`` has made a key.
  func headers(
    method: String, path: String, query: String, body: [UInt8], sequence: Int, inspectedAgo: Int
  ) throws(StateFailure) -> [(name: String, value: String)] {
    guard let state else { throw StateFailure(description: "there is no key to sign with") }
    let request = SignedRequest(
      method: method, path: path, query: query, body: body, bootID: state.bootID, bootNumber: state.bootNumber,
      sequence: Int64(sequence), inspectedAgo: Int64(inspectedAgo))
    guard let headers = request.headers(signedWith: state.key) else {
      throw StateFailure(description: "the request cannot be signed")
    }
    return headers
  }

  /// The collector knows the key: the proof of lineage has served.
  func wasEnrolled() throws(StateFailure) {
    guard var new = state else { return }
    new.enrolledWith = collector
    new.lineage = nil
    try keep(new)
    say("enrolled as \(new.instanceID) with the key \(new.key.publicKey.id)")
  }

  /// What the collector's refusal asks for; true if the next try is worth making at once.
  ///
  /// A number that it tells is taken once between two reports that were taken, so that no collector keeps the agent busy.
  func wasRefused(code: String?, bootNumber: Int64?) throws(StateFailure) -> Bool {
    guard var new = state else { return false }
    switch code {
    case "WIR.0026":
      guard !wasCorrected, let bootNumber, (0..<SignedRequest.highestNumber - 1).contains(bootNumber) else {
        return false
      }
      wasCorrected = true
      new.bootNumber = max(bootNumber, new.bootNumber) + 1
      state = new
      try? directory.write(new)
      return true
    case "WIR.0021", "WIR.0025":
      // Revoked by an operator: a new key, which is let in by a token alone. One that never enrolled is not revoked.
      guard new.enrolledWith != nil else { return false }
      try keep(new.renewed())
      say("the key of this server was revoked: a new one was made, and a token is needed to enrol it")
      return false
    case "WIR.0020":
      // A collector that does not know the key, perhaps restored from a backup: it is told again.
      new.enrolledWith = nil
      try keep(new)
      return false
    default: return false
    }
  }

  /// A report was taken.
  func wasTaken() { wasCorrected = false }
}
