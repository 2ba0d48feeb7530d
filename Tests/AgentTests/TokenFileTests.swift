// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Agent

@Suite struct TokenFileTests {
  private func file(_ text: String, mode: Int) throws -> String {
    let path = NSTemporaryDirectory() + "wholeimage-token-" + UUID().uuidString
    _ = FileManager.default.createFile(
      atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
    return path
  }

  @Test func readsTheToken() throws {
    let path = try file("  secret\n", mode: 0o600)
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try TokenFile.read(path) == "secret")
  }

  @Test(arguments: [("secret", 0o644), ("secret", 0o660), ("", 0o600), (" \n", 0o600)])
  func refusesWhatOthersMayReadAndWhatIsEmpty(text: String, mode: Int) throws {
    let path = try file(text, mode: mode)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let failure = #expect(throws: TokenFileFailure.self) { try TokenFile.read(path) }
    #expect(failure?.description.contains(path) == true && failure?.description.contains("secret") == false)
  }

  @Test func refusesAFolderAndNothing() {
    #expect(throws: TokenFileFailure.self) { try TokenFile.read(NSTemporaryDirectory()) }
    #expect(throws: TokenFileFailure.self) { try TokenFile.read("/nonexistent/token") }
  }
}
