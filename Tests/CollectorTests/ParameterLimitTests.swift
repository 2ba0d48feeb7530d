// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import HTTPTypes
import HuaweiCloud
import Testing

@testable import Collector
@testable import Simulation

/// Every parameter of an order at, below and above its limit, over HTTP and in both forms.
@Suite struct ParameterLimitTests {
  typealias Scene = SimulatedScene

  /// Members of an order beside what it is made from; `nil` as the code: it is ordered.
  struct Row: Sendable {
    var members: [(String, JSON?)]
    var code: String?

    init(_ code: String?, _ members: (String, JSON?)...) {
      self.members = members
      self.code = code
    }
  }

  private static func text(_ count: Int, _ character: String = "a") -> JSON {
    .string(String(repeating: character, count: count))
  }

  private static func tags(_ count: Int) -> JSON { .array((0..<count).map { .string("k\($0).v") }) }

  private static func pairs(_ count: Int) -> JSON { .array((0..<count).map { pair(.string("k\($0)"), "v") }) }

  private static func pair(_ key: JSON?, _ value: JSON?) -> JSON { .members(("key", key), ("value", value)) }

  static let names: [Row] = [
    Row("IMG.0013", ("name", nil)), Row("IMG.0013", ("name", .null)), Row("IMG.0013", ("name", "")),
    Row(nil, ("name", "a")), Row(nil, ("name", text(127))), Row(nil, ("name", text(128))),
    Row("IMG.0002", ("name", text(129))), Row(nil, ("name", text(128, "整"))), Row("IMG.0002", ("name", text(129, "整"))),
    Row("IMG.0003", ("name", " a")), Row("IMG.0003", ("name", "a ")), Row("IMG.0003", ("name", " ")),
    Row(nil, ("name", "a b")), Row(nil, ("name", "A-z_0.9")), Row("IMG.0003", ("name", "a/b")),
    Row("IMG.0003", ("name", "\u{4DFF}")), Row(nil, ("name", "\u{4E00}")), Row(nil, ("name", "\u{9FFF}")),
    Row("IMG.0003", ("name", "\u{A000}")), Row("IMG.0003", ("name", "😀")), Row("IMG.0003", ("name", "a\tb")),
    Row("IMG.0062", ("name", 5)), Row("IMG.0062", ("name", ["a"])),
  ]

  static let descriptions: [Row] = [
    Row(nil, ("description", .null)), Row(nil, ("description", "")), Row(nil, ("description", text(1023))),
    Row(nil, ("description", text(1024))), Row("IMG.0004", ("description", text(1025))),
    Row(nil, ("description", text(1024, "😀"))), Row("IMG.0004", ("description", text(1025, "整"))),
    Row("IMG.0054", ("description", "a\nb")), Row("IMG.0054", ("description", "a\rb")),
    Row("IMG.0054", ("description", "<b")), Row("IMG.0054", ("description", "a>")),
    Row(nil, ("description", " a\tb& ")), Row("IMG.0054", ("description", true)),
  ]

  static let tagRows: [Row] = [
    Row(nil, ("tags", .null)), Row(nil, ("tags", [])), Row(nil, ("tags", tags(1))), Row(nil, ("tags", tags(9))),
    Row(nil, ("tags", tags(10))), Row("IMG.0116", ("tags", tags(11))),
    Row(nil, ("tags", .array(Array(repeating: "k.v", count: 11)))), Row(nil, ("tags", ["k"])),
    Row(nil, ("tags", ["k."])), Row(nil, ("tags", ["k.v.w"])), Row("IMG.0115", ("tags", [".v"])),
    Row("IMG.0115", ("tags", [""])), Row(nil, ("tags", [text(36)])), Row("IMG.0115", ("tags", [text(37)])),
    Row(nil, ("tags", [.string("k." + String(repeating: "v", count: 43))])),
    Row("IMG.0115", ("tags", [.string("k." + String(repeating: "v", count: 44))])),
    Row(nil, ("tags", ["整机_-.镜像"])), Row("IMG.0115", ("tags", ["a b"])), Row("IMG.0115", ("tags", ["a=b"])),
    Row("IMG.0115", ("tags", [1])), Row("IMG.0115", ("tags", "k.v")), Row("IMG.0115", ("tags", [.null])),
    Row("IMG.0115", ("tags", tags(1)), ("image_tags", pairs(1))), Row(nil, ("tags", []), ("image_tags", pairs(1))),
    Row(nil, ("tags", tags(1)), ("image_tags", [])), Row(nil, ("tags", tags(1)), ("image_tags", .null)),
  ]

  static let pairRows: [Row] = [
    Row(nil, ("image_tags", pairs(10))), Row("IMG.0116", ("image_tags", pairs(11))),
    Row(nil, ("image_tags", .array(Array(repeating: pair("k", "v"), count: 11)))),
    Row(nil, ("image_tags", [pair(text(36), text(43, "v"))])), Row("IMG.0115", ("image_tags", [pair(text(37), "v")])),
    Row("IMG.0115", ("image_tags", [pair("k", text(44))])), Row(nil, ("image_tags", [pair(text(36, "整"), "")])),
    Row(nil, ("image_tags", [pair("k", nil)])), Row(nil, ("image_tags", [pair("k", .null)])),
    Row("IMG.0115", ("image_tags", [pair("", "v")])), Row("IMG.0115", ("image_tags", [pair(nil, "v")])),
    Row("IMG.0115", ("image_tags", [pair("a.b", "v")])), Row(nil, ("image_tags", [pair("k", "a.b.c")])),
    Row("IMG.0115", ("image_tags", [pair("k", 1)])), Row("IMG.0115", ("image_tags", ["k"])),
    Row("IMG.0115", ("image_tags", pair("k", "v"))),
  ]

  static let numbers: [Row] = ["min_ram", "max_ram"].flatMap { key in
    [
      Row(nil, (key, .null)), Row(nil, (key, 0)), Row(nil, (key, 1)), Row(nil, (key, .number(1024.0))),
      Row(nil, (key, .integer(.max))), Row("IMG.0055", (key, .unsigned(UInt64(Int64.max) + 1))),
      Row("IMG.0055", (key, -1)), Row("IMG.0055", (key, .number(1.5))), Row("IMG.0055", (key, .number(1e300))),
      Row("IMG.0055", (key, "1024")), Row("IMG.0055", (key, true)), Row("IMG.0055", (key, [])),
    ]
  }
  static let memory: [Row] = [
    Row(nil, ("min_ram", 1024), ("max_ram", 1024)), Row(nil, ("min_ram", 1023), ("max_ram", 1024)),
    Row("IMG.0055", ("min_ram", 1025), ("max_ram", 1024)), Row(nil, ("min_ram", 1024), ("max_ram", 0)),
  ]

  private static let uuid = JSON.string("0a4c7e12-93b5-4d68-a7f0-2b1c3d4e5f60")
  private static let long = JSON.string("0a4c7e12-93b5-4d68-a7f0-2b1c3d4e5f600")
  private static let short = JSON.string("0a4c7e12-93b5-4d68-a7f0-2b1c3d4e5f6")

  static let others: [Row] = [
    Row(nil, ("enterprise_project_id", .null)), Row(nil, ("enterprise_project_id", "")),
    Row(nil, ("enterprise_project_id", "0")), Row(nil, ("enterprise_project_id", uuid)),
    Row("IMG.0155", ("enterprise_project_id", "1")), Row("IMG.0155", ("enterprise_project_id", long)),
    Row("IMG.0155", ("enterprise_project_id", short)), Row("IMG.0155", ("enterprise_project_id", 0)),
    Row(nil, ("vault_id", .null)), Row(nil, ("vault_id", "")), Row("IMG.0184", ("vault_id", long)),
    Row("IMG.0184", ("vault_id", short)), Row("IMG.0184", ("vault_id", 5)),
    Row(nil, ("unknown", .members(("a", [1, .null])))), Row("IMG.0001", ("Name", "b")), Row("IMG.0001", ("TAGS", [])),
  ]

  /// What it is made from; these stand for themselves.
  static let sources: [Row] = [
    Row("IMG.0012"), Row("IMG.0012", ("instance_id", "")), Row("IMG.0012", ("instance_id", .null), ("backup_id", "")),
    Row("IMG.0019", ("whole_image_type", "CBR")), Row("IMG.0019", ("backup_id", ""), ("whole_image_type", "CSBS")),
    Row("IMG.0031", ("instance_id", long)), Row("IMG.0031", ("instance_id", short)),
    Row("IMG.0031", ("instance_id", 5)),
    Row("IMG.0031", ("backup_id", long)), Row("IMG.0031", ("backup_id", short)), Row("IMG.0031", ("backup_id", [])),
    Row("IMG.0157", ("instance_id", .string(Scene.server)), ("backup_id", .string(Scene.cbr(10)))),
    Row("IMG.0021", ("backup_id", .string(Scene.cbr(10))), ("whole_image_type", "cbr")),
    Row("IMG.0021", ("backup_id", .string(Scene.cbr(10))), ("whole_image_type", "CBR ")),
    Row("IMG.0021", ("backup_id", .string(Scene.cbr(10))), ("whole_image_type", 1)),
    Row(nil, ("instance_id", .string(Scene.server.uppercased()))),
    Row(nil, ("instance_id", .string(Scene.server)), ("backup_id", "")),
    Row(nil, ("instance_id", .string(Scene.server)), ("backup_id", .null), ("whole_image_type", "CBR")),
    Row(nil, ("instance_id", .string(Scene.server)), ("vault_id", .string(Scene.vault.uppercased()))),
  ]

  /// A server's image is ordered; each on a new day, so that the one before is made.
  private static func order(_ rows: [Row], _ source: [(String, JSON?)]) async throws {
    try await Scene.run(change: { $0.settings.imageQuota = 1000 }) { scene in
      for row in rows {
        scene.clock.forward(seconds: 100)
        try await scene.report()
        let orders = scene.count("POST", WholeImageRequest.path)
        // Of equal members the last one counts.
        let body = JSON.object(JSONObject([("name", "web")] + source + row.members))
        let answer = try await scene.api.order(
          row.members.isEmpty ? body : Self.without(row, body), headers: Scene.headers)
        #expect(answer.code == row.code, "\(row.members): \(answer.text)")
        #expect(answer.status == (row.code == nil ? 200 : 400), "\(row.members)")
        #expect(scene.count("POST", WholeImageRequest.path) - orders == (row.code == nil ? 1 : 0), "\(row.members)")
        guard let code = row.code else { continue }
        // A name that is wrong is named; the request is wrong for good, and nothing was decided.
        let field = row.members.last?.0 ?? "instance_id"
        #expect(["IMG.0157", "IMG.0012", "IMG.0019"].contains(code) || answer.text.contains(field), "\(answer.text)")
        #expect(answer["error"]?["retry"] == "never" && answer["error"]?["decision_id"] == nil)
        #expect(answer.headers[.requestID]?.isEmpty == false)
      }
    }
  }

  /// `nil` takes the name away that every order has.
  private static func without(_ row: Row, _ body: JSON) -> JSON {
    guard case .object(var members) = body else { return body }
    for (key, value) in row.members where value == nil { members[key] = nil }
    return .object(members)
  }

  static let tables: [[Row]] = [names, descriptions, tagRows, pairRows, numbers, memory, others]

  @Test(arguments: tables.indices) func ofAServer(table: Int) async throws {
    try await Self.order(Self.tables[table], [("instance_id", .string(Scene.server))])
  }

  @Test func sources() async throws { try await Self.order(Self.sources, []) }

  /// Of a backup there is one image, so these are asked about without being ordered.
  @Test(arguments: tables.indices) func ofABackup(table: Int) async throws {
    try await Scene.run { scene in
      try await scene.report(ago: 120)
      for row in Self.tables[table] {
        let source: [(String, JSON?)] = [("backup_id", .string(Scene.cbr(10))), ("whole_image_type", "CBR")]
        let body = Self.without(row, .object(JSONObject([("name", "web")] + source + row.members)))
        let answer = try await scene.decide("create_whole_image", body)
        #expect(answer.code == row.code, "\(row.members): \(answer.text)")
        if row.code == nil { #expect(answer["decision"] == "allow", "\(row.members)") }
      }
      #expect(scene.count("POST", WholeImageRequest.path) == 0)
    }
  }

  static let bodies: [(String, String)] = [
    ("", "IMG.0007"), (" ", "IMG.0001"), ("null", "IMG.0001"), ("[]", "IMG.0001"), ("\"a\"", "IMG.0001"),
    ("{", "IMG.0001"), (#"{"name":"a","name":"b"}"#, "IMG.0001"), (#"{"name":"a",}"#, "IMG.0001"),
    (#"{"name":"\ud800"}"#, "IMG.0001"), ("\u{FEFF}{}", "IMG.0001"), ("{} {}", "IMG.0001"),
    (String(repeating: "[", count: 100_000), "IMG.0001"),
  ]

  @Test(arguments: bodies) func bodiesThatAreNone(body: String, code: String) async throws {
    try await withCollector { api in
      let answer = try await api.call(.post, WholeImageRequest.path, bytes: Array(body.utf8))
      #expect(answer.status == 400 && answer.code == code, "\(answer.text)")
    }
  }

  @Test func bytesThatAreNoText() async throws {
    try await withCollector { api in
      let answer = try await api.call(
        .post, WholeImageRequest.path, bytes: Array(#"{"name":""#.utf8) + [0xFF] + Array(#""}"#.utf8))
      #expect(answer.status == 400 && answer.code == "IMG.0001")
    }
  }

  /// At most 12 MB, whether the length is told or not.
  @Test(arguments: [(0, 200), (1, 413)]) func theLargestBody(more: Int, status: Int) async throws {
    let cloud = try await withCloud { api, _ in
      _ = try await api.report("ready")
      var body = Fixture.order().canonicalBytes
      body += [UInt8](repeating: 0x20, count: OrderRoutes.requestLimit + more - body.count)
      #expect(try await api.call(.post, WholeImageRequest.path, bytes: body).status == status)
    }
    #expect(cloud.received.count == (status == 200 ? 1 : 0))
    if status == 200 { #expect(cloud.received.first?.body.count == OrderRoutes.requestLimit) }
  }

  @Test(arguments: [
    ("k", 200), (String(repeating: "k", count: 255), 200), (String(repeating: "k", count: 256), 400), ("a b", 400),
    ("", 200),
  ]) func idempotencyKeys(key: String, status: Int) async throws {
    try await withCloud { api, _ in
      _ = try await api.report("ready")
      let answer = try await api.order(headers: [.idempotencyKey: key])
      #expect(answer.status == status && (status == 200 || answer.code == "WIR.0003"), "\(answer.text)")
    }
  }
}
