// SPDX-License-Identifier: Apache-2.0

import DiskpartCapture
import Facts
import Foundation
import Testing

/// The captures in `Tests/Fixtures/diskpart`: each with its facts, in one or several encodings.
enum CaptureFixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/diskpart")

  /// The names of all captures, sorted.
  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }()

  /// Every file of every capture with the encoding that it is in.
  static let files: [CaptureFile] = names.flatMap { name in
    let entries = (try? expected(name)["encodings"]?.array) ?? []
    return entries.map { entry in
      CaptureFile(name: name, file: entry["file"]?.string ?? "", encoding: entry["encoding"]?.string ?? "")
    }
  }

  static func bytes(file: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: file)))
  }

  static func bytes(_ name: String) throws -> [UInt8] { try bytes(file: name + ".txt") }

  static func expected(_ name: String) throws -> JSON {
    try JSON(parsing: bytes(file: name + ".json"))
  }

  /// The facts of a capture.
  static func read(_ bytes: [UInt8], _ encoding: CaptureEncoding? = nil) throws -> GuestFacts {
    let empty = GuestFacts(collectedAt: "2025-11-20T08:15:30Z", agentVersion: "0")
    let facts = try DiskpartCapture.read(bytes, encoding: encoding, into: empty)
    // What is written must be read again as it was.
    guard try GuestFacts(json: facts.json) == facts else { throw DocumentError(reason: "not the same again") }
    return facts
  }
}

/// Numbers that are the same in every run.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  /// xorshift64*.
  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return (state &* 0x2545_F491_4F6C_DD1D) >> 11
  }
}

/// One file of a capture.
struct CaptureFile: Sendable, CustomTestStringConvertible {
  var name: String
  var file: String
  var encoding: String
  var testDescription: String { file }
}
