// SPDX-License-Identifier: Apache-2.0

import Facts
import HuaweiCloud
import Testing

/// Signed requests in which something is changed on the way.
@Suite struct SignatureDamageTests {
  static func accepts(_ one: SignedCase, _ request: SignableRequest, body: [UInt8], at time: UTCTime) -> Bool {
    (try? SignatureVerifier(one.access, one.secret).verify(request, body: .of(body), now: time)) != nil
  }

  /// The text with one byte changed; `nil` if the bytes are not UTF-8 any more or did not change.
  static func changed(_ text: String, _ random: inout SeededGenerator) -> String? {
    var bytes = Array(text.utf8)
    guard !bytes.isEmpty else { return nil }
    let index = Int.random(in: 0..<bytes.count, using: &random)
    bytes[index] = Bool.random(using: &random) ? bytes[index] ^ 0x20 : UInt8.random(in: 0x20...0x7E, using: &random)
    guard let result = String(validating: bytes, as: UTF8.self), result != text else { return nil }
    return result
  }

  /// What a path or query says, however it is escaped.
  static func meaning(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
        result.append(value)
        rest = rest.dropFirst(2)
      } else {
        result.append(byte)
      }
    }
    return result
  }

  @Test func anyChangedByteIsNoticed() throws {
    var random = SeededGenerator(seed: 11)
    var refused = 0
    for one in try SignedCase.recorded() {
      let time = try one.time()
      let isBodySigned = try SignatureVerifier(one.access, one.secret)
        .verify(one.request, body: .of(one.body), now: time).isBodySigned
      let value = try #require(one.header("authorization"))
      let signedHeaders = try SignedAuthorization(value).signedHeaders
      for round in 0..<60 {
        var request = one.request
        var body = one.body
        switch round % 5 {
        case 0:
          guard let path = Self.changed(request.path, &random), Self.meaning(path) != Self.meaning(request.path) else {
            continue
          }
          request.path = path
        case 1:
          guard let query = Self.changed(request.query, &random), Self.meaning(query) != Self.meaning(request.query)
          else { continue }
          request.query = query
        case 2:
          guard let method = Self.changed(request.method, &random) else { continue }
          request.method = method
        case 3:
          let index = Int.random(in: 0..<request.headers.count, using: &random)
          let name = request.headers[index].name.lowercased()
          guard signedHeaders.contains(name) || name == "authorization",
            let value = Self.changed(request.headers[index].value, &random),
            Self.trimmed(value) != Self.trimmed(request.headers[index].value)
          else { continue }
          request.headers[index].value = value
        default:
          guard isBodySigned else { continue }
          if body.isEmpty { body = [0x20] } else { body[Int.random(in: 0..<body.count, using: &random)] ^= 1 }
        }
        refused += 1
        #expect(!Self.accepts(one, request, body: body, at: time), "\(request) \(body)")
      }
    }
    #expect(refused > 1500)
  }

  static func trimmed(_ value: String) -> [UInt8] {
    let blanks: Set<UInt8> = [0x20, 0x09]
    return Array(value.utf8.drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }.reversed())
  }

  @Test func everyByteOfOneRequest() throws {
    let cases = try SignedCase.recorded()
    let one = try #require(
      cases.first { $0.body.count > 8 && $0.header("x-project-id") != nil && $0.header("x-sdk-content-sha256") == nil })
    let time = try one.time()
    #expect(Self.accepts(one, one.request, body: one.body, at: time))
    let authorization = try #require(one.request.headers.firstIndex { $0.name == "Authorization" })
    let bytes = Array(one.request.headers[authorization].value.utf8)
    for index in bytes.indices {
      for bit in 0..<7 {
        var changed = bytes
        changed[index] ^= 1 << bit
        var request = one.request
        request.headers[authorization].value = String(decoding: changed, as: UTF8.self)
        #expect(!Self.accepts(one, request, body: one.body, at: time), "byte \(index), bit \(bit)")
      }
    }
    #expect(!Self.accepts(one, one.request, body: one.body + [0x20], at: time))
  }

  @Test func randomRequestsNeverCrash() throws {
    var random = SeededGenerator(seed: 3)
    let pieces = [
      "/", "%", "2F", "%2f", "%C3", "%A9", "..", ".", "?", "&", "=", "+", "a", "é", "\u{0}", "\n", ";", " ",
    ]
    func text(_ most: Int) -> String {
      (0..<Int.random(in: 0...most, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }
    var signed = 0
    for _ in 0..<20_000 {
      let request = SignableRequest(
        method: "GET", path: "/" + text(4), query: text(4),
        headers: [
          .init("Host", text(1)), .init(Bool.random(using: &random) ? "X-B" : text(2), text(1)), .init("x-a", text(1)),
        ])
      let signer = RequestSigner(access: "AK", secret: "s")
      // What can be signed can be verified.
      guard let ready = try? signer.sign(request, body: .empty, at: UTCTime(milliseconds: 0)) else { continue }
      signed += 1
      let verified = try? SignatureVerifier("AK", "s").verify(ready, body: .empty, now: UTCTime(milliseconds: 0))
      #expect(verified != nil, "\(ready)")
    }
    #expect(signed > 1000)
  }
}
