// SPDX-License-Identifier: Apache-2.0

import HuaweiCloud
import Testing

@Suite struct SignedAuthorizationTests {
  static let signature = String(repeating: "0a", count: 32)
  static let good = "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=\(signature)"

  @Test func parts() throws {
    let authorization = try SignedAuthorization(Self.good)
    #expect(authorization.access == "AK")
    #expect(authorization.signedHeaders == ["host", "x-sdk-date"])
    #expect(authorization.signature == Self.signature)
    #expect(authorization.text == Self.good)
  }

  @Test(arguments: [
    "SDK-HMAC-SM3", "SDK-ECDSA-P256-SHA256", "SDK-SM2-SM3", "V11-HMAC-SHA256", "SDK-HMAC-SHA512", "sdk-hmac-sha256",
    "SD\u{212A}-HMAC-SHA256", "Bearer", "Basic", "",
  ])
  func otherAlgorithms(name: String) {
    let error = #expect(throws: SignatureError.self) {
      try SignedAuthorization("\(name) Access=AK, SignedHeaders=host;x-sdk-date, Signature=\(Self.signature)")
    }
    #expect(error == .algorithmUnsupported(name))
    #expect(error?.description.contains("sign with SDK-HMAC-SHA256") == true)
  }

  @Test(arguments: [
    (good, true), ("SDK-HMAC-SM3 x", true), ("V11-HMAC-SHA256 x", true), ("sdk-x", true), ("Bearer SDK-x", false),
    ("SD\u{212A}-HMAC-SHA256 x", false), ("SDK", false), ("", false), (" SDK-HMAC-SHA256", false),
  ])
  func whatIsMeantAsASignature(value: String, isMeant: Bool) {
    #expect(SignedAuthorization.isMeant(value) == isMeant)
  }

  @Test(arguments: [
    "", "SDK-HMAC-SHA256", "SDK-HMAC-SHA256 ", "SDK-HMAC-SHA256  Access=A, SignedHeaders=a, Signature=S",
    "SDK-HMAC-SHA256\tAccess=A, SignedHeaders=a, Signature=S", "SDK-HMAC-SHA256 Access=A,SignedHeaders=a,Signature=S",
    "SDK-HMAC-SHA256 Access=A,  SignedHeaders=a, Signature=S", "SDK-HMAC-SHA256 access=A, SignedHeaders=a, Signature=S",
    "SDK-HMAC-SHA256 SignedHeaders=a, Access=A, Signature=S", "SDK-HMAC-SHA256 Access=A, Signature=S",
    "SDK-HMAC-SHA256 Access=A, SignedHeaders=a", "SDK-HMAC-SHA256 Access=A, SignedHeaders=a, Signature=",
    "SDK-HMAC-SHA256 Access=, SignedHeaders=a, Signature=S", "SDK-HMAC-SHA256 Access=A B, SignedHeaders=a, Signature=S",
    "SDK-HMAC-SHA256 Access=é, SignedHeaders=a, Signature=S", "SDK-HMAC-SHA256 Access=A, SignedHeaders=, Signature=S",
    "SDK-HMAC-SHA256 Access=A, SignedHeaders=b;a, Signature=S",
    "SDK-HMAC-SHA256 Access=A, SignedHeaders=a;a, Signature=S",
    "SDK-HMAC-SHA256 Access=A, SignedHeaders=a;, Signature=S",
    "SDK-HMAC-SHA256 Access=A, SignedHeaders=;a, Signature=S",
    "SDK-HMAC-SHA256 Access=A, SignedHeaders=A, Signature=S",
    "SDK-HMAC-SHA256 Access=A, SignedHeaders=a b, Signature=S",
    "SDK-HMAC-SHA256 Access=A, SignedHeaders=a:b, Signature=S",
    "SDK-HMAC-SHA256 Access=A, SignedHeaders=a, Signature=S ",
    "SDK-HMAC-SHA256 Access=A, SignedHeaders=a, Signature=S0",
    "SDK-HMAC-SHA256 Access=A, SignedHeaders=a, Signature=S, x=y",
    "SDK-HMAC-SHA256 Access=A, Access=B, SignedHeaders=a, Signature=S",
    "SDK-HMAC-SHA256 Access=A, SignedHeaders=a, Signature=U",
  ])
  func malformed(text: String) {
    var value = text.split(separator: "=S", omittingEmptySubsequences: false).joined(separator: "=" + Self.signature)
    value = value.split(separator: "=U", omittingEmptySubsequences: false)
      .joined(separator: "=" + Self.signature.uppercased())
    let error = #expect(throws: SignatureError.self) { try SignedAuthorization(value) }
    #expect(["authorization_malformed", "algorithm_unsupported"].contains(error?.code), "\(value)")
  }

  @Test func lengthsAreBounded() {
    let names = (0..<4000).map { "x\(10_000 + $0)" }.joined(separator: ";")
    #expect(throws: SignatureError.self) {
      try SignedAuthorization("SDK-HMAC-SHA256 Access=A, SignedHeaders=\(names), Signature=\(Self.signature)")
    }
    let key = String(repeating: "A", count: 129)
    #expect(throws: SignatureError.self) {
      try SignedAuthorization("SDK-HMAC-SHA256 Access=\(key), SignedHeaders=a, Signature=\(Self.signature)")
    }
  }

  @Test func randomValuesNeverCrash() throws {
    var random = SeededGenerator(seed: 5)
    let pieces = [
      "SDK-HMAC-SHA256", " ", "Access=", "AK", ", ", ",", "SignedHeaders=", "host", ";", "x-sdk-date", "Signature=",
      "=",
      Self.signature, "\u{0}", "é", "\u{301}", "\n", "%",
    ]
    var read = 0
    for round in 0..<20_000 {
      var text = Self.good
      if round % 2 == 0 {
        text = (0..<Int.random(in: 0..<14, using: &random)).map { _ in
          pieces.randomElement(using: &random) ?? ""
        }.joined()
      } else {
        var scalars = Array(text.unicodeScalars)
        let index = Int.random(in: 0..<scalars.count, using: &random)
        switch round % 6 {
        case 1: scalars.remove(at: index)
        case 3: scalars.insert(scalars[Int.random(in: 0..<scalars.count, using: &random)], at: index)
        default: scalars[index] = Unicode.Scalar(UInt8.random(in: 0..<128, using: &random))
        }
        text = String(String.UnicodeScalarView(scalars))
      }
      // What is read is written again as it was: nothing of it was passed over.
      if let authorization = try? SignedAuthorization(text) {
        read += 1
        #expect(authorization.text == text)
      }
    }
    #expect(read > 100)
  }
}
