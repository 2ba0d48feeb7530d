// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A server enrols, is copied, and both go on: the real agent before the real collector.
@Suite(.serialized) struct EnrolmentTests {
  /// A collector that lets nobody in but by enrolment.
  private final class Fleet {
    let folder: String
    let collector: Service
    let url: String
    private var database: [String] { ["--database", "sqlite:\(folder)/collector.db"] }

    init() throws {
      folder = NSTemporaryDirectory() + "wholeimage-fleet-" + UUID().uuidString
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let credentials = "\(folder)/credentials.json"
      try Data(#"{"tokens":[]}"#.utf8).write(to: URL(filePath: credentials))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: credentials)
      collector = try Service(
        "wholeimage-collector",
        [
          "serve", "--listen", "127.0.0.1:0", "--database", "sqlite:\(folder)/collector.db", "--credentials",
          credentials,
        ])
      url = "http://" + (try collector.said("serving http://"))
    }

    func stop() {
      collector.stop()
      try? FileManager.default.removeItem(atPath: folder)
    }

    /// Runs a command of the collector on its database.
    func manage(_ arguments: [String]) throws -> Program.Outcome {
      try Program.run("wholeimage-collector", arguments + database)
    }

    /// A new enrolment token in a file.
    func token(_ name: String) throws -> String {
      let made = try manage(["tokens", "create", "--project", "p1"])
      #expect(made.status == 0)
      let path = "\(folder)/\(name)"
      try Data(made.output.utf8).write(to: URL(filePath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      return path
    }

    /// An agent with a state directory of its own.
    func agent(_ state: String, _ instance: String, token: String? = nil, socket: String? = nil) throws -> Service {
      var arguments = [
        "run", "--collector", url, "--state-directory", "\(folder)/\(state)", "--instance-id", instance, "--socket",
        "\(folder)/\(socket ?? state).sock",
      ]
      if let token { arguments += ["--enrolment-token-file", token] }
      return try Service("wholeimage-agent", arguments)
    }

    func shown(_ instance: String) throws -> [String: Any] {
      let shown = try manage(["guests", "show", instance])
      return try #require(try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any])
    }
  }

  private static let original = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"
  private static let copy = "0c1d2e3f-1111-4222-8333-444455556666"
  private static let reported = "the collector has this server's facts"

  @Test func aServerAndItsCopy() async throws {
    let fleet = try Fleet()
    defer { fleet.stop() }
    let token = try fleet.token("token")
    let first = try fleet.agent("first", Self.original, token: token)
    defer { first.stop() }
    _ = try first.said(Self.reported)
    let before = try fleet.shown(Self.original)

    // What a whole image holds: the state, and the token that was used. The copy needs nobody's hand.
    let folder = fleet.folder
    try FileManager.default.copyItem(atPath: "\(folder)/first", toPath: "\(folder)/second")
    let second = try fleet.agent("second", Self.copy, token: token)
    defer { second.stop() }
    #expect(try second.said("this server is a copy of ").hasPrefix(Self.original))
    _ = try second.said(Self.reported)
    let lineage = try fleet.shown(Self.copy)["lineage"] as? [String: Any]
    #expect(lineage?["parent_instance_id"] as? String == Self.original)
    let keys = try [Self.original, Self.copy].map { try fleet.shown($0)["keys"] as? [[String: Any]] ?? [] }
    #expect(keys.map(\.count) == [1, 1])
    #expect(keys[0].first?["key_id"] as? String != keys[1].first?["key_id"] as? String)
    #expect((before["keys"] as? [[String: Any]])?.first?["key_id"] as? String == keys[0].first?["key_id"] as? String)

    // Both start again without the token's file.
    try FileManager.default.removeItem(atPath: token)
    #expect(first.stop() == 0 && second.stop() == 0)
    for (state, instance) in [("first", Self.original), ("second", Self.copy)] {
      let again = try fleet.agent(state, instance)
      _ = try again.said(Self.reported)
      #expect(again.stop() == 0)
      #expect((try fleet.shown(instance)["keys"] as? [[String: Any]])?.count == 1)
    }
    #expect(try fleet.manage(["guests", "list"]).output.split(separator: "\n").count == 2)
    #expect(try fleet.manage(["tokens", "list"]).output.contains("\tused\tp1\t-\t1/1\t"))
  }

  /// A revoked key is replaced where there is a token, and nothing is taken of it any more.
  @Test func aRevokedServerEnrolsAnew() async throws {
    let fleet = try Fleet()
    defer { fleet.stop() }
    let first = try fleet.agent("first", Self.original, token: try fleet.token("token"))
    _ = try first.said(Self.reported)
    #expect(first.stop() == 0)
    #expect(try fleet.manage(["guests", "revoke", Self.original]).status == 0)
    let again = try fleet.agent("first", Self.original, token: try fleet.token("second-token"))
    defer { again.stop() }
    _ = try again.said("key was revoked, by an operator")
    _ = try again.said(Self.reported)
    let keys = try fleet.shown(Self.original)["keys"] as? [[String: Any]] ?? []
    #expect(keys.map { $0["revoked_at"] is NSNull } == [true, false])
  }

  /// Without a token and without a state it says what is missing, and nothing is recorded.
  @Test func aStrangerIsNotLetIn() async throws {
    let fleet = try Fleet()
    defer { fleet.stop() }
    let stranger = try fleet.agent("stranger", Self.original, token: "\(fleet.folder)/none")
    defer { stranger.stop() }
    _ = try stranger.said("the collector answered 401")
    #expect(try fleet.manage(["guests", "list"]).output.isEmpty)
    // Two agents on one state would make two keys of one server.
    let second = try fleet.agent("stranger", Self.original, token: "\(fleet.folder)/none", socket: "other")
    _ = try second.said("another agent uses the state directory")
    #expect(second.stop() != 0)
  }
}
