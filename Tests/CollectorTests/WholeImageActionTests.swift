// SPDX-License-Identifier: Apache-2.0

import Facts
import GRDB
import HTTPTypes
import HuaweiCloud
import Readiness
import Testing

@testable import Collector

@Suite struct WholeImageActionTests {
  static func state(_ api: TestAPI, of answer: Answer) async throws -> Answer {
    try await api.get("/v1/decisions/\(answer.json["error"]?["decision_id"]?.string ?? "")")
  }

  /// State and job of every decision, oldest first.
  static func decisions(_ api: TestAPI) async throws -> [String] {
    try await api.collector.store.read { db in
      try Row.fetchAll(db, sql: "SELECT state, job_id FROM decisions ORDER BY rowid").map { row in
        "\(row["state"] as String) \(row["job_id"] as String? ?? "-")"
      }
    }
  }

  @Test func decisionIsOnDiskBeforeTheCloudIsAsked() async throws {
    let folder = try ScratchFolder()
    let database = folder.file("store.sqlite")
    let cloud = try await withCloud(
      { _ in
        // A connection of its own sees only what is committed.
        let seen = try DatabaseQueue(path: database).read { db in
          try Row.fetchAll(db, sql: "SELECT state, record FROM decisions")
        }
        guard seen.count == 1, let row = seen.first, row["state"] == "forwarding",
          (row["record"] as String).contains(#""decision":"allow""#)
        else { return .answer(400, CloudError(code: "TEST", message: "no decision in the store").json()) }
        return .answer(200, .members(("job_id", .string(FakeCloud.job))))
      }, database: database
    ) { api, _ in
      _ = try await api.report("ready")
      let answer = try await api.order()
      #expect(answer.status == 200)
      #expect(answer.json == .members(("job_id", .string(FakeCloud.job))))
      #expect(try await Self.decisions(api) == ["forwarded \(FakeCloud.job)"])
    }
    #expect(cloud.received.count == 1)
  }

  @Test func bodyAndTokenGoOnUnchanged() async throws {
    let body = #"{ "instance_id" : "\#(Fixture.guest)", "name":"\u6574\u673a", "max_ram": 4096, "new":{"a":[1.50]} }"#
    let cloud = try await withCloud { api, _ in
      _ = try await api.report("ready")
      let answer = try await api.call(
        .post, WholeImageRequest.path,
        headers: [
          .contentType: "application/json;charset=utf-8", .authToken: "cloud-token", .authorization: "Bearer own",
          .requestID: "trace-1", .projectID: "0123456789abcdef0123456789abcdef", .cookie: "secret",
        ], bytes: Array(body.utf8))
      #expect(answer.status == 200)
      #expect(answer.headers[.requestID] == "trace-1")
    }
    let request = try #require(cloud.received.first)
    #expect(request.method == "POST")
    #expect(request.path == "/v1/cloudimages/wholeimages/action")
    #expect(request.body == Array(body.utf8))
    #expect(request.headers[.contentType] == "application/json;charset=utf-8")
    #expect(request.headers[.authToken] == "cloud-token")
    #expect(request.headers[.projectID] == "0123456789abcdef0123456789abcdef")
    #expect(request.headers[.requestID] == "trace-1")
    #expect(request.headers[.authorization] == nil)
    #expect(request.headers[.cookie] == nil)
  }

  @Test func refusalNamesRuleRemedyAndDecision() async throws {
    let cloud = try await withCloud { api, _ in
      _ = try await api.report("volume-group-on-two-disks")
      let answer = try await api.order()
      #expect(answer.status == 400)
      let error = try #require(answer["error"]?.object)
      #expect(error["code"] == "WIR.0201")
      #expect(error["rule"] == "lvm-volume-group-spans-physical-volumes")
      #expect(error["retry"] == "after_remedy")
      // Flat strings only: the cloud's clients choke on anything nested.
      #expect(error.members.allSatisfy { $0.value.string != nil })
      let message = try #require(error["message"]?.string)
      let id = try #require(error["decision_id"]?.string)
      for part in ["Volume group data lies on 2 physical volumes", "vgreduce data /dev/vdc", id] {
        #expect(message.contains(part))
      }
      #expect(!message.contains("\n"))
      #expect(try await Self.state(api, of: answer)["state"] == "refused")
      let chinese = try await api.order(headers: [.acceptLanguage: "zh-CN"])
      #expect(chinese["error"]?["message"]?.string?.contains("卷组 data") == true)
    }
    #expect(cloud.received.isEmpty)
  }

  @Test func whatIsWrongIsToldInChinese() async throws {
    let cloud = try await withCloud { api, _ in
      let chinese: HTTPFields = [.acceptLanguage: "zh-CN,zh;q=0.9"]
      let wrong = try await api.call(
        .post, WholeImageRequest.path, headers: chinese, bytes: Array(#"{"name":"a?"}"#.utf8))
      #expect(wrong.status == 400)
      #expect(wrong["error"]?["message"]?.string?.contains("name 含有字符 \"?\"") == true)
      #expect(wrong["error"]?["message"]?.string?.contains("instance_id 缺失") == true)
      let path = try await api.call(.get, "/v1/a%00b", headers: chinese)
      #expect(path["error"]?["message"]?.string?.contains("路径") == true)
    }
    #expect(cloud.received.isEmpty)
  }

  @Test func refusalIsAlwaysJudgedAnew() async throws {
    let cloud = try await withCloud { api, _ in
      _ = try await api.report("volume-group-on-two-disks")
      #expect(try await api.order().status == 400)
      _ = try await api.report("ready")
      #expect(try await api.order().status == 200)
      #expect(try await Self.decisions(api) == ["refused -", "forwarded \(FakeCloud.job)"])
    }
    #expect(cloud.received.count == 1)
  }

  @Test(arguments: [nil, "disk-that-did-not-answer", "stale"])
  func undeterminedIsRefused(fixture: String?) async throws {
    let cloud = try await withCloud { api, _ in
      if let fixture { _ = try await api.report(fixture == "stale" ? "ready" : fixture) }
      if fixture == "stale" { api.clock.forward(seconds: 901) }
      let answer = try await api.order()
      #expect(answer.status == 400)
      let expected = fixture == nil ? "WIR.0101" : fixture == "stale" ? "WIR.0102" : "WIR.0103"
      #expect(answer.code == expected)
      let message = answer["error"]?["message"]?.string ?? ""
      #expect(message.hasPrefix("Undetermined: ") && message.contains(". Decision "), "\(message)")
      #expect(try await Self.state(api, of: answer)["verdict"] == "undetermined")
    }
    #expect(cloud.received.isEmpty)
  }

  @Test func identicalRequestIsAnsweredWithTheSameJobUntilItIsFinal() async throws {
    let cloud = try await withCloud({ request in
      guard request.method == "GET" else { return .answer(200, .members(("job_id", .string(FakeCloud.job)))) }
      let status: JSON = request.path.hasPrefix("/v1/cloudimages/job/") ? "RUNNING" : "SUCCESS"
      return .answer(200, .members(("status", status), ("job_id", .string(FakeCloud.job))))
    }) { api, cloud in
      _ = try await api.report("ready")
      #expect(try await api.order().status == 200)
      // Other spelling, same request.
      let spelled = #"{"instance_id":"\#(Fixture.guest)" , "name":"\u0077eb"}"#
      let again = try await api.call(.post, WholeImageRequest.path, bytes: Array(spelled.utf8))
      #expect(again.json == .members(("job_id", .string(FakeCloud.job))))
      #expect(cloud.received.count == 1)
      // A guest that is no longer ready does not take the answer back.
      _ = try await api.report("volume-group-on-two-disks")
      #expect(try await api.order().status == 200)
      #expect(try await api.order(Fixture.order(name: "another")).status == 400)
      _ = try await api.report("ready")
      #expect(try await api.get("/v1/cloudimages/job/\(FakeCloud.job)")["status"] == "RUNNING")
      #expect(try await api.order().status == 200)
      #expect(cloud.received.filter { $0.method == "POST" }.count == 1)
      #expect(try await api.get("/v1/p/jobs/\(FakeCloud.job)")["status"] == "SUCCESS")
      #expect(try await api.order().status == 200)
      #expect(cloud.received.filter { $0.method == "POST" }.count == 2)
    }
    #expect(cloud.received.count == 4)
  }

  @Test func aRequestIsForgottenAfterADay() async throws {
    let cloud = try await withCloud { api, _ in
      _ = try await api.report("ready")
      _ = try await api.order()
      api.clock.forward(seconds: 86_399)
      _ = try await api.report("ready")
      _ = try await api.order()
      api.clock.forward(seconds: 1)
      _ = try await api.order()
    }
    #expect(cloud.received.count == 2)
  }

  @Test func simultaneousRequestsOrderOneImage() async throws {
    let cloud = try await withCloud { api, _ in
      _ = try await api.report("ready")
      try await withThrowingTaskGroup(of: Answer.self) { group in
        for _ in 0..<8 { group.addTask { try await api.order() } }
        for try await answer in group {
          #expect(answer.json == .members(("job_id", .string(FakeCloud.job))))
        }
      }
    }
    #expect(cloud.received.count == 1)
  }

  @Test(arguments: [
    (400, #"{"error":{"message":"The server has other tasks.","code":"IMG.0010"}}"#, "application/json"),
    (401, #"{"error_code":"APIGW.0301","error_msg":"m","request_id":"r"}"#, "application/json"),
    (403, "<html>Forbidden</html>", "text/html"), (429, #"{"error_code":"APIGW.0308"}"#, "application/json"),
  ])
  func theCloudsOwnRefusalIsHandedOn(status: Int, body: String, type: String) async throws {
    let cloud = try await withCloud({ _ in .text(status, body, type: type) }) { api, _ in
      _ = try await api.report("ready")
      for _ in 0..<2 {
        let answer = try await api.order()
        #expect(answer.status == status)
        #expect(answer.text == body)
        #expect(answer.headers[.contentType] == type)
        #expect(answer.headers[.requestID] != nil)
      }
      #expect(try await Self.decisions(api) == ["not_made -", "not_made -"])
    }
    // Not made, hence judged and sent again.
    #expect(cloud.received.count == 2)
  }

  @Test(arguments: ["500", "503", "200 without a job", "302", "hang up"])
  func withoutAnAnswerItIsInDoubtAndNeverSentAgain(kind: String) async throws {
    let cloud = try await withCloud({ _ in
      switch kind {
      case "hang up": return .hangUp
      case "302": return .answer(302, .null, [.location: "/elsewhere"])
      case "200 without a job": return .answer(200, .members(("job_id", "../x")))
      default: return .answer(Int(kind) ?? 500, CloudError(code: "IMG.0014", message: "m").json())
      }
    }) { api, _ in
      _ = try await api.report("ready")
      let first = try await api.order()
      let second = try await api.order()
      for answer in [first, second] {
        #expect(answer.status == 503)
        #expect(answer.code == "WIR.0304")
        #expect(answer["error"]?["retry"] == "later")
        #expect(answer.headers[.retryAfter] != nil)
      }
      #expect(first["error"]?["decision_id"] == second["error"]?["decision_id"])
      #expect(try await Self.state(api, of: first)["state"] == "in_doubt")
      // Another request of the same guest is another matter.
      #expect(try await api.order(Fixture.order(name: "other")).status == 503)
    }
    // It is looked for, and not ordered again.
    #expect(cloud.received.filter { $0.method == "POST" }.count == 2)
  }

  @Test func silenceOfTheCloudIsInDoubt() async throws {
    let (stream, silence) = AsyncStream.makeStream(of: Void.self)
    let cloud = try await withCloud({ _ in .silence(stream) }, configure: { $0.cloudTimeout = 1 }) { api, _ in
      _ = try await api.report("ready")
      let answer = try await api.order()
      #expect(answer.status == 503)
      #expect(answer.code == "WIR.0304")
      #expect(try await Self.decisions(api) == ["in_doubt -"])
      silence.finish()
    }
    #expect(cloud.received.count == 1)
  }

  @Test func nothingSentIsNotMade() async throws {
    // Nobody listens on port 1 of loopback.
    try await withCollector(configure: { $0.imageService = "http://127.0.0.1:1" }) { api in
      _ = try await api.report("ready")
      let answer = try await api.order()
      #expect(answer.status == 503)
      #expect(answer.code == "WIR.0303")
      #expect(answer.headers[.retryAfter] != nil)
      #expect(try await Self.decisions(api) == ["not_made -"])
      #expect(try await api.get("/v1/cloudimages/job/\(FakeCloud.job)").code == "WIR.0303")
    }
  }

  @Test func withoutAnImageServiceNothingIsForwarded() async throws {
    try await withCollector { api in
      _ = try await api.report("volume-group-on-two-disks")
      #expect(try await api.order().code == "WIR.0201")
      _ = try await api.report("ready")
      let answer = try await api.order()
      #expect(answer.status == 503)
      #expect(answer.code == "WIR.0302")
      #expect(try await Self.decisions(api) == ["refused -", "not_made -"])
      #expect(try await api.get("/v1/p/jobs/\(FakeCloud.job)").code == "WIR.0302")
    }
  }

  @Test func aChangedTopologyIsSeenBeforeForwarding() async throws {
    try await withCollector { api in
      let store = api.collector.store
      _ = try await api.report("ready")
      let decision = try await api.collector.gate.decide(Fixture.question())
      let key = RequestKey(project: "default", caller: "local", digest: "d")
      try await store.record(decision, key: key, state: .decided)
      // A new host name moves no data.
      _ = try await api.report("ready-renamed")
      #expect(try await store.beginForwarding(decision, at: api.collector.clock.now()) == nil)
      try await store.settle(decision.id, .decided, at: api.collector.clock.now())
      _ = try await api.report("volume-group-on-two-disks")
      #expect(try await store.beginForwarding(decision, at: api.collector.clock.now()) == .topologyChanged)
      #expect(try await Self.decisions(api) == ["decided -"])
    }
  }

  @Test func whatWasBeingSentWhenTheCollectorStoppedIsInDoubt() async throws {
    let folder = try ScratchFolder()
    let database = folder.file("store.sqlite")
    try await withCollector(database: database) { api in
      _ = try await api.report("ready")
      let request = Fixture.order()
      let decision = try await api.collector.gate.decide(Fixture.question())
      let key = RequestKey(project: "default", caller: "local", digest: Digest.of(request))
      try await api.collector.store.record(decision, key: key, state: .decided)
      #expect(try await api.collector.store.beginForwarding(decision, at: api.collector.clock.now()) == nil)
    }
    let cloud = try await withCloud(database: database) { api, _ in
      let answer = try await api.order()
      #expect(answer.status == 503)
      #expect(answer.code == "WIR.0304")
      #expect(try await Self.state(api, of: answer)["state"] == "in_doubt")
    }
    #expect(cloud.received.allSatisfy { $0.method == "GET" })
  }

  @Test func whatNeverCameToAnEndIsForgottenInDoubt() async throws {
    try await withCollector { api in
      _ = try await api.report("ready")
      let (store, clock) = (api.collector.store, api.collector.clock)
      for name in ["first", "second"] {
        let decision = try await api.collector.gate.decide(Fixture.question(name: name))
        try await store.record(
          decision, key: RequestKey(project: "default", caller: "local", digest: name), state: .decided)
        #expect(try await store.beginForwarding(decision, at: clock.now()) == nil)
        api.clock.forward(seconds: 86_400)
      }
      #expect(try await Self.decisions(api) == ["in_doubt -", "forwarding -"])
    }
  }

  @Test(arguments: [
    ("", 400, "IMG.0007"), ("{", 400, "IMG.0001"), (#"{"name":"a"}"#, 400, "IMG.0012"),
    (#"{"name":"a","backup_id":"877a2cda"}"#, 400, "IMG.0031"),
  ])
  func wrongRequests(body: String, status: Int, code: String) async throws {
    let cloud = try await withCloud { api, _ in
      let answer = try await api.call(.post, WholeImageRequest.path, bytes: Array(body.utf8))
      #expect(answer.status == status)
      #expect(answer.code == code)
      #expect(answer["error"]?["retry"] == "never")
      #expect(try await Self.decisions(api) == [])
    }
    #expect(cloud.received.isEmpty)
  }

  @Test func oversizedRequest() async throws {
    try await withCollector { api async throws in
      let body = [UInt8](repeating: 0x20, count: (12 << 20) + 1)
      #expect(try await api.call(.post, WholeImageRequest.path, bytes: body).status == 413)
    }
  }

  @Test func jobQueriesPassThrough() async throws {
    let cloud = try await withCloud({ request in
      .answer(400, CloudError(code: "IMG.0023", message: request.path).json(), [.retryAfter: "7"])
    }) { api, _ in
      for path in ["/v1/0123456789abcdef0123456789abcdef/jobs/abc", "/v1/cloudimages/job/abc"] {
        let answer = try await api.get(path, headers: [.authToken: "t"])
        #expect(answer.status == 400)
        #expect(answer["error"]?["message"]?.string == path)
        #expect(answer.headers[.retryAfter] == "7")
      }
      #expect(try await api.get("/v1/cloudimages/job/a%2f..%2fb").code == "IMG.0023")
      #expect(try await api.get("/v1/a%2fb/jobs/abc").status == 404)
    }
    #expect(cloud.received.count == 2)
    #expect(cloud.received.allSatisfy { $0.headers[.authToken] == "t" })
  }
}
