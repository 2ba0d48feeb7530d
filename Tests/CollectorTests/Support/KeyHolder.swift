// SPDX-License-Identifier: Apache-2.0

import Facts
import HTTPTypes
import HuaweiCloud

@testable import Collector

/// Somebody who signs requests with a key, as the cloud's clients do.
struct KeyHolder: Sendable {
  var access: String
  var secret: String

  /// Keys of `document`.
  static let terraform = KeyHolder(access: "AKTERRAFORM", secret: "secret-of-terraform-0123456789abcdef0123")
  static let other = KeyHolder(access: "AKOTHER", secret: "secret-of-other-0123456789abcdef01234567")
  static let both = KeyHolder(access: "AKBOTH", secret: "secret-of-both-0123456789abcdef012345678")
  static let agents = KeyHolder(access: "AKAGENTS", secret: "secret-of-agents-0123456789abcdef0123456")

  /// A credentials file with the tokens of `CredentialsTests` and those keys.
  static var document: JSON {
    var members = CredentialsTests.document.object ?? JSONObject([])
    members["keys"] = [
      terraform.entry("orchestrator", ["p1"]), other.entry("orchestrator", ["p2"]),
      both.entry("orchestrator", ["p1", "p2"]), agents.entry("agent", ["p1"]),
    ]
    return .object(members)
  }

  func entry(_ role: String, _ projects: [String]) -> JSON {
    .members(
      ("access", .string(access)), ("secret", .string(secret)), ("role", .string(role)), ("projects", projects.json))
  }

  /// The headers of a signed request, `host` left out; in the tests that need no socket it is `localhost`.
  func headers(
    _ method: String, _ target: String, _ headers: [String: String] = [:], body: [UInt8] = [],
    bodyHash: BodyHash? = nil, host: String = "localhost", at time: UTCTime = FakeClock().clock().now().wall
  ) throws -> HTTPFields {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
    let request = SignableRequest(
      method: method, path: parts[0], query: parts.count > 1 ? parts[1] : "",
      headers: [.init("Host", host)] + headers.map { .init($0.key, $0.value) })
    let signed = try RequestSigner(access: access, secret: secret)
      .sign(request, body: bodyHash ?? .of(body), at: time)
    var fields: HTTPFields = [:]
    for header in signed.headers where header.name != "Host" {
      if let name = HTTPField.Name(header.name) { fields[name] = header.value }
    }
    return fields
  }
}

extension TestAPI {
  /// Sends a signed request.
  func signed(
    _ holder: KeyHolder, _ method: HTTPRequest.Method, _ target: String, _ headers: [String: String] = [:],
    bytes: [UInt8]? = nil
  ) async throws -> Answer {
    let fields = try holder.headers(
      method.rawValue, target, headers, body: bytes ?? [], at: clock.clock().now().wall)
    return try await call(method, target, headers: fields, bytes: bytes)
  }
}
