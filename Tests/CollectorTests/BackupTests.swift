// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Testing

@testable import Collector

@Suite struct BackupTests {
  @Test func aServedDatabaseIsCopied() async throws {
    let folder = try ScratchFolder()
    try await withCollector(database: folder.file("s.sqlite")) { api in
      _ = try await api.report("ready")
      let id = try #require(try await api.decide()["id"]?.string)
      try Backup.copy(database: folder.file("s.sqlite"), to: folder.file("copy.sqlite"))
      _ = try await api.report("volume-group-on-two-disks")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("copy") }
      #expect(files == ["copy.sqlite"])
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("copy.sqlite"))
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      try await withCollector(database: folder.file("copy.sqlite")) { copy async throws in
        #expect(try await copy.get("/v1/guests/\(Fixture.guest)")["verdict"] == "ready")
        #expect(try await copy.get("/v1/decisions/\(id)")["decision"] == "allow")
      }
      #expect(try await api.get("/v1/guests/\(Fixture.guest)")["verdict"] == "not_ready")
    }
  }

  @Test func nothingIsOverwritten() async throws {
    let folder = try ScratchFolder()
    try await withCollector(database: folder.file("s.sqlite")) { _ in
      let target = try folder.write("precious", to: "target")
      try FileManager.default.createSymbolicLink(
        atPath: folder.file("dangling"), withDestinationPath: folder.file("nowhere"))
      for file in [target, folder.file("dangling"), folder.file("no/such/folder"), folder.path] {
        #expect {
          try Backup.copy(database: folder.file("s.sqlite"), to: file)
        } throws: {
          ($0 as? CollectorFailure)?.kind == .inputOutput
        }
      }
      #expect(try String(contentsOfFile: target, encoding: .utf8) == "precious")
      #expect(!FileManager.default.fileExists(atPath: folder.file("nowhere")))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".partial") }
      #expect(left == [])
    }
  }

  @Test func whatIsNoDatabaseIsRefused() throws {
    let folder = try ScratchFolder()
    let text = try folder.write(String(repeating: "text\n", count: 1000), to: "text")
    let empty = try folder.write("", to: "empty")
    for source in [text, empty, folder.file("absent")] {
      #expect(throws: CollectorFailure.self) { try Backup.copy(database: source, to: folder.file("copy")) }
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("absent")))
    #expect(!FileManager.default.fileExists(atPath: folder.file("copy")))
  }
}
