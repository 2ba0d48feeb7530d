// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import GuestSigning

@Suite struct SignedRequestTests {
  /// RFC 8032, section 7.1, test 1.
  static let seed: [UInt8] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5,
    0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
  ]

  static let request = SignedRequest(
    method: "PUT", path: "/v1/guests/877a2cda-ba63-4e1e-b95f-e67e48b6129a/facts", query: "",
    body: Array(#"{"schema":"wholeimage.facts/1"}"#.utf8), bootID: "0d4f8a52-2d0a-4b8e-9f0c-6a2f6c1f7b11",
    bootNumber: 3, sequence: 123_456, inspectedAgo: 250)

  static func key() throws -> GuestSecretKey { try #require(GuestSecretKey(seed: seed)) }

  static func headers(_ request: SignedRequest = request) throws -> [String: String] {
    let headers = try #require(request.headers(signedWith: try key()))
    return Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) })
  }

  static func claim(_ headers: [String: String], _ request: SignedRequest = request) throws -> SignatureClaim {
    try SignatureClaim(method: request.method, path: request.path, query: request.query) { headers[$0] }
  }

  @Test func keysAreNamedByTheirHash() throws {
    let key = try Self.key()
    #expect(key.publicKey.bytes.prefix(4) == [0xd7, 0x5a, 0x98, 0x01])
    // printf 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a' | xxd -r -p | sha256sum
    #expect(key.publicKey.id == "21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9")
    #expect(key.seed == Self.seed)
    #expect(!"\(key)".contains("9d61"))
    #expect(GuestSecretKey(seed: Array(Self.seed.dropLast())) == nil)
    #expect(GuestPublicKey(bytes: Self.seed + [0]) == nil)
  }

  /// The text and its signature as others make them: `Tests/Fixtures/signatures/guest-request.py` wrote the signature.
  @Test func theSignedTextIsThatOfTheStandard() throws {
    let key = try Self.key()
    let expected = """
      "@method": PUT
      "@path": /v1/guests/877a2cda-ba63-4e1e-b95f-e67e48b6129a/facts
      "@query": ?
      "content-digest": sha-256=:XSMq1pNAVJk6RjZK6LjzxQp0dJmB1FU8bSVugOBM1xU=:
      "wholeimage-boot-id": 0d4f8a52-2d0a-4b8e-9f0c-6a2f6c1f7b11
      "wholeimage-boot-number": 3
      "wholeimage-report-sequence": 123456
      "wholeimage-inspected-ago-ms": 250
      "@signature-params": ("@method" "@path" "@query" "content-digest" "wholeimage-boot-id" "wholeimage-boot-number" "wholeimage-report-sequence" "wholeimage-inspected-ago-ms");keyid="21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9";alg="ed25519"
      """
    #expect(Self.request.base(keyID: key.publicKey.id) == expected)
    let headers = try Self.headers()
    #expect(headers["Signature"] == Self.signature)
    #expect(headers["Content-Digest"] == "sha-256=:XSMq1pNAVJk6RjZK6LjzxQp0dJmB1FU8bSVugOBM1xU=:")
  }

  static let signature =
    "guest=:kboX4MHNkz5/CPn9Vkvdl9PeEboHI6VibCDXWhOILySfXrHD+k05p33yd7qkyw2iSt9YKLRk/k0z69Btd4q3Cg==:"

  @Test func whatIsSignedIsRead() throws {
    let claim = try Self.claim(try Self.headers())
    #expect(claim.request == Self.request)
    #expect(claim.isValid(for: try Self.key().publicKey))
    #expect(!claim.isValid(for: GuestSecretKey().publicKey))
    #expect(SignatureClaim.isMeant(try Self.headers()["Signature-Input"]))
    #expect(!SignatureClaim.isMeant(nil) && !SignatureClaim.isMeant("sig1=()"))
  }

  /// Whatever of a request is changed on its way, the signature is not of it.
  @Test func everyComponentIsSigned() throws {
    let headers = try Self.headers()
    let changes: [(inout SignedRequest) -> Void] = [
      { $0.method = "POST" }, { $0.path += "/" }, { $0.path = $0.path.replacing("877a", with: "977a") },
      { $0.query = "project=p" }, { $0.bodyDigest[0] ^= 1 }, { $0.bootID = "0d4f8a52" }, { $0.bootNumber += 1 },
      { $0.sequence += 1 }, { $0.inspectedAgo -= 1 },
    ]
    for (index, change) in changes.enumerated() {
      var claim = try Self.claim(headers)
      change(&claim.request)
      #expect(!claim.isValid(for: try Self.key().publicKey), "change \(index)")
    }
  }

  @Test(arguments: [
    ("Content-Digest", nil), ("Content-Digest", "sha-256=:gEZ2:"), ("Content-Digest", "sha-512=:gEZ2:"),
    ("Content-Digest", "sha-256=:"), ("Content-Digest", "sha-256=::"),
    ("Wholeimage-Boot-Id", nil), ("Wholeimage-Boot-Id", ""), ("Wholeimage-Boot-Id", "a b"),
    ("Wholeimage-Boot-Id", "a\""), ("Wholeimage-Boot-Id", String(repeating: "a", count: 65)),
    ("Wholeimage-Boot-Number", nil), ("Wholeimage-Boot-Number", "-1"), ("Wholeimage-Boot-Number", "+1"),
    ("Wholeimage-Boot-Number", "01"), ("Wholeimage-Boot-Number", "3, 3"),
    ("Wholeimage-Boot-Number", "9007199254740992"), ("Wholeimage-Report-Sequence", "1e3"),
    ("Wholeimage-Report-Sequence", "99999999999999999999"), ("Wholeimage-Inspected-Ago-Ms", " 1"),
    ("Wholeimage-Inspected-Ago-Ms", nil), ("Signature", nil), ("Signature", "guest=:AA==:"), ("Signature", "guest=::"),
    ("Signature", "sig1=:AA==:"), ("Signature", String(repeating: "A", count: 100_000)), ("Signature-Input", nil),
    ("Signature-Input", "guest=()"), ("Signature-Input", "guest=(\"@method\");keyid=\"a\";alg=\"ed25519\""),
    ("Signature-Input", "\"\"\"\"\"\"\"\""),
  ])
  func otherHeadersAreRefused(name: String, value: String?) throws {
    var headers = try Self.headers()
    headers[name] = value
    #expect(throws: SignatureClaimError(header: name)) { try Self.claim(headers) }
  }

  /// Components that are left out, in another order, or with other parameters are another form.
  @Test func onlyOneFormOfInputIsTaken() throws {
    let input = try #require(try Self.headers()["Signature-Input"])
    for changed in [
      input.replacing(" \"content-digest\"", with: ""), input.replacing("ed25519", with: "hmac-sha256"),
      input.replacing(";alg=\"ed25519\"", with: ""), input + ";created=1", input + ", " + input,
      input.replacing("\"@method\" \"@path\"", with: "\"@path\" \"@method\""), input.uppercased(),
      input.replacing("guest=", with: "other="),
    ] {
      var headers = try Self.headers()
      headers["Signature-Input"] = changed
      #expect(throws: SignatureClaimError(header: "Signature-Input")) { try Self.claim(headers) }
    }
  }

  /// Every single flipped bit of every header is noticed.
  @Test func noBitCanBeFlipped() throws {
    let headers = try Self.headers()
    let key = try Self.key().publicKey
    for (name, value) in headers {
      for index in value.utf8.indices {
        var bytes = Array(value.utf8)
        bytes[value.utf8.distance(from: value.utf8.startIndex, to: index)] ^= 1
        var changed = headers
        changed[name] = String(decoding: bytes, as: UTF8.self)
        let claim = try? Self.claim(changed)
        #expect(claim?.isValid(for: key) ?? false == false, "\(name): \(changed[name] ?? "")")
      }
    }
  }
}
