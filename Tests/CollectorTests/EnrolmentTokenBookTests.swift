// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Facts
import GRDB
import Testing

@testable import Collector
@testable import CollectorCommands

@Suite struct EnrolmentTokenBookTests {
  @Test func tokensAreMadeListedAndRevoked() async throws {
    try await CredentialsTests.withTokens { api async throws in
      let path = api.collector.configuration.database
      let book = try EnrolmentTokenBook(database: path)
      let token = try book.create(.init(project: "p1", uses: 2, hours: 24, note: "web fleet"))
      #expect(token.hasPrefix("wie_") && token.utf8.count == 68)
      let bound = try book.create(.init(project: "p2", instanceID: Fixture.guest.uppercased()))
      #expect(bound != token)
      #expect(try await TestGuest(id: "a").enrol(api, token: token).status == 200)
      let lines = try book.list()
      #expect(lines.count == 3)
      let fields = lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
      #expect(fields[0][1...4] == ["open", "p1", "-", "1/2"] && fields[0][7] == "web fleet")
      #expect(fields[1][0].isEmpty && fields[1][1] == "a" && fields[1][2].hasSuffix("Z"))
      #expect(fields[2][1...4] == ["open", "p2", Fixture.guest, "0/1"])
      #expect(!lines.joined().contains(token) && !lines.joined().contains("wie_"))
      #expect(try book.list(project: "p2").count == 1)
      #expect(try await TestGuest(id: "b").enrol(api, token: token).status == 200)
      #expect(try book.list()[0].contains("\tused\t"))
      try book.revoke(fields[0][0])
      try book.revoke(fields[0][0])
      #expect(try book.list()[0].contains("\trevoked\t"))
      #expect { try book.revoke("none") } throws: { ($0 as? CollectorFailure)?.kind == .input }
      // Nothing of a token is in the database.
      let stored = try await api.collector.store.read { db in
        try Row.fetchAll(db, sql: "SELECT * FROM enrolment_tokens").map { "\($0)" }.joined()
      }
      #expect(stored.contains(TokenDigest.of(token)) && !stored.contains(token.dropFirst(4)))
    }
  }

  @Test(
    arguments: [
      ("", nil, 1, nil, ""), (String(repeating: "p", count: 65), nil, 1, nil, ""), ("p\n", nil, 1, nil, ""),
      ("p", "../x", 1, nil, ""), ("p", "a", 2, nil, ""), ("p", nil, 0, nil, ""), ("p", nil, 1_000_001, nil, ""),
      ("p", nil, 1, 0, ""), ("p", nil, 1, 1_000_000, ""), ("p", nil, 1, nil, "a\tb"),
      ("p", nil, 1, nil, String(repeating: "n", count: 257)),
    ] as [(String, String?, Int64, Int64?, String)])
  func purposesThatAreNone(project: String, instance: String?, uses: Int64, hours: Int64?, note: String) async throws {
    try await withCollector { api in
      let book = try EnrolmentTokenBook(database: api.collector.configuration.database)
      #expect {
        try book.create(.init(project: project, instanceID: instance, uses: uses, hours: hours, note: note))
      } throws: {
        ($0 as? CollectorFailure)?.kind == .usage
      }
      #expect(try book.list().isEmpty)
    }
  }

  @Test func commandLine() throws {
    let create = try #require(
      try CollectorCommand.parseAsRoot([
        "tokens", "create", "--project", "p1", "--uses", "5", "--expires", "24", "--note", "n",
      ]) as? TokensCommand.Create)
    #expect(create.project == "p1" && create.uses == 5 && create.expires == 24)
    #expect(try CollectorCommand.parseAsRoot(["guests", "revoke", "id", "--project", "p"]) is GuestsCommand.Revoke)
    for arguments in [
      ["tokens", "create"], ["tokens", "revoke"], ["guests", "revoke"],
      ["tokens", "list", "--credentials", "c", "--database", "sqlite:d"],
      ["tokens", "create", "--project", "p", "--uses", "many"],
    ] {
      #expect {
        try CollectorCommand.parseAsRoot(arguments)
      } throws: {
        CollectorCommand.exitCode(for: $0).rawValue == 64
      }
    }
    #expect(try CommandLineTests.settings(CommandLineTests.database + ["--clones", "token"]).clones == .token)
    #expect(try CommandLineTests.settings(CommandLineTests.database, ["WHOLEIMAGE_CLONES": "admit"]).clones == .admit)
    #expect(throws: CollectorFailure.self) {
      try CommandLineTests.settings(CommandLineTests.database + ["--clones", "maybe"])
    }
  }
}
