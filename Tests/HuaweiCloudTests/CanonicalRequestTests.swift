// SPDX-License-Identifier: Apache-2.0

import HuaweiCloud
import Testing

@Suite struct CanonicalRequestTests {
  static func lines(
    method: String = "GET", path: String = "/", query: String = "", headers: [(String, String)] = [],
    signed: [String] = []
  ) throws -> [String] {
    let request = SignableRequest(
      method: method, path: path, query: query, headers: headers.map { .init($0.0, $0.1) })
    return try CanonicalRequest(request, signedHeaders: signed, body: .unsigned).text
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test(arguments: [
    ("/", "/"), ("/a", "/a/"), ("/a/", "/a/"), ("/a//b", "/a//b/"), ("//", "//"), ("/a+b", "/a%2Bb/"),
    ("/a%2Bb", "/a%2Bb/"), ("/a%20b", "/a%20b/"), ("/%7e~-._", "/~~-._/"), ("/%e6%95%b4", "/%E6%95%B4/"),
    ("/整", "/%E6%95%B4/"), ("/a%252Fb", "/a%252Fb/"), ("/...", "/.../"), ("/%41", "/A/"), ("/a:b@c", "/a%3Ab%40c/"),
    ("/a%0Ab", "/a%0Ab/"), ("/a%3Fb", "/a%3Fb/"),
  ])
  func paths(raw: String, canonical: String) throws {
    #expect(try Self.lines(path: raw)[1] == canonical)
  }

  @Test(arguments: [
    "", "a", "/a%2Fb", "/a%2fb", "/.", "/..", "/a/../b", "/%2e%2e/a", "/%2E", "/%", "/%4", "/%4g", "/%FF", "/%C0%AF",
    "/%ED%A0%80", "/a b", "/a?b", "/a#b", "/a\nb", "/a\0",
  ])
  func pathsThatAreRefused(raw: String) {
    #expect { try Self.lines(path: raw) } throws: { ($0 as? SignatureError)?.code == "request_ambiguous" }
  }

  @Test(arguments: [
    ("", ""), ("a=1", "a=1"), ("a", "a="), ("a=", "a="), ("=v", "=v"), ("=", "="), ("b=2&a=1", "a=1&b=2"),
    ("a=2&a=1", "a=1&a=2"), ("a=1&&b=2&", "a=1&b=2"), ("a=b=c", "a=b%3Dc"), ("a=%2B%26%3d", "a=%2B%26%3D"),
    ("a=/?:@", "a=%2F%3F%3A%40"), ("a=10&a=9", "a=10&a=9"), ("%61=1&A=2", "A=2&a=1"),
    // Sorted before they are encoded: `~` is after `Z` and before `é`, `%` and `/` do not matter.
    ("%C3%A9=1&~=2&Z=3&%2F=4", "%2F=4&Z=3&~=2&%C3%A9=1"), ("a%20=1&a=2&a%21=3", "a=2&a%20=1&a%21=3"),
    // By scalars and not by UTF-16 units.
    ("%F0%9F%98%80=1&%EF%BF%BD=2", "%EF%BF%BD=2&%F0%9F%98%80=1"),
    // Equal for people, other bytes.
    ("%C3%A9=b&e%CC%81=a", "e%CC%81=a&%C3%A9=b"),
  ])
  func queries(raw: String, canonical: String) throws {
    #expect(try Self.lines(query: raw)[2] == canonical)
  }

  @Test(arguments: ["a=b+c", "+=1", "a=%", "a=%2", "%zz=1", "a=%FF", "a=%ED%A0%80", "a=b c", "a=b#c", "a=b\nc"])
  func queriesThatAreRefused(raw: String) {
    #expect { try Self.lines(query: raw) } throws: { ($0 as? SignatureError)?.code == "request_ambiguous" }
  }

  @Test func headers() throws {
    let lines = try Self.lines(
      headers: [("X-B", " \ta  b\tc \t"), ("x-a", "整"), ("x-c", "   "), ("x-d", "not signed")],
      signed: ["x-a", "x-b", "x-c"])
    #expect(lines[3...] == ["x-a:整", "x-b:a  b\tc", "x-c:", "", "x-a;x-b;x-c", "UNSIGNED-PAYLOAD"])
  }

  @Test func headersThatAreRefused() {
    #expect(throws: SignatureError.headerRepeated("x-a")) {
      try Self.lines(headers: [("X-A", "1"), ("x-a", "1")], signed: ["x-a"])
    }
    #expect(throws: SignatureError.headerMissing("x-a")) { try Self.lines(headers: [], signed: ["x-a"]) }
    for value in ["a\nx-b:c", "a\rb", "a\0b", "a\r\nb"] {
      #expect { try Self.lines(headers: [("x-a", value)], signed: ["x-a"]) } throws: {
        ($0 as? SignatureError)?.code == "request_ambiguous"
      }
    }
    // What is not signed does not matter.
    #expect(throws: Never.self) { try Self.lines(headers: [("x-a", "1"), ("x-a", "2")]) }
  }

  @Test(arguments: ["", "get", "Get", "GET\n", "GET ", "M-SEARCH", "ＧET"])
  func methodsThatAreRefused(method: String) {
    #expect(throws: SignatureError.self) { try Self.lines(method: method) }
  }
}
