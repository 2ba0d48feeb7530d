// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Testing

/// The facts documents in `Tests/Fixtures/facts`.
enum FactsFixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures")

  /// The names of all documents, sorted.
  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "facts").path)) ?? []
    return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }()

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: "facts").appending(path: name + ".json")))
  }

  static func document(_ name: String) throws -> JSON { try JSON(parsing: bytes(name)) }

  static func facts(_ name: String) throws -> GuestFacts { try GuestFacts(json: document(name)) }
}
