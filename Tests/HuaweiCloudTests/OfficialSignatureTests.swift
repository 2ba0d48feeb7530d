// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import HuaweiCloud
import Testing

/// Our signatures against those of the cloud's official Python client.
@Suite struct OfficialSignatureTests {
  static let access = "EXAMPLEAKEXAMPLEAK00"
  static let secret = "EXAMPLESKEXAMPLESKEXAMPLESKEXAMPLESK0000"
  static let project = "0123456789abcdef0123456789abcdef"

  /// The vectors of the API reference: method, path, query, type, body, the canonical form's hash, the signature.
  @Test(arguments: [
    (
      "POST", "/v1/cloudimages/wholeimages/action", "", "application/json;charset=UTF-8",
      #"{"name":"backup_whole_image","backup_id":"9b27efab-4a17-4c06-bfa2-3e0cf021d3c3","whole_image_type":"CBR","image_tags":[{"key":"key1","value":"value1"}]}"#,
      "76d7fad0398de7ed4b72145edf098365c2b4976729223e42714542e59169ff1a",
      "b3a94f5766c615ca4420052b5893e2139a9472635ed6f4f9481fc9df914a31ac"
    ),
    (
      "GET", "/v1/0123456789abcdef0123456789abcdef/jobs/4010a32b5f909853015f90aaa24b0015", "", "application/json", "",
      "17d7b33f697009fa952d92ecd19213a9661b87c5d5b80a0d3d99dcfde78a3815",
      "23fd77c384b16bb566114dad621f16e2b2525a4dc4570614a7d582ed20ce8134"
    ),
    (
      "GET", "/v2/cloudimages", "__whole_image=true&limit=10&name=a%20b%2F%E6%95%B4&tag=z&tag=a", "application/json",
      "",
      "d6dc2a90b0b943e9a5e1c5161f219273a5f80bb831ad529343c6c847be06da81",
      "cd505b4a180d3b52231e0ac6f7aa8988ebbbeb4dd6070bf0fca2e77776066b94"
    ),
  ])
  func vectors(
    method: String, path: String, query: String, type: String, body: String, canonicalHash: String, signature: String
  ) throws {
    let request = SignableRequest(
      method: method, path: path, query: query,
      headers: [
        .init("Host", "ims.example.test"), .init("Content-Type", type), .init("X-Project-Id", Self.project),
      ])
    let time = try #require(UTCTime(rfc3339: "2024-01-02T03:04:05Z"))
    let signed = try RequestSigner(access: Self.access, secret: Self.secret)
      .sign(request, body: .of(body.utf8), at: time)
    let value = try #require(signed.headers.last { $0.name == "Authorization" }?.value)
    let authorization = try SignedAuthorization(value)
    #expect(authorization.signedHeaders == ["content-type", "host", "x-project-id", "x-sdk-date"])
    #expect(authorization.signature == signature)
    let canonical = try CanonicalRequest(signed, signedHeaders: authorization.signedHeaders, body: .of(body.utf8))
    #expect(
      canonical.stringToSign(date: "20240102T030405Z") == "SDK-HMAC-SHA256\n20240102T030405Z\n\(canonicalHash)")
    let verified = try SignatureVerifier(Self.access, Self.secret).verify(signed, body: .of(body.utf8), now: time)
    #expect(verified.headers["x-project-id"] == Self.project)
    #expect(verified.isBodySigned)
  }

  @Test func canonicalFormOfTheFirstVector() throws {
    let request = SignableRequest(
      method: "POST", path: "/v1/cloudimages/wholeimages/action", query: "",
      headers: [.init("HOST", " ims.example.test\t"), .init("x-sdk-date", "20240102T030405Z"), .init("x-b", "")])
    let canonical = try CanonicalRequest(request, signedHeaders: ["host", "x-b", "x-sdk-date"], body: .empty)
    #expect(
      canonical.text == """
        POST
        /v1/cloudimages/wholeimages/action/

        host:ims.example.test
        x-b:
        x-sdk-date:20240102T030405Z

        host;x-b;x-sdk-date
        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
        """)
  }

  @Test func recordedRequests() throws {
    let cases = try SignedCase.recorded()
    #expect(cases.count == 60)
    for one in cases { try Self.check(one) }
  }

  @Test(.enabled(if: SignedCase.fresh != nil, "Tests/signatures makes the requests with the official client"))
  func freshRequests() throws {
    let file = try #require(SignedCase.fresh)
    let cases = try SignedCase.read(URL(filePath: file))
    #expect(cases.count >= 500)
    for one in cases { try Self.check(one) }
    print("\(cases.count) requests that the official client signed: signed alike and verified")
  }

  private static func check(_ one: SignedCase) throws {
    let body = BodyHash.of(one.body)
    let time = try one.time()
    let verified = try SignatureVerifier(one.access, one.secret).verify(one.request, body: body, now: time)
    #expect(verified.access == one.access && verified.signed == time)
    #expect(throws: SignatureError.notVerified) {
      try SignatureVerifier(one.access, one.secret + "x").verify(one.request, body: body, now: time)
    }
    #expect(throws: SignatureError.notVerified) {
      try SignatureVerifier("other", one.secret).verify(one.request, body: body, now: time)
    }
    // Our signer signs the body itself, whatever hash a client gave.
    guard !one.hasOwnHash else { return }
    var unsigned = one.request
    unsigned.headers.removeAll { ["authorization", "x-sdk-date"].contains($0.name.lowercased()) }
    let signed = try RequestSigner(access: one.access, secret: one.secret).sign(unsigned, body: body, at: time)
    #expect(signed.headers.last?.value == one.header("authorization"), "\(one.testDescription)")
  }
}
