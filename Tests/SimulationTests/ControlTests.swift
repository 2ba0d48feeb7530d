// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import Testing

@testable import Simulation

/// The simulated cloud over HTTP, steered while it runs.
@Suite struct ControlTests {
  private typealias Answer = (status: Int, headers: HTTPFields, body: JSON)

  private struct Client {
    let client: any TestClientProtocol

    func call(
      _ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil, token: String? = "example-token"
    ) async throws -> (status: Int, headers: HTTPFields, body: JSON) {
      var headers = HTTPFields()
      if let name = HTTPField.Name("X-Auth-Token") { headers[name] = token }
      let response = try await client.executeRequest(
        uri: path, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0.canonicalBytes) })
      let json = try? JSON(parsing: response.body.readableBytesView)
      return (Int(response.status.code), response.headers, json ?? .null)
    }
  }

  private static func run(_ scene: SimulatedScene, _ test: @escaping @Sendable (Client) async throws -> Void)
    async throws
  {
    let simulator = CloudSimulator(host: "127.0.0.1", port: 0, responder: CloudResponder(cloud: scene.cloud))
    try await simulator.application(Logger(label: "t"), { _ in }).test(.router) { try await test(Client(client: $0)) }
  }

  @Test func aJobFromOrderToImage() async throws {
    let scene = try SimulatedScene()
    try await Self.run(scene) { client in
      let order = JSON.members(("name", "整机 1"), ("instance_id", SimulatedScene.Server.good.json))
      let answer = try await client.call(.post, "/v1/cloudimages/wholeimages/action", order)
      #expect(answer.status == 200)
      #expect(answer.headers[.contentType] == "application/json")
      #expect(try answer.headers[#require(HTTPField.Name("X-Request-Id"))]?.utf8.count == 32)
      scene.forward(seconds: 3)
      let list = try await client.call(.get, "/v2/cloudimages?name=%E6%95%B4%E6%9C%BA+1&__whole_image=true")
      #expect(list.body["images"]?.array?.count == 1)
      let gone = try await client.call(.delete, "/v2/images/\(try #require(list.body["images"]?[0]?["id"]?.string))")
      #expect(gone.status == 204)
      #expect(gone.headers[.contentLength] == nil)
      for path in ["/", "/v2/nothing", "/v1/cloudimages/wholeimages/action"] {
        let none = try await client.call(.put, path)
        #expect(none.status == 404)
        #expect(none.body["error_code"] == "APIGW.0101")
      }
    }
  }

  @Test func bodiesHaveALimit() async throws {
    try await Self.run(try SimulatedScene()) { client in
      let large = JSON.members(("name", .string(String(repeating: "x", count: CloudResponder.bodyLimit))))
      let answer = try await client.call(.post, "/v1/cloudimages/wholeimages/action", large)
      #expect(answer.status == 413)
      #expect(answer.body["error_code"] == "APIGW.0201")
    }
  }

  @Test func faultsAreChangedWhileItRuns() async throws {
    try await Self.run(try SimulatedScene()) { client in
      let fault = JSON.members(
        ("route", "GET /v2/cloudimages"), ("failure", "status"), ("status", 503), ("retry_after", 9), ("times", 1))
      #expect(
        try await client.call(.put, "/_simulator/faults", .members(("faults", [fault])), token: nil).status == 204)
      let failed = try await client.call(.get, "/v2/cloudimages")
      #expect(failed.status == 503)
      #expect(failed.headers[.retryAfter] == "9")
      #expect(try await client.call(.get, "/v2/cloudimages").status == 200)
      let left = try await client.call(.get, "/_simulator/faults", token: nil).body
      #expect(left["faults"]?[0]?["times"] == 0)
      let wrong = try await client.call(.put, "/_simulator/faults", .members(("faults", [.members(("route", "x"))])))
      #expect(wrong.status == 400)
      #expect(wrong.body["error"]?.string?.hasPrefix("faults[0].route: ") == true)
      #expect(try await client.call(.get, "/_simulator/faults").body == left)
    }
  }

  @Test func theStateIsReadAndReplaced() async throws {
    let scene = try SimulatedScene()
    try await Self.run(scene) { client in
      let state = try await client.call(.get, "/_simulator/state", token: nil).body
      #expect(state["servers"]?.array?.count == 5)
      var members = try state.asObject()
      members["tokens"] = []
      members["keys"] = []
      members["users"] = []
      members["projects"] = []
      members["servers"] = [.members(("id", "only"), ("status", "ERROR"))]
      #expect(try await client.call(.put, "/_simulator/state", .object(members)).status == 204)
      #expect(try await client.call(.get, "/v1/p/cloudservers/only", token: nil).body["server"]?["status"] == "ERROR")
      members["volumes"] = [.members(("id", "v"), ("multi_attach", true))]
      let wrong = try await client.call(.put, "/_simulator/state", .object(members))
      #expect(wrong.status == 400)
      #expect(wrong.body["error"] == "volumes[0].multi_attach: unknown member")
      #expect(scene.cloud.state.volumes.count == 8)
      let settings = JSON.members(("job_seconds", 0))
      #expect(try await client.call(.put, "/_simulator/settings", .members(("settings", settings))).status == 204)
      #expect(try await client.call(.get, "/_simulator/settings").body["settings"]?["job_seconds"] == .number(0))
      #expect(try await client.call(.get, "/_simulator/nothing").status == 404)
    }
  }

  @Test func theJournalTellsWhatWasAsked() async throws {
    try await Self.run(try SimulatedScene()) { client in
      _ = try await client.call(.get, "/v2/cloudimages?limit=1&name=a%20b")
      _ = try await client.call(.post, "/v1/cloudimages/wholeimages/action", .members(("name", "web")))
      _ = try await client.call(.get, "/nowhere", token: nil)
      let all = try await client.call(.get, "/_simulator/requests").body
      #expect(all["count"] == 3)
      let first = try #require(all["requests"]?[0])
      #expect(first["method"] == "GET")
      #expect(first["path"] == "/v2/cloudimages")
      #expect(first["query"] == ["limit=1", "name=a b"])
      #expect(first["headers"]?.array?.contains("x-auth-token") == true)
      #expect(first["status"] == 200)
      #expect(!all.text.contains("example-token"))
      let second = try #require(all["requests"]?[1])
      #expect(second["status"] == 400)
      #expect(second["body_bytes"] == 14)
      #expect(second["body_sha256"] == "447f02909facb4efb07be873f56f58789cdefad3830594f957cf2731e97f8b98")
      let some = try await client.call(.get, "/_simulator/requests?route=POST%20/v1/**").body
      #expect(some["count"] == 1)
      #expect(try await client.call(.get, "/_simulator/requests?route=x").status == 400)
      #expect(try await client.call(.delete, "/_simulator/requests").status == 204)
      #expect(try await client.call(.get, "/_simulator/requests").body["count"] == 0)
    }
  }

  /// The newest are kept; the count goes on.
  @Test func theJournalIsBounded() {
    var journal = RequestJournal()
    let call = CloudCall("GET", "/x", now: UTCTime(milliseconds: 0), newID: { "" })
    for _ in 0..<(2 * RequestJournal.limit + 5) { journal.append(call, status: 200, failure: nil) }
    let json = journal.json(of: nil)
    #expect(json["count"] == .integer(Int64(2 * RequestJournal.limit + 5)))
    #expect(json["requests"]?.array?.count == RequestJournal.limit)
    #expect(json["requests"]?.array?.last?["number"] == json["count"])
  }
}
