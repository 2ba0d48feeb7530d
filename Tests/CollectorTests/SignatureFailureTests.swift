// SPDX-License-Identifier: Apache-2.0

import Facts
import HTTPTypes
import HuaweiCloud
import Testing

@testable import Collector

@Suite struct SignatureFailureTests {
  /// Every way in which a signed order can be wrong, and what the answer says of it.
  @Test(
    arguments: [
      ("wrong secret", "the access key is not known or the signature does not match"),
      ("unknown key", "the access key is not known or the signature does not match"),
      ("other body", "the signature does not match"), ("shorter body", "the signature does not match"),
      ("other path", "the signature does not match"), ("other query", "the signature does not match"),
      ("other method", "the signature does not match"), ("other host", "the signature does not match"),
      ("other project", "the signature does not match"), ("other date", "the signature does not match"),
      ("unsigned project", #"the header "x-project-id" is not among the signed headers"#),
      ("unsigned token", #"the header "x-auth-token" is not among the signed headers"#),
      ("repeated project", "occurs more than once"), ("temporary key", "temporary key (X-Security-Token)"),
      ("too old", "the request was signed at 2026-02-02T02:24:59.000Z and it is 2026-02-02T02:40:00.000Z here"),
      ("too early", "the request was signed at 2026-02-02T02:55:01.000Z and it is 2026-02-02T02:40:00.000Z here"),
      ("no date", #"the header "x-sdk-date" is signed or must be, and is missing"#),
      ("date in words", "X-Sdk-Date must be a time as 20240102T030405Z"),
      ("other algorithm", #"the signature algorithm "SDK-HMAC-SM3" is not supported"#),
      ("no fields", "the Authorization header is not"), ("capitals", "64 lower-case hexadecimal digits"),
      ("hash of another body", "X-Sdk-Content-Sha256 is not the SHA-256 of the body"),
      ("unsigned JSON", "which only a Content-Type other than JSON allows"),
      ("unsigned bytes", "the body is not signed"), ("escaped slash", "an escaped /"), ("plus", "the query has a +"),
    ])
  func whatIsWrong(_ what: String, words: String) async throws {
    try await SignedRequestTests.withKeys { api async throws in
      let time = api.clock.clock().now().wall
      var holder = KeyHolder.terraform
      var target = WholeImageRequest.path
      var method = HTTPRequest.Method.post
      var body = SignedRequestTests.body
      var extra = SignedRequestTests.json
      var signedAt = time
      var bodyHash: BodyHash?
      switch what {
      case "wrong secret": holder.secret += "x"
      case "unknown key": holder.access = "AKNOBODY"
      case "temporary key": extra["X-Security-Token"] = "sts"
      case "other project": extra["X-Project-Id"] = "p1"
      case "too old": signedAt.milliseconds -= 901_000
      case "too early": signedAt.milliseconds += 901_000
      case "unsigned bytes":
        extra["Content-Type"] = "application/octet-stream"
        bodyHash = .unsigned
      default: break
      }
      var headers = try holder.headers(
        "POST", target, extra, body: body, bodyHash: bodyHash, host: what == "other host" ? "ims.example" : "localhost",
        at: signedAt)
      let authorization = try #require(headers[.authorization])
      switch what {
      case "other body": body[body.count - 3] ^= 1
      case "shorter body": body.removeLast()
      case "other path": target = "/v1/decisions"
      case "other query": target += "?project=p1"
      case "other method":
        method = .get
        target = "/v1/cloudimages/job/x"
        body = []
      case "other project": headers[.projectID] = "p2"
      case "other date":
        headers[try #require(.init("X-Sdk-Date"))] = SigningTime.text(UTCTime(milliseconds: time.milliseconds + 1000))
      case "unsigned project": headers[.projectID] = "p1"
      case "unsigned token": headers[.authToken] = "t"
      case "repeated project":
        headers.append(HTTPField(name: .projectID, value: "p1"))
        headers.append(HTTPField(name: .projectID, value: "p1"))
      case "no date": headers[try #require(.init("X-Sdk-Date"))] = nil
      case "date in words": headers[try #require(.init("X-Sdk-Date"))] = "now"
      case "other algorithm":
        headers[.authorization] = authorization.replacing("SDK-HMAC-SHA256", with: "SDK-HMAC-SM3")
      case "no fields": headers[.authorization] = "SDK-HMAC-SHA256 AKTERRAFORM"
      case "capitals": headers[.authorization] = String(authorization.dropLast(64)) + String(repeating: "A", count: 64)
      case "hash of another body":
        headers[.contentHash] = BodyHash.empty.text
        headers[.authorization] = authorization.replacing("host;x-sdk", with: "host;x-sdk-content-sha256;x-sdk")
      case "unsigned JSON":
        headers[.contentHash] = "UNSIGNED-PAYLOAD"
        headers[.authorization] = authorization.replacing("host;x-sdk", with: "host;x-sdk-content-sha256;x-sdk")
      case "escaped slash": target = "/v1/guests/a%2Fb"
      case "plus": target = "/v1/guests?verdict=a+b"
      default: break
      }
      if what == "escaped slash" || what == "plus" { (method, body) = (.get, []) }
      let answer = try await api.call(method, target, headers: headers, bytes: body.isEmpty ? nil : body)
      #expect(answer.status == 401, "\(answer.text)")
      #expect(answer.code == "APIGW.0301")
      #expect(answer["error"]?["message"]?.string?.contains(words) == true, "\(answer.text)")
      #expect(answer.headers[.wwwAuthenticate] == "Bearer, SDK-HMAC-SHA256")
      #expect(!answer.text.contains(holder.secret))
      #expect(!answer.text.contains(String(authorization.suffix(64))))
      let decisions = try await WholeImageActionTests.decisions(api)
      #expect(decisions.isEmpty)
    }
  }
}
