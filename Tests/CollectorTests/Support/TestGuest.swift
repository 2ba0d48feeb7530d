// SPDX-License-Identifier: Apache-2.0

import Facts
import GuestSigning
import HTTPTypes
import Testing

@testable import Collector

/// A guest's agent as tests play it: a key, a boot, and requests that it signs.
struct TestGuest: Sendable {
  var id: String
  var key = GuestSecretKey()
  var boot = "00000000-0000-4000-8000-000000000001"
  var bootNumber: Int64 = 1
  var sequence: Int64 = 1000

  var path: String { "/v1/guests/\(id)" }

  /// The headers of a request that this guest signs.
  func headers(
    _ method: HTTPRequest.Method, _ target: String, body: [UInt8], agoMilliseconds: Int64 = 0
  ) throws -> HTTPFields {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let request = SignedRequest(
      method: method.rawValue, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "", body: body,
      bootID: boot, bootNumber: bootNumber, sequence: sequence, inspectedAgo: agoMilliseconds)
    var fields: HTTPFields = [:]
    for (name, value) in try #require(request.headers(signedWith: key)) {
      fields[try #require(HTTPField.Name(name))] = value
    }
    return fields
  }

  /// Facts of this guest, made from a fixture.
  func facts(_ fixture: String = "ready") throws -> [UInt8] {
    var facts = try #require(try Fixture.json(fixture).object)
    var guest = try #require(facts["guest"]?.object)
    guest["instance_id"] = .string(id)
    facts["guest"] = .object(guest)
    return JSON.object(facts).canonicalBytes
  }

  /// Reports facts; the next report has a higher number.
  mutating func report(_ api: TestAPI, _ fixture: String = "ready") async throws -> Answer {
    sequence += 1
    return try await send(.put, "\(path)/facts", try facts(fixture), api)
  }

  /// A heartbeat on the facts of a fixture.
  mutating func heartbeat(_ api: TestAPI, _ fixture: String = "ready", query: String = "") async throws -> Answer {
    sequence += 1
    let digest = Digest.ofFacts(try JSON(parsing: try facts(fixture)))
    return try await send(
      .post, "\(path)/heartbeat\(query)", JSON.members(("facts_digest", digest.json)).canonicalBytes, api)
  }

  func send(
    _ method: HTTPRequest.Method, _ target: String, _ body: [UInt8], _ api: TestAPI
  ) async throws -> Answer {
    try await api.call(method, target, headers: try headers(method, target, body: body), bytes: body)
  }

  /// Asks to be enrolled.
  func enrol(
    _ api: TestAPI, token: String? = nil, lineage: Lineage? = nil, key: GuestPublicKey? = nil
  ) async throws -> Answer {
    let body = Self.enrolment(key ?? self.key.publicKey, lineage).canonicalBytes
    var headers = try headers(.post, "\(path)/enrolment", body: body)
    if let token { headers[.authorization] = "Bearer \(token)" }
    return try await api.call(.post, "\(path)/enrolment", headers: headers, bytes: body)
  }

  static func enrolment(_ key: GuestPublicKey, _ lineage: Lineage?) -> JSON {
    .members(
      ("public_key", .string(Base64.text(key.bytes))),
      (
        "lineage",
        lineage.map {
          .members(
            ("parent_instance_id", $0.parentInstanceID.json), ("parent_key_id", $0.parentKeyID.json),
            ("signature", Base64.text($0.signature).json))
        }
      ))
  }

  /// A copy of this guest that has found out that it is another one.
  func copy(_ id: String) throws -> (guest: TestGuest, lineage: Lineage) {
    let copy = TestGuest(id: id)
    return (copy, try #require(Lineage(of: copy.key.publicKey, instanceID: id, signedWith: key, of: self.id)))
  }
}

extension TestAPI {
  /// A new enrolment token for one guest, or as many as said.
  func token(project: String = "p1", uses: Int64 = 1, instanceID: String? = nil) throws -> String {
    try EnrolmentTokenBook(database: collector.configuration.database).create(
      .init(project: project, instanceID: instanceID, uses: uses))
  }

  /// A guest that is enrolled in `p1`.
  func enrolled(_ id: String = Fixture.guest) async throws -> TestGuest {
    let guest = TestGuest(id: id)
    let answer = try await guest.enrol(self, token: try token())
    #expect(answer.status == 200, "\(answer.text)")
    return guest
  }
}
