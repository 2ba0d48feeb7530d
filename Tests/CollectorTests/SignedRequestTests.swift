// SPDX-License-Identifier: Apache-2.0

import Facts
import HTTPTypes
import HuaweiCloud
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Collector

@Suite struct SignedRequestTests {
  static let json = ["Content-Type": "application/json"]
  static let body = Fixture.order().canonicalBytes

  static func withKeys(
    configure: (inout CollectorConfiguration) -> Void = { _ in }, clock: FakeClock = FakeClock(),
    _ body: @Sendable (TestAPI) async throws -> Void
  ) async throws {
    try await CredentialsTests.withTokens(KeyHolder.document, clock: clock, configure: configure) { try await body($0) }
  }

  @Test func aSignedOrderIsDecidedInTheKeysProject() async throws {
    let cloud = FakeCloud { _ in .answer(200, .members(("job_id", .string(FakeCloud.job)))) }
    try await cloud.run { url in
      try await Self.withKeys(configure: { $0.imageService = url }) { api async throws in
        #expect(try await api.report("ready", headers: CredentialsTests.bearer("agents")).status == 202)
        let answer = try await api.signed(.terraform, .post, WholeImageRequest.path, Self.json, bytes: Self.body)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer["job_id"] == .string(FakeCloud.job))
        // The same second, the same bytes: two honest requests can be equal, so the second is served like the first.
        let again = try await api.signed(.terraform, .post, WholeImageRequest.path, Self.json, bytes: Self.body)
        #expect(again["job_id"] == .string(FakeCloud.job))
        // Without the guest's facts in that project the other key's order is refused.
        let other = try await api.signed(.other, .post, WholeImageRequest.path, Self.json, bytes: Self.body)
        #expect(other.code == "WIR.0101")
        for target in ["/v1/cloudimages/job/\(FakeCloud.job)", "/v1/p1/jobs/\(FakeCloud.job)"] {
          #expect(try await api.signed(.terraform, .get, target, Self.json).status == 200)
        }
        #expect(try await api.signed(.terraform, .get, "/v1/p2/jobs/\(FakeCloud.job)").status == 403)
      }
    }
    for request in cloud.received {
      #expect(request.headers[.authToken] == nil)
      #expect(!request.headers.contains { $0.value.contains("secret-of-") })
    }
  }

  /// A key may have several projects: the cloud is asked, and does, in the one that was decided on.
  @Test(arguments: [(["X-Project-Id": "p1"], ""), ([:], "?project=p1")] as [([String: String], String)])
  func theDecidedProjectGoesOn(headers: [String: String], query: String) async throws {
    let cloud = FakeCloud { _ in .answer(200, .members(("job_id", .string(FakeCloud.job)))) }
    try await cloud.run { url in
      try await Self.withKeys(configure: { $0.imageService = url }) { api async throws in
        #expect(try await api.report("ready", headers: CredentialsTests.bearer("agents")).status == 202)
        let headers = headers.merging(Self.json) { first, _ in first }
        let answer = try await api.signed(.both, .post, WholeImageRequest.path + query, headers, bytes: Self.body)
        #expect(answer.status == 200, "\(answer.text)")
        let share: JSON = .members(
          ("operation", "share"), ("request", .members(("image_id", .string(SimulatedScene.image(65))))))
        let asked = try await api.signed(.both, .post, "/v1/decisions" + query, headers, bytes: share.canonicalBytes)
        #expect(asked.status == 200, "\(asked.text)")
      }
    }
    #expect(cloud.received.contains { $0.path == WholeImageRequest.path })
    #expect(cloud.received.contains { $0.path.hasPrefix("/v2/cloudimages") })
    for request in cloud.received { #expect(request.headers[.projectID] == "p1", "\(request.path)") }
  }

  @Test func theSameKeySignsForTheCloud() async throws {
    try await Self.withKeys { api async throws in
      let found = try await api.collector.identity.identify(
        Self.request(try KeyHolder.terraform.headers("GET", "/v1/guests")), bodyLimit: 0, from: RemoteAddress(nil),
        at: api.clock.clock().now())
      guard case .key(let signer, _) = found.caller.cloud else {
        Issue.record("\(found.caller.cloud)")
        return
      }
      // The collector's signature under that key is one that the key's own secret verifies.
      let now = api.clock.clock().now().wall
      let signed = try signer.sign(
        SignableRequest(method: "GET", path: "/v2/cloudimages", query: "", headers: [.init("Host", "ims.example")]),
        body: .empty, at: now)
      let verifier = SignatureVerifier { $0 == "AKTERRAFORM" ? KeyHolder.terraform.secret : nil }
      #expect(try verifier.verify(signed, body: .empty, now: now).access == "AKTERRAFORM")
      #expect(found.caller.name == "key:AKTERRAFORM")
      #expect(found.caller.projects == ["p1"])
    }
  }

  static func request(
    _ headers: HTTPFields, _ method: HTTPRequest.Method = .get, _ path: String = "/v1/guests",
    host: String? = "localhost", body: [UInt8] = []
  ) -> Request {
    var headers = headers
    if !body.isEmpty { headers[.contentLength] = String(body.count) }
    return Request(
      head: HTTPRequest(method: method, scheme: "https", authority: host, path: path, headerFields: headers),
      body: RequestBody(buffer: ByteBuffer(bytes: body)))
  }

  /// The cloud's own limit is inclusive.
  @Test(arguments: [-900, -1, 0, 900])
  func clocksMayDifferByAQuarterOfAnHour(seconds: Int64) async throws {
    try await Self.withKeys { api async throws in
      var time = api.clock.clock().now().wall
      time.milliseconds += seconds * 1000
      let headers = try KeyHolder.terraform.headers("GET", "/v1/guests", at: time)
      #expect(try await api.get("/v1/guests", headers: headers).status == 200)
    }
  }

  /// Who orders, the signed `X-Project-Id` and the query; the project of the decision, or the refusal.
  @Test(
    arguments: [
      (KeyHolder.terraform, nil, "", "p1"), (.terraform, "p1", "", "p1"), (.terraform, "p2", "", "403 WIR.0008"),
      (.both, nil, "", "400 WIR.0009"), (.both, "p1", "", "p1"), (.both, "p2", "", "p2"),
      (.both, nil, "?project=p2", "p2"), (.both, "p3", "", "403 WIR.0008"), (.both, "", "", "403 WIR.0008"),
      (.both, "p1", "?project=p2", "400 WIR.0003"),
    ] as [(KeyHolder, String?, String, String)])
  func theProjectComesFromTheKey(
    holder: KeyHolder, header: String?, query: String, expected: String
  ) async throws {
    try await Self.withKeys { api async throws in
      var headers = Self.json
      headers["X-Project-Id"] = header
      let question: JSON = .members(("operation", "create_whole_image"), ("request", Fixture.order()))
      let answer = try await api.signed(
        holder, .post, "/v1/decisions" + query, headers, bytes: question.canonicalBytes)
      if answer.status == 200 {
        let row = try #require(try await api.collector.store.decision(answer["id"]?.string ?? ""))
        #expect(row.project == expected)
        #expect(answer["caller"] == .string("key:\(holder.access)"))
      } else {
        #expect("\(answer.status) \(answer.code ?? "")" == expected)
      }
    }
  }

  @Test(arguments: ["Idempotency-Key", "Wholeimage-Boot-Id", "wholeimage-inspected-ago-ms"])
  func headersThatChangeTheMeaningMustBeSigned(name: String) async throws {
    try await Self.withKeys { api async throws in
      let field = try #require(HTTPField.Name(name))
      var headers = try KeyHolder.terraform.headers("POST", WholeImageRequest.path, Self.json, body: Self.body)
      headers[field] = "7"
      let added = try await api.call(.post, WholeImageRequest.path, headers: headers, bytes: Self.body)
      #expect(added.status == 400)
      #expect(added.code == "WIR.0003")
      var more = Self.json
      more[name] = "7"
      let signed = try await api.signed(.terraform, .post, WholeImageRequest.path, more, bytes: Self.body)
      #expect(signed.code == "WIR.0101")
    }
  }

  /// Reports come to rest on what is in their body, so a body that anybody could have put there is refused.
  @Test func agentsMaySignToo() async throws {
    try await Self.withKeys { api async throws in
      let path = "/v1/guests/\(Fixture.guest)/facts"
      let facts = try Fixture.bytes("ready")
      var types = ["Content-Type": "application/json", "Wholeimage-Boot-Id": Fixture.boot]
      #expect(try await api.signed(.agents, .put, path, types, bytes: facts).status == 202)
      types["Content-Type"] = "application/octet-stream"
      let headers = try KeyHolder.agents.headers("PUT", path, types, body: facts, bodyHash: .unsigned)
      let unsigned = try await api.call(.put, path, headers: headers, bytes: facts)
      #expect(unsigned.status == 401)
      #expect(unsigned.code == "APIGW.0301")
      #expect(try await api.signed(.agents, .get, "/v1/guests").code == "WIR.0007")
    }
  }

  /// What only reads may come without a signature over its body, and that body is left to the handler.
  @Test func anUnsignedBodyIsNotRead() async throws {
    try await Self.withKeys { api async throws in
      let parts = Countdown([[1], [2]])
      var headers = try KeyHolder.terraform.headers(
        "GET", "/v1/guests", ["Content-Type": "application/octet-stream"], bodyHash: .unsigned)
      headers[.contentLength] = "2"
      let request = Request(
        head: HTTPRequest(
          method: .get, scheme: "http", authority: "localhost", path: "/v1/guests", headerFields: headers),
        body: RequestBody(asyncSequence: parts))
      let found = try await api.collector.identity.identify(
        request, bodyLimit: 1 << 20, from: RemoteAddress(nil), at: api.clock.clock().now())
      #expect(found.signature?.isBodySigned == false)
      #expect(found.body == nil)
      #expect(parts.taken == 0)
    }
  }

  /// A body is read only for a key that is known, with everything else in order, and never past the call's limit.
  @Test(arguments: [("AKNOBODY", 0, 401, 0), ("AKTERRAFORM", 0, 401, 2), ("AKTERRAFORM", 901, 401, 0)])
  func theHeadIsCheckedBeforeTheBody(access: String, age: Int64, status: Int, taken: Int) async throws {
    try await Self.withKeys { api async throws in
      var time = api.clock.clock().now().wall
      time.milliseconds -= age * 1000
      let holder = KeyHolder(access: access, secret: KeyHolder.terraform.secret)
      var headers = try holder.headers("POST", "/v1/decisions", Self.json, body: [9], at: time)
      headers[.contentLength] = "2"
      let parts = Countdown([[1], [2]])
      let request = Request(
        head: HTTPRequest(
          method: .post, scheme: "http", authority: "localhost", path: "/v1/decisions", headerFields: headers),
        body: RequestBody(asyncSequence: parts))
      await #expect {
        try await api.collector.identity.identify(
          request, bodyLimit: 1 << 20, from: RemoteAddress(nil), at: api.clock.clock().now())
      } throws: {
        ($0 as? CallError)?.status.code == status
      }
      #expect(parts.taken == taken)
    }
  }

  @Test func aSignedBodyPastTheLimitIs413() async throws {
    try await Self.withKeys { api async throws in
      let body = [UInt8](repeating: 0x20, count: GuestReportRoutes.heartbeatLimit + 1)
      let answer = try await api.signed(
        .agents, .post, "/v1/guests/\(Fixture.guest)/heartbeat", Self.json, bytes: body)
      #expect(answer.status == 413)
      #expect(answer.code == "WIR.0002")
    }
  }

  @Test func theMemoryOfUnverifiedBodiesIsBounded() {
    let bodies = UnverifiedBodies(limit: 10)
    #expect(bodies.hold(6))
    #expect(!bodies.hold(5))
    #expect(bodies.hold(4))
    bodies.release(6)
    #expect(bodies.hold(6))
    #expect(!bodies.hold(1))
  }

  /// The reference's first vector, from the wire of the official Python client.
  @Test func theOfficialClientsRequestIsVerified() async throws {
    let clock = FakeClock(at: 1_704_164_645_000)
    let holder = KeyHolder(access: "EXAMPLEAKEXAMPLEAK00", secret: "EXAMPLESKEXAMPLESKEXAMPLESKEXAMPLESK0000")
    let project = "0123456789abcdef0123456789abcdef"
    let document: JSON = .members(("keys", [holder.entry("orchestrator", [project])]))
    try await CredentialsTests.withTokens(document, clock: clock) { api async throws in
      let body =
        #"{"name":"backup_whole_image","backup_id":"9b27efab-4a17-4c06-bfa2-3e0cf021d3c3","#
        + #""whole_image_type":"CBR","image_tags":[{"key":"key1","value":"value1"}]}"#
      let signature = "b3a94f5766c615ca4420052b5893e2139a9472635ed6f4f9481fc9df914a31ac"
      let headers: HTTPFields = [
        .contentType: "application/json;charset=UTF-8", .projectID: project,
        try #require(.init("X-Sdk-Date")): "20240102T030405Z",
        .authorization: "SDK-HMAC-SHA256 Access=EXAMPLEAKEXAMPLEAK00, "
          + "SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature=\(signature)",
      ]
      let found = try await api.collector.identity.identify(
        Self.request(headers, .post, WholeImageRequest.path, host: "ims.example.test", body: Array(body.utf8)),
        bodyLimit: 1 << 20, from: RemoteAddress(nil), at: clock.clock().now())
      #expect(found.signature?.isBodySigned == true)
      #expect(found.body == ByteBuffer(string: body))
      #expect(found.caller.projects == [project])
    }
  }

  /// Over a socket, where the server library puts `Host` in a place of its own.
  @Test func overASocket() async throws {
    let folder = try ScratchFolder()
    let path = try folder.write(KeyHolder.document.text, to: "credentials.json")
    try await withCollector(setup: .live, configure: { $0.credentials = path }) { api async throws in
      let port = try #require(api.client.port)
      let host = "collector.example:\(port)"
      for (isTwice, status) in [(false, "200"), (true, "401")] {
        let headers = try KeyHolder.terraform.headers("GET", "/v1/guests?limit=1", host: host)
        var text = "GET /v1/guests?limit=1 HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
        if isTwice { text += "host: \(host)\r\n" }
        for field in headers { text += "\(field.name.rawName): \(field.value)\r\n" }
        let answer = try await RawConnection.exchange(port: port, text + "\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 \(status) ") || (isTwice && answer.hasPrefix("HTTP/1.1 400 ")))
      }
    }
  }
}
