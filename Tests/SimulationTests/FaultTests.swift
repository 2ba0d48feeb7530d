// SPDX-License-Identifier: Apache-2.0

import Facts
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import Testing

@testable import Simulation

/// Routes that fail, and what is left of a call that met a fault.
@Suite struct FaultTests {
  private static let order = "/v1/cloudimages/wholeimages/action"

  private static func scene(_ fault: (String, JSON?)...) throws -> SimulatedScene {
    var state = try SimulatedScene.example()
    state.faults = [try Fault(json: .object(JSONObject(fault)))]
    return try SimulatedScene(state)
  }

  private static func send(_ scene: SimulatedScene) throws -> SimulatedCloud.Reply {
    try scene.reply(
      "POST", order, .members(("name", "web"), ("instance_id", SimulatedScene.Server.good.json)))
  }

  @Test(
    arguments: [
      (500, nil, "IMG.0014"), (429, nil, "APIGW.0308"), (504, nil, "APIGW.0201"), (401, nil, "APIGW.0301"),
      (503, "IMG.0018", "IMG.0018"),
    ] as [(Int, String?, String)])
  func statuses(status: Int, given: String?, code: String) throws {
    let scene = try Self.scene(
      ("route", "POST /v1/cloudimages/wholeimages/action"), ("failure", "status"), ("status", status.json),
      ("code", given?.json), ("retry_after", 7), ("times", 2))
    for _ in 0..<2 {
      let answer = try #require(try Self.send(scene).answer)
      #expect(answer.status == status)
      #expect(try JSON(parsing: answer.body).errorCode == code)
      #expect(answer.headers == [CloudCall.Field(name: "Retry-After", value: "7")])
    }
    #expect(scene.cloud.state.jobs.unfinished.isEmpty)
    #expect(scene.cloud.state.faults[0].times == 0)
    #expect(try Self.send(scene).answer?.status == 200)
  }

  @Test(arguments: [("timeout", 0), ("close", 0), ("drop", 1)] as [(String, Int)])
  func answersThatNeverCome(failure: String, jobs: Int) throws {
    let scene = try Self.scene(("route", "POST /v1/**"), ("failure", failure.json))
    let reply = try Self.send(scene)
    #expect(reply.answer == nil)
    #expect(reply.fault?.failure?.rawValue == failure)
    #expect(scene.cloud.state.jobs.unfinished.count == jobs)
    let entry = scene.cloud.requests(nil)["requests"]?[0]
    #expect(entry?["status"] == .null)
    #expect(entry?["failure"]?.string == failure)
  }

  /// The order is taken, though the answer says otherwise or does not come; or it is not.
  @Test(
    arguments: [
      ("status", true, 1), ("status", false, 0), ("timeout", true, 1), ("malformed", true, 1), ("close", true, 1),
      ("drop", false, 0), ("truncate", false, 0),
    ])
  func callsThatAreDoneAllTheSame(failure: String, isDone: Bool, jobs: Int) throws {
    let scene = try Self.scene(
      ("route", "POST /v1/**"), ("failure", failure.json), ("done", isDone.json), ("status", 502))
    let answer = try Self.send(scene).answer
    #expect(answer?.status == (["status", "malformed"].contains(failure) ? 502 : nil))
    #expect(scene.cloud.state.jobs.unfinished.count == jobs)
    let state = scene.cloud.state
    #expect(try CloudState(json: state.json).faults == state.faults)
  }

  @Test func bodiesThatAreNoJSON() throws {
    for (body, sent) in [(nil, #"{"job_id": "#), ("<html>", "<html>")] as [(String?, String)] {
      let scene = try Self.scene(("route", "* /**"), ("failure", "malformed"), ("body", body?.json))
      let answer = try #require(try Self.send(scene).answer)
      #expect(answer.status == 200)
      #expect(answer.contentType == "application/json")
      #expect(String(decoding: answer.body, as: UTF8.self) == sent)
      #expect(scene.cloud.state.jobs.unfinished.isEmpty)
    }
  }

  @Test(
    arguments: [
      ("POST /v1/cloudimages/wholeimages/action", true), ("* /v1/cloudimages/*/action", true), ("* /**", true),
      ("POST /v1/{anything}/wholeimages/action", true), ("POST /v1/cloudimages/**", true),
      ("GET /v1/cloudimages/wholeimages/action", false), ("POST /v1/cloudimages/wholeimages", false),
      ("POST /v1/cloudimages/wholeimages/action/more", false), ("POST /v2/**", false),
    ])
  func routes(pattern: String, isMet: Bool) throws {
    let scene = try Self.scene(("route", pattern.json), ("failure", "status"), ("status", 500))
    #expect((try Self.send(scene).answer?.status == 500) == isMet)
  }

  @Test(
    arguments: [
      (#"{"route":"POST"}"#, "route"), (#"{"route":"/x"}"#, "route"), (#"{"failure":"status"}"#, "route"),
      (#"{"route":"GET /x","failure":"explode"}"#, "failure"), (#"{"route":"GET /x","status":99}"#, "status"),
      (#"{"route":"GET /x","times":-1}"#, "times"), (#"{"route":"GET /x","when":1}"#, "when"),
      (#"{"route":"GET /x","delay_ms":3600001}"#, "delay_ms"),
    ])
  func faultsThatAreNone(text: String, path: String) throws {
    let json = try JSON(parsing: text.utf8)
    let error = #expect(throws: DocumentError.self) { try Fault(json: json) }
    #expect(error?.path == path)
  }

  /// Over a socket: the connection ends, whether the call was done or not.
  @Test(arguments: [("close", 0), ("drop", 1), ("truncate", 1)])
  func connectionsThatEnd(failure: String, jobs: Int) async throws {
    let scene = try Self.scene(("route", "POST /v1/**"), ("failure", failure.json))
    let simulator = CloudSimulator(host: "127.0.0.1", port: 0, responder: CloudResponder(cloud: scene.cloud))
    try await simulator.application(Logger(label: "t"), { _ in }).test(.live) { client in
      let body = #"{"name":"web","instance_id":"\#(SimulatedScene.Server.good)"}"#
      await #expect(throws: (any Error).self) {
        try await client.executeRequest(
          uri: Self.order, method: .post, headers: [try #require(HTTPField.Name("X-Auth-Token")): "example-token"],
          body: ByteBuffer(string: body))
      }
    }
    #expect(scene.cloud.state.jobs.unfinished.count == jobs)
  }

  /// A delay is waited for, and so is the answer that never comes; the clock is not.
  @Test func delays() async throws {
    let scene = try Self.scene(("route", "GET /v2/**"), ("delay_ms", 1500))
    scene.cloud.change { $0.faults.append(Fault(route: RoutePattern("GET", "/v1/**"), failure: .timeout)) }
    var responder = CloudResponder(cloud: scene.cloud)
    let (waits, waited) = AsyncStream<Int64?>.makeStream()
    responder.wait = { waited.yield($0) }
    let simulator = CloudSimulator(host: "127.0.0.1", port: 0, responder: responder)
    try await simulator.application(Logger(label: "t"), { _ in }).test(.router) { client in
      let headers: HTTPFields = [try #require(HTTPField.Name("X-Auth-Token")): "example-token"]
      let late = try await client.executeRequest(uri: "/v2/cloudimages", method: .get, headers: headers, body: nil)
      #expect(late.status == .ok)
      _ = try await client.executeRequest(uri: "/v1/cloudimages/quota", method: .get, headers: headers, body: nil)
    }
    waited.finish()
    var seen: [Int64?] = []
    for await wait in waits { seen.append(wait) }
    #expect(seen == [1500, nil])
  }
}
