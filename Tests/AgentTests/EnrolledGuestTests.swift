// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import GuestSigning
import Testing

@testable import Agent

/// The agent's key and state: made once, kept, and made anew on a copy.
@Suite struct EnrolledGuestTests {
  static let server = ServerIdentity(
    instanceID: "877a2cda-ba63-4e1e-b95f-e67e48b6129a", source: "dmi", hardwareUUID: "h1", bootID: "boot-1")

  /// A folder of its own for one test.
  final class Folder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "agent-state-\(UUID().uuidString)").path
    deinit { try? FileManager.default.removeItem(atPath: path) }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
    var state: JSON? { try? JSON(parsing: Data(contentsOf: URL(filePath: "\(path)/identity.json"))) }

    /// What a whole image holds of it, on another server.
    func copied() throws -> Folder {
      let copy = Folder()
      try FileManager.default.copyItem(atPath: path, toPath: copy.path)
      return copy
    }
  }

  static func guest(_ folder: Folder, collector: String = "https://c") throws -> EnrolledGuest {
    EnrolledGuest(directory: try StateDirectory(folder.path), collector: collector)
  }

  /// Makes the state of a server, enrolled.
  static func enrolled(_ folder: Folder, on server: ServerIdentity = server) async throws {
    let guest = try guest(folder)
    _ = try await guest.prepare(on: server)
    try await guest.wasEnrolled()
  }

  private static func keyID(_ folder: Folder) throws -> String {
    let seed = try #require(folder.state?["key"]?.string.flatMap { Base64.bytes($0) })
    return try #require(GuestSecretKey(seed: seed)).publicKey.id
  }

  @Test func aKeyIsMadeOnceAndKept() async throws {
    let folder = Folder()
    let first = try await Self.guest(folder).prepare(on: Self.server)
    guard case .mustEnrol(let body) = first else { throw CancellationError() }
    // Before the collector's answer came, the agent was stopped: it asks with the same key.
    #expect(try await Self.guest(folder).prepare(on: Self.server) == first)
    #expect(try JSON(parsing: body)["lineage"] == nil)
    try await Self.enrolled(folder)
    let key = try Self.keyID(folder)
    #expect(try await Self.guest(folder).prepare(on: Self.server) == .enrolled)
    #expect(try Self.keyID(folder) == key)
    #expect(folder.names == ["identity.json"])
    let mode = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/identity.json")[.posixPermissions]
    #expect(mode as? Int == 0o600)
    // Another collector has to be told, with the same key: the name of a collector may change.
    #expect(try await Self.guest(folder, collector: "https://other").prepare(on: Self.server) == .mustEnrol(body))
  }

  @Test func whatIsSignedIsOfTheKeyAndTheBoot() async throws {
    let folder = Folder()
    try await Self.enrolled(folder)
    let guest = try Self.guest(folder)
    await #expect(throws: StateFailure.self) {
      try await guest.headers(method: "PUT", path: "/p", query: "", body: [], sequence: 1, inspectedAgo: 0)
    }
    var later = Self.server
    later.bootID = "boot-2"
    _ = try await guest.prepare(on: later)
    let headers = try await guest.headers(
      method: "PUT", path: "/p", query: "wait=1", body: [1], sequence: 77, inspectedAgo: 5)
    let fields = Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) })
    let claim = try SignatureClaim(method: "PUT", path: "/p", query: "wait=1") { fields[$0] }
    #expect(claim.keyID == (try Self.keyID(folder)) && claim.request.sequence == 77)
    // The second boot has the next number, and the number is kept over a restart of the agent.
    #expect(claim.request.bootID == "boot-2" && claim.request.bootNumber == 2)
    #expect(folder.state?["boot_number"] == 2)
  }

  @Test func aCopyBecomesAGuestOfItsOwnOnce() async throws {
    let original = Folder()
    try await Self.enrolled(original)
    let parentKey = try Self.keyID(original)
    let folder = try original.copied()
    var server = Self.server
    (server.instanceID, server.hardwareUUID, server.bootID) = ("copy", "h2", "boot-9")
    // As often as it is stopped before the collector has answered.
    var bodies: Set<[UInt8]> = []
    for _ in 0..<3 {
      guard case .mustEnrol(let body) = try await Self.guest(folder).prepare(on: server) else {
        throw CancellationError()
      }
      bodies.insert(body)
    }
    #expect(bodies.count == 1)
    let body = try JSON(parsing: try #require(bodies.first))
    #expect(body["lineage"]?["parent_instance_id"] == .string(Self.server.instanceID ?? ""))
    #expect(body["lineage"]?["parent_key_id"] == .string(parentKey))
    #expect(try Self.keyID(folder) != parentKey)
    let key = try #require(
      body["public_key"]?.string.flatMap { Base64.bytes($0) }.flatMap { GuestPublicKey(bytes: $0) })
    let proof = Lineage(
      parentInstanceID: Self.server.instanceID ?? "", parentKeyID: parentKey,
      signature: try #require(body["lineage"]?["signature"]?.string.flatMap { Base64.bytes($0) }))
    let seed = try #require(original.state?["key"]?.string.flatMap { Base64.bytes($0) })
    let parent = try #require(GuestSecretKey(seed: seed)).publicKey
    #expect(proof.isValid(for: key, instanceID: "copy", parent: parent))
    // Nothing of the parent's key is left on the copy, and nothing of the proof once it has served.
    let text = String(decoding: try Data(contentsOf: URL(filePath: "\(folder.path)/identity.json")), as: UTF8.self)
    #expect(!text.contains(Base64.text(seed)))
    try await Self.enrolled(folder, on: server)
    #expect(folder.state?["lineage"] == .null)
    #expect(try await Self.guest(folder).prepare(on: server) == .enrolled)
    // The parent does not notice.
    #expect(try await Self.guest(original).prepare(on: Self.server) == .enrolled)
    #expect(try Self.keyID(original) == parentKey)
  }

  /// A thousand copies of one state: a thousand keys, each vouched for by the parent's.
  @Test func aThousandCopies() async throws {
    let parent = AgentState(instanceID: "parent", hardwareUUID: nil, bootID: "b")
    let copies = (0..<1000).map { parent.copy(instanceID: "clone-\($0)", hardwareUUID: nil, bootID: "c") }
    #expect(Set(copies.map(\.key.publicKey.id)).count == 1000)
    for copy in copies {
      let lineage = try #require(copy.lineage)
      #expect(lineage.isValid(for: copy.key.publicKey, instanceID: copy.instanceID, parent: parent.key.publicKey))
    }
  }

  /// The table of what becomes of a state.
  @Test(
    arguments: [
      // state's id and firmware, server's id, source and firmware, step: w wait, b begin, k keep, c copy
      (nil, nil, "a", "dmi", "h1", "b"), (nil, nil, nil, nil, nil, "w"), ("a", "h1", nil, nil, "h1", "w"),
      ("a", "h1", nil, nil, "h2", "w"), ("a", "h1", "a", "dmi", "h1", "k"), ("a", nil, "a", "configuration", "h1", "k"),
      ("a", "h1", "a", "configuration", nil, "k"), ("a", "h1", "a", "configuration", "h1", "k"),
      // The configured id was copied with the disk.
      ("a", "h1", "a", "configuration", "h2", "w"),
      // Hardware drifts; what names this very server decides.
      ("a", "h1", "a", "cloud_init", "h2", "k"), ("a", "h1", "a", "metadata_service", "h2", "k"),
      ("a", "h1", "b", "dmi", "h2", "c"), ("a", "h1", "b", "configuration", "h1", "c"),
      ("a", nil, "b", "metadata_service", nil, "c"),
    ] as [(String?, String?, String?, String?, String?, String)])
  func steps(
    state: String?, firmware: String?, id: String?, source: String?, hardware: String?, expected: String
  ) {
    let server = ServerIdentity(instanceID: id, source: source, hardwareUUID: hardware, bootID: "boot")
    let step = IdentityStep.of(state: state.map { ($0, firmware) }, on: server)
    let letter =
      switch step {
      case .wait: "w"
      case .begin: "b"
      case .keep: "k"
      case .copy: "c"
      }
    #expect(letter == expected)
    var bootless = server
    bootless.bootID = nil
    guard case .wait = IdentityStep.of(state: state.map { ($0, firmware) }, on: bootless) else {
      Issue.record("reports without a boot id")
      return
    }
  }

  /// An id that is not known for a while changes nothing.
  @Test func anUnknownServerKeepsTheState() async throws {
    let folder = Folder()
    try await Self.enrolled(folder)
    let before = folder.state
    let guest = try Self.guest(folder)
    var unknown = Self.server
    unknown.instanceID = nil
    await #expect(throws: StateFailure.self) { try await guest.prepare(on: unknown) }
    #expect(folder.state == before)
    #expect(try await guest.prepare(on: Self.server) == .enrolled)
  }

  @Test func refusals() async throws {
    let folder = Folder()
    try await Self.enrolled(folder)
    let guest = try Self.guest(folder)
    _ = try await guest.prepare(on: Self.server)
    // The state is older than the collector's: the number is taken over, once between two reports.
    #expect(try await guest.wasRefused(code: "WIR.0026", bootNumber: 7))
    #expect(folder.state?["boot_number"] == 8)
    #expect(try await !guest.wasRefused(code: "WIR.0026", bootNumber: 70))
    await guest.wasTaken()
    #expect(try await guest.wasRefused(code: "WIR.0026", bootNumber: 8))
    #expect(folder.state?["boot_number"] == 9)
    await guest.wasTaken()
    for number in [nil, -1, SignedRequest.highestNumber] as [Int64?] {
      #expect(try await !guest.wasRefused(code: "WIR.0026", bootNumber: number))
    }
    let key = try Self.keyID(folder)
    #expect(try await !guest.wasRefused(code: "WIR.0027", bootNumber: nil))
    // A collector that has lost the key is told it again.
    #expect(try await !guest.wasRefused(code: "WIR.0020", bootNumber: nil))
    guard case .mustEnrol = try await guest.prepare(on: Self.server) else { throw CancellationError() }
    #expect(try Self.keyID(folder) == key)
    try await guest.wasEnrolled()
    // A revoked key is replaced, once: one that never enrolled was not revoked.
    #expect(try await !guest.wasRefused(code: "WIR.0021", bootNumber: nil))
    let renewed = try Self.keyID(folder)
    #expect(renewed != key)
    #expect(try await !guest.wasRefused(code: "WIR.0021", bootNumber: nil))
    #expect(try Self.keyID(folder) == renewed)
  }

  @Test func damagedStatesAreRefusedAndKept() async throws {
    let folder = Folder()
    try await Self.enrolled(folder)
    let whole = try Data(contentsOf: URL(filePath: "\(folder.path)/identity.json"))
    let text = String(decoding: whole, as: UTF8.self)
    let damages: [Data] =
      [
        Data(), Data("{}".utf8), Data("[]".utf8), Data(repeating: 0x20, count: 1 << 20), Data([0xFF, 0xFE]),
        Data(text.replacing("agent-state/1", with: "agent-state/2").utf8),
        Data(text.replacing("\"boot_number\":1", with: "\"boot_number\":-1").utf8),
        Data(text.replacing("\"boot_number\":1", with: "\"boot_number\":9007199254740991").utf8),
        Data(text.replacing("\"key\":\"", with: "\"key\":\"A").utf8),
        Data(text.replacing("\"lineage\":null", with: "\"lineage\":{}").utf8),
      ] + stride(from: 1, to: whole.count, by: 7).map { whole.prefix($0) }
    for damage in damages {
      try damage.write(to: URL(filePath: "\(folder.path)/identity.json"))
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: "\(folder.path)/identity.json")
      await #expect(throws: StateFailure.self) { try await Self.guest(folder).prepare(on: Self.server) }
      // Nothing that somebody may want to look into is overwritten.
      #expect(try Data(contentsOf: URL(filePath: "\(folder.path)/identity.json")) == damage)
    }
    try whole.write(to: URL(filePath: "\(folder.path)/identity.json"))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: "\(folder.path)/identity.json")
    await #expect(throws: StateFailure.self) { try await Self.guest(folder).prepare(on: Self.server) }
  }

  /// What a crash leaves behind between two steps is no harm.
  @Test func aHalfWrittenFileIsReplaced() async throws {
    let folder = Folder()
    try await Self.enrolled(folder)
    let before = folder.state
    try Data("{\"half".utf8).write(to: URL(filePath: "\(folder.path)/identity.json.new"))
    #expect(try await Self.guest(folder).prepare(on: Self.server) == .enrolled)
    #expect(folder.state == before)
    var server = Self.server
    server.instanceID = "copy"
    guard case .mustEnrol = try await Self.guest(folder).prepare(on: server) else { throw CancellationError() }
    #expect(folder.names == ["identity.json"])
  }

  @Test func oneAgentAtATime() throws {
    let folder = Folder()
    let first = try StateDirectory(folder.path)
    #expect(throws: StateFailure.self) { try StateDirectory(folder.path) }
    withExtendedLifetime(first) {}
    #expect(throws: StateFailure.self) { try StateDirectory("/proc/none/state") }
  }
}
