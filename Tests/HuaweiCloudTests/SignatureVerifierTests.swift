// SPDX-License-Identifier: Apache-2.0

import Facts
import HuaweiCloud
import Testing

@Suite struct SignatureVerifierTests {
  static let (access, secret) = ("AK-1", "the secret")
  static let now = UTCTime(milliseconds: 1_704_164_645_000)
  static let verifier = SignatureVerifier(access, secret)
  static let body = Array(#"{"name":"n"}"#.utf8)

  static func request(_ more: [(String, String)] = [], type: String? = "application/json") -> SignableRequest {
    var headers: [SignableRequest.Header] = [.init("Host", "ims.example.test")]
    if let type { headers.append(.init("Content-Type", type)) }
    return SignableRequest(
      method: "POST", path: "/v1/a", query: "b=c", headers: headers + more.map { .init($0.0, $0.1) })
  }

  static func signed(
    _ request: SignableRequest = request(), body: [UInt8] = body, at time: UTCTime = now
  ) throws -> SignableRequest {
    try RequestSigner(access: access, secret: secret).sign(request, body: .of(body), at: time)
  }

  static func verify(
    _ request: SignableRequest, body: [UInt8] = body, now: UTCTime = now
  ) throws(SignatureError) -> VerifiedSignature {
    try verifier.verify(request, body: .of(body), now: now)
  }

  static func error(
    _ request: SignableRequest, body: [UInt8] = body, now: UTCTime = now
  ) -> SignatureError? {
    do throws(SignatureError) { _ = try verify(request, body: body, now: now) } catch { return error }
    return nil
  }

  @Test func whatIsVouchedFor() throws {
    var request = try Self.signed(Self.request([("X-Project-Id", " p "), ("x_a", "1")]))
    request.headers.append(.init("X-Later", "added on the way"))
    let verified = try Self.verify(request)
    #expect(verified.access == Self.access)
    #expect(verified.signed == Self.now)
    #expect(verified.isBodySigned)
    #expect(
      verified.headers == [
        "host": "ims.example.test", "content-type": "application/json", "x-project-id": "p",
        "x-sdk-date": SigningTime.text(Self.now),
      ])
    // Again, since two honest requests of one second are equal.
    #expect(try Self.verify(request) == verified)
  }

  @Test(
    arguments: [
      (-900_000, true), (900_000, true), (-900_001, false), (900_001, false), (0, true), (86_400_000, false),
    ] as [(Int64, Bool)])
  func skew(milliseconds: Int64, isAccepted: Bool) throws {
    let now = UTCTime(milliseconds: Self.now.milliseconds + milliseconds)
    let error = Self.error(try Self.signed(), now: now)
    #expect(error == (isAccepted ? nil : .clockSkew(signed: Self.now, now: now)))
    if let error {
      #expect(error.description.contains(Self.now.text) && error.description.contains(now.text))
    }
  }

  @Test(arguments: [
    "", "20240102T030405", "20240102T030405z", "2024-01-02T03:04:05Z", "20240230T030405Z", "20241302T030405Z",
    "20240102T240405Z", "20240102T036005Z", "20240102T030460Z", "2024010２T030405Z", "20240102 030405Z",
    "-0240102T030405Z", "Tue, 02 Jan 2024 03:04:05 GMT",
  ])
  func datesThatAreNone(date: String) throws {
    var request = try Self.signed()
    request.headers.removeAll { $0.name == "X-Sdk-Date" }
    request.headers.append(.init("X-Sdk-Date", date))
    #expect(Self.error(request) == .dateMalformed(date))
    #expect(SigningTime.time(date) == nil)
  }

  @Test func unknownKeysAndWrongSecretsAreNotTold() throws {
    let request = Self.request()
    let body = BodyHash.of(Self.body)
    for (access, secret) in [("AK-2", Self.secret), ("AK-1", "other"), ("AK-2", String(repeating: "0", count: 40))] {
      let signed = try RequestSigner(access: access, secret: secret).sign(request, body: body, at: Self.now)
      #expect(Self.error(signed) == .notVerified)
    }
    // A key without a secret opens nothing.
    let empty = try RequestSigner(access: "AK-1", secret: "").sign(request, body: body, at: Self.now)
    #expect(throws: SignatureError.notVerified) {
      try SignatureVerifier("AK-1", "").verify(empty, body: body, now: Self.now)
    }
  }

  @Test(arguments: ["x-project-id", "X-Domain-Id", "X-AUTH-TOKEN", "x-sdk-content-sha256"])
  func headersThatAnybodyCouldAdd(name: String) throws {
    var request = try Self.signed()
    let value = name == "x-sdk-content-sha256" ? BodyHash.of(Self.body).text : "x"
    request.headers.append(.init(name, value))
    #expect(Self.error(request) == .headerNotSigned(name.lowercased()))
  }

  @Test(arguments: ["authorization", "host", "x-sdk-date", "x-project-id"])
  func headersThatOccurTwice(name: String) throws {
    var request = try Self.signed(Self.request([("x-project-id", "p")]))
    let header = try #require(request.headers.first { $0.name.lowercased() == name })
    request.headers.append(.init(name.uppercased(), header.value))
    #expect(Self.error(request) == .headerRepeated(name))
  }

  @Test(arguments: ["authorization", "host", "x-sdk-date", "content-type"])
  func headersThatAreMissing(name: String) throws {
    var request = try Self.signed()
    request.headers.removeAll { $0.name.lowercased() == name }
    #expect(Self.error(request) == .headerMissing(name))
  }

  @Test(arguments: ["host", "x-sdk-date"])
  func headersThatMustBeSigned(name: String) throws {
    var request = try Self.signed()
    let names = ["content-type", "host", "x-sdk-date"].filter { $0 != name }.joined(separator: ";")
    request.headers.removeLast()
    request.headers.append(
      .init(
        "Authorization",
        "SDK-HMAC-SHA256 Access=AK-1, SignedHeaders=\(names), Signature=\(String(repeating: "0", count: 64))"))
    #expect(Self.error(request) == .headerNotSigned(name))
  }

  @Test func temporaryKeys() throws {
    for isSigned in [true, false] {
      var request = try Self.signed(Self.request(isSigned ? [("X-Security-Token", "t0ken")] : []))
      if !isSigned { request.headers.append(.init("x-security-token", "t0ken")) }
      let error = try #require(Self.error(request))
      #expect(error == .temporaryKey)
      #expect(!error.description.contains("t0ken"))
    }
  }

  @Test func typeNeedNotBeSigned() throws {
    // As the official Go clients do.
    var request = try Self.signed(Self.request(type: nil))
    request.headers.append(.init("Content-Type", "application/json"))
    #expect(try Self.verify(request).headers["content-type"] == nil)
  }

  @Test(arguments: ["text/plain", "application/octet-stream", "application/openstack-images-v2.1-json-patch"])
  func bodiesThatAreNotSigned(type: String) throws {
    let request = try Self.signed(Self.request(type: type))
    #expect(try !Self.verify(request).isBodySigned)
    // Another body, the same signature: this is what isBodySigned warns of.
    #expect(try !Self.verify(request, body: [1]).isBodySigned)
    #expect(try !Self.verify(request, body: []).isBodySigned)
    #expect(try !Self.verifier.verify(request, body: .unsigned, now: Self.now).isBodySigned)
    // The Python client signs the hash of nothing, which fits nothing else.
    let empty = try Self.signed(Self.request(type: type), body: [])
    #expect(try Self.verify(empty, body: []).isBodySigned)
    #expect(Self.error(empty, body: [1]) == .notVerified)
    // Called JSON on the way, the body must be signed.
    for json in ["application/json", "Application/JSON; charset=utf-8", "application/bson", nil] {
      var relabelled = request
      relabelled.headers.removeAll { $0.name == "Content-Type" }
      if let json { relabelled.headers.append(.init("Content-Type", json)) }
      #expect(Self.error(relabelled) == .bodyNotSigned)
    }
  }

  @Test func bodiesThatStreamByMustBeUnsigned() throws {
    #expect(throws: SignatureError.bodyNotSigned) {
      try Self.verifier.verify(try Self.signed(), body: .unsigned, now: Self.now)
    }
    #expect(throws: SignatureError.bodyNotSigned) {
      try RequestSigner(access: "a", secret: "b").sign(Self.request(), body: .unsigned, at: Self.now)
    }
    let signed = try RequestSigner(access: Self.access, secret: Self.secret)
      .sign(Self.request(type: "text/plain"), body: .unsigned, at: Self.now)
    #expect(try !Self.verify(signed).isBodySigned)
  }

  @Test(arguments: ["", "x", "unsigned-payload", "UNSIGNED", BodyHash.empty.text, BodyHash.of([1]).text.uppercased()])
  func hashesThatAreNotTheBodys(value: String) throws {
    var request = Self.request([("X-Sdk-Content-Sha256", value)])
    request.headers.append(.init("X-Sdk-Date", SigningTime.text(Self.now)))
    request.headers.append(
      .init(
        "Authorization",
        "SDK-HMAC-SHA256 Access=AK-1, SignedHeaders=content-type;host;x-sdk-content-sha256;x-sdk-date, "
          + "Signature=\(String(repeating: "0", count: 64))"))
    #expect(Self.error(request, body: [1]) == .bodyHashDiffers)
  }

  @Test func signingAgainReplacesTheFirstSignature() throws {
    let first = try Self.signed(Self.request([("Content-Length", "12"), ("Connection", "close"), ("X_y", "z")]))
    let later = UTCTime(milliseconds: Self.now.milliseconds + 60_000)
    var other = first
    other.headers[0] = .init("Host", "ims.cloud.test")
    let second = try RequestSigner(access: Self.access, secret: Self.secret)
      .sign(other, body: .of(Self.body), at: later)
    #expect(second.headers.filter { $0.name.lowercased() == "authorization" }.count == 1)
    #expect(second.headers.filter { $0.name.lowercased() == "x-sdk-date" }.count == 1)
    let verified = try Self.verify(second, now: later)
    #expect(verified.signed == later)
    #expect(Set(verified.headers.keys) == ["host", "content-type", "x-sdk-date"])
  }

  @Test func errorsHaveCodesAndNoSecrets() throws {
    let errors: [SignatureError] = [
      .authorizationMalformed("w"), .algorithmUnsupported("a\nb"), .temporaryKey, .requestAmbiguous("w"),
      .headerMissing("h"), .headerRepeated("h"), .headerNotSigned("h"), .dateMalformed("\u{202e}"),
      .clockSkew(signed: Self.now, now: Self.now), .bodyHashDiffers, .bodyNotSigned, .notVerified,
    ]
    #expect(Set(errors.map(\.code)).count == errors.count)
    for error in errors {
      #expect(!error.description.isEmpty && !error.description.contains("\n"))
      #expect(!error.description.contains("\u{202e}"))
    }
  }
}
