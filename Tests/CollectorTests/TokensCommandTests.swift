// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Collector
import Facts
import HTTPTypes
import Testing

@testable import CollectorCommands

@Suite struct TokensCommandTests {
  @Test func aNewTokenIsWhatItsEntryKnows() async throws {
    let issued = try IssuedToken(name: "vm-1", role: "agent", projects: ["p1"], instanceID: Fixture.guest)
    #expect(issued.token.hasPrefix("wic_"))
    #expect(issued.token.utf8.count == 68)
    #expect(!issued.entry.contains(issued.token))
    let other = try IssuedToken(name: "vm-1", role: "agent", projects: ["p1"], instanceID: Fixture.guest)
    #expect(other.token != issued.token)
    // The entry as it is printed makes the token one that reports.
    let document = try JSON(parsing: Array(#"{"tokens":[\#(issued.entry)]}"#.utf8))
    try await CredentialsTests.withTokens(document) { api async throws in
      #expect(try await api.report("ready", headers: [.authorization: "Bearer \(issued.token)"]).status == 202)
      #expect(try await api.report("ready", headers: [.authorization: "Bearer \(other.token)"]).status == 401)
    }
  }

  @Test(
    arguments: [
      ("", "agent", ["p1"], nil), ("a", "root", ["p1"], nil), ("a", "agent", [], nil), ("a\nb", "agent", ["p1"], nil),
      ("a", "operator", ["p1"], Fixture.guest), ("a", "agent", ["p1"], "../x"), ("iam:a", "agent", ["p1"], nil),
    ] as [(String, String, [String], String?)])
  func whatTheFileWouldNotTakeIsNotMade(name: String, role: String, projects: [String], instanceID: String?) {
    #expect {
      try IssuedToken(name: name, role: role, projects: projects, instanceID: instanceID)
    } throws: {
      ($0 as? CollectorFailure)?.kind == .usage
    }
  }

  @Test func theHashIsThatOfTheToken() throws {
    // printf %s abc | sha256sum
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(try TokensCommand.Hash.hash(of: "abc") == expected)
    for line in [nil, "", "a b", "abc ", "\u{E4}"] {
      #expect(throws: CollectorFailure.self) { try TokensCommand.Hash.hash(of: line) }
    }
  }

  @Test func theListingHasNothingSecret() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(KeyHolder.document.text, to: "credentials.json")
    let lines = try CredentialsListing.lines(ofFile: path)
    #expect(
      lines == [
        "token  admin        operator      p1,p2", "token  agents       agent         p1",
        "token  both         orchestrator  p1,p2", "token  guest        agent         p1     \(Fixture.guest)",
        "token  other        orchestrator  p2",
        "token  terraform    orchestrator  p1     forwards with a token of the cloud",
        "key    AKAGENTS     agent         p1", "key    AKBOTH       orchestrator  p1,p2",
        "key    AKOTHER      orchestrator  p2", "key    AKTERRAFORM  orchestrator  p1",
      ])
    #expect(!lines.contains { $0.contains("secret-of") || $0.contains("cloud-token-of") })
    let open = try folder.write(KeyHolder.document.text, to: "open.json", mode: 0o644)
    #expect(throws: CollectorFailure.self) { try CredentialsListing.lines(ofFile: open) }
  }

  @Test(arguments: [
    ["tokens", "new", "--name", "a", "--role", "agent"], ["tokens", "new", "--role", "agent", "--project", "p"],
    ["tokens", "hash", "the-token-itself"], ["tokens", "list", "more"],
  ])
  func usageErrors(arguments: [String]) {
    #expect {
      try CollectorCommand.parseAsRoot(arguments)
    } throws: {
      CollectorCommand.exitCode(for: $0).rawValue == 64
    }
  }

  @Test func severalProjects() throws {
    let arguments = ["tokens", "new", "--name", "a", "--role", "operator", "--project", "p1", "--project", "p2"]
    let command = try #require(try CollectorCommand.parseAsRoot(arguments) as? TokensCommand.New)
    #expect(command.project == ["p1", "p2"])
  }
}
