// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Testing

/// Digests are stored for years and compared with those of other releases: how they are made cannot change under one
/// prefix, however they are made faster.
@Suite struct DigestFormTests {
  /// The topology digests of the fixtures as the first release that stored any wrote them.
  @Test func topologyDigestsAreThoseOfOlderReleases() throws {
    let file = FactsFixtures.folder.appending(path: "digests").appending(path: "topology.json")
    let expected = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: file))
    #expect(expected.count >= 44)
    for (name, digest) in expected { #expect(try FactsFixtures.facts(name).topologyDigest == digest, "\(name)") }
  }

  /// The bytes that a document came in are digested as the document is.
  @Test(arguments: FactsFixtures.names) func theBytesOfADocumentGiveItsDigest(_ name: String) throws {
    let pretty = try FactsFixtures.bytes(name)
    let document = try JSON(parsing: pretty)
    let canonical = document.canonicalBytes
    if !canonical.contains(UInt8(ascii: "\\")) {
      #expect(try JSONText(parsing: canonical).canonicalMembers?.count == document.object?.members.count)
    }
    for bytes in [pretty, canonical, canonical + [0x20], canonical + [0x0A]] {
      let text = try JSONText(parsing: bytes)
      #expect(text.value == document)
      #expect(Digest.ofFacts(text, in: bytes) == Digest.ofFacts(document))
      #expect(Digest.ofFacts(text, in: bytes.lazy.map { $0 }) == Digest.ofFacts(document))
    }
  }

  /// What is canonical is told from what only means the same.
  @Test(
    arguments: [
      (#"{}"#, true), (#"{"a":1,"b":[],"c":{}}"#, true), (#"{"a":-1,"b":18446744073709551615}"#, true),
      (#"{"a":"中é😀/"}"#, true), (#"{"a":{"b":[true,false,null]}}"#, true),
      (#"{ }"#, false), (#"{"b":1,"a":2}"#, false), (#"{"a":{"c":1,"b":2}}"#, false), (#"{"a": 1}"#, false),
      (#"{"a":1 }"#, false), (#" {"a":1}"#, false), (#"{"a":1.5}"#, false), (#"{"a":1e2}"#, false),
      (#"{"a":-0}"#, false), (#"{"a":"\/"}"#, false), (#"{"a":"\u0041"}"#, false), (#"{"\u0061":1}"#, false),
      ("{\"a\":\"\u{7F}\"}", false), (#"[]"#, false), (#""a""#, false),
    ] as [(String, Bool)]) func canonicalBytesAreRecognised(_ text: String, _ isCanonical: Bool) throws
  {
    let bytes = Array(text.utf8)
    let read = try JSONText(parsing: bytes)
    #expect((read.canonicalMembers != nil) == isCanonical)
    #expect(Digest.ofFacts(read, in: bytes) == Digest.ofFacts(read.value))
    if isCanonical { #expect(read.value.canonicalBytes == bytes) }
  }

  /// Whatever is changed in a canonical document: it is taken for canonical only if it is.
  @Test func noChangedByteIsTakenForCanonical() throws {
    let bytes = try FactsFixtures.document("harmless-gap").canonicalBytes
    for position in bytes.indices {
      for replacement: UInt8 in [0x20, 0x22, 0x30, 0x2D, 0x2C, 0x7F, bytes[position] ^ 1] {
        var changed = bytes
        changed[position] = replacement
        guard let text = try? JSONText(parsing: changed), text.canonicalMembers != nil else { continue }
        if text.value.canonicalBytes != changed { Issue.record("byte \(position) as \(replacement)") }
      }
    }
  }

  @Test(arguments: FactsFixtures.names) func piecesMakeTheWhole(_ name: String) throws {
    let document = try FactsFixtures.document(name)
    var canonical: [UInt8] = []
    var pretty: [UInt8] = []
    document.canonicalPieces { canonical += $0 }
    document.prettyPieces { pretty += $0 }
    #expect(canonical == document.canonicalBytes && pretty == document.prettyBytes)
    #expect(Digest.of(document) == Digest.of(bytes: document.canonicalBytes))
  }
}
