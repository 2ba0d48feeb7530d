// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import GuestSigning

@Suite struct Base64Tests {
  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func vectors(plain: String, text: String) {
    #expect(Base64.text(Array(plain.utf8)) == text)
    #expect(Base64.bytes(text) == Array(plain.utf8))
  }

  @Test func everyByteComesBack() {
    for count in 0..<260 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
      #expect(Base64.bytes(Base64.text(bytes)) == bytes)
    }
  }

  /// Two texts of one value would be two signatures of one request.
  @Test(arguments: [
    "Zg", "Zg=", "Zh==", "Zm9=", "Zm 9", "Zm9v\n", "Zm9v====", "====", "=Zm9", "Zm=9", "Zm9-", "Zm9_", "Zm9\u{E4}",
    "Z===",
  ])
  func anythingElseIsNone(text: String) {
    #expect(Base64.bytes(text) == nil)
  }
}
