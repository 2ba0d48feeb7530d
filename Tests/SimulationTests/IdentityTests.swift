// SPDX-License-Identifier: Apache-2.0

import Facts
import HuaweiCloud
import Testing

@testable import Simulation

/// Who may call, and what IAM tells of it.
@Suite struct IdentityTests {
  private static let server = "/v1/\(SimulatedScene.project)/cloudservers/\(SimulatedScene.Server.good)"

  private static func headers(_ fields: (String, String)...) -> [CloudCall.Field] {
    fields.map { CloudCall.Field(name: $0.0, value: $0.1) }
  }

  @Test(
    arguments: [
      (headers(), 401), (headers(("x-auth-token", "example-token")), 200), (headers(("x-auth-token", "none")), 401),
      (headers(("x-auth-token", "expired-token")), 401), (headers(("x-auth-token", "other-project-token")), 403),
      (headers(("authorization", "SDK-HMAC-SHA256 Access=UNKNOWN, SignedHeaders=host, Signature=00")), 401),
      (headers(("authorization", "Bearer x")), 401), (headers(("authorization", "")), 401),
    ] as [([CloudCall.Field], Int)])
  func whoMayCall(headers: [CloudCall.Field], status: Int) throws {
    let answer = try SimulatedScene().call("GET", Self.server, headers: headers)
    #expect(answer.status == status)
    if status != 200 {
      #expect(answer.body["error_code"]?.string == (status == 401 ? "APIGW.0301" : "APIGW.0302"))
      #expect(answer.body["error_msg"] != nil)
      #expect(answer.body["request_id"] != nil)
    }
  }

  private static let secret = "EXAMPLESKEXAMPLESKEXAMPLESKEXAMPLESK0000"

  /// Signed with the example's key, but for what a case changes.
  @Test(
    arguments: [
      ("EXAMPLEAKEXAMPLEAK00", secret, nil, 0, nil, 200),
      ("EXAMPLEAKEXAMPLEAK00", secret, SimulatedScene.project, -899, nil, 200),
      ("EXAMPLEAKEXAMPLEAK00", secret, SimulatedScene.otherProject, 0, nil, 401),
      ("EXAMPLEAKEXAMPLEAK00", secret, nil, -901, nil, 401), ("EXAMPLEAKEXAMPLEAK00", "other", nil, 0, nil, 401),
      ("UNKNOWN", secret, nil, 0, nil, 401), ("EXAMPLEAKEXAMPLEAK00", secret, nil, 0, "limit=2", 401),
    ] as [(String, String, String?, Int64, String?, Int)])
  func signatures(
    access: String, secret: String, project: String?, seconds: Int64, changedQuery: String?, status: Int
  ) throws {
    let scene = try SimulatedScene()
    let path = "/v1/\(SimulatedScene.project)/cloudservers/detail"
    var request = SignableRequest(
      method: "GET", path: path, query: "limit=1",
      headers: [.init("host", "cloud.example.test"), .init("content-type", "application/json")])
    if let project { request.headers.append(.init("x-project-id", project)) }
    let time = UTCTime(milliseconds: scene.cloud.now().milliseconds / 1000 * 1000 + seconds * 1000)
    let signed = try RequestSigner(access: access, secret: secret).sign(request, body: .empty, at: time)
    let headers = signed.headers.map { CloudCall.Field(name: $0.name.lowercased(), value: $0.value) }
    let answer = try scene.call("GET", "\(path)?\(changedQuery ?? "limit=1")", headers: headers)
    #expect(answer.status == status)
    #expect(answer.body.errorCode == (status == 200 ? nil : "APIGW.0301"))
  }

  @Test func aCloudWithoutNamesAsksNobody() throws {
    var state = try SimulatedScene.example()
    state.tokens = []
    state.keys = []
    state.users = []
    state.projects = WireTable()
    let scene = try SimulatedScene(state)
    #expect(try scene.call("GET", Self.server, headers: []).status == 200)
    #expect(try scene.call("GET", "/v1/any/cloudservers/\(SimulatedScene.Server.good)", headers: []).status == 200)
    // A token can be had all the same, and asks for none of anybody else.
    let (status, _) = try scene.call("POST", "/v3/auth/tokens", Self.password("anybody", "anything"), headers: [])
    #expect(status == 201)
    #expect(try scene.call("GET", Self.server, headers: []).status == 200)
  }

  private static func password(_ name: String, _ password: String, project: String? = nil) -> JSON {
    let user = JSON.members(
      ("name", name.json), ("password", password.json), ("domain", .members(("name", "simulated"))))
    return .members(
      (
        "auth",
        .members(
          ("identity", .members(("methods", ["password"]), ("password", .members(("user", user))))),
          ("scope", project.map { .members(("project", .members(("id", $0.json)))) })
        )
      ))
  }

  private static func accessKey(_ method: String, _ secret: String) -> JSON {
    let pair = JSON.members(
      ("access", .members(("key", "EXAMPLEAKEXAMPLEAK00"))), ("secret", .members(("key", secret.json))))
    return .members(("auth", .members(("identity", .members(("methods", [method.json]), (method, pair))))))
  }

  @Test(
    arguments: [
      (password("example", "example-password", project: SimulatedScene.project), 201),
      (password("example", "example-password"), 201), (password("example", "wrong"), 401),
      (password("nobody", "example-password"), 401),
      (password("example", "example-password", project: SimulatedScene.otherProject), 401),
      (accessKey("hw_ak_sk", "EXAMPLESKEXAMPLESKEXAMPLESKEXAMPLESK0000"), 201),
      (accessKey("hw_access_key", "EXAMPLESKEXAMPLESKEXAMPLESKEXAMPLESK0000"), 201),
      (accessKey("hw_ak_sk", "wrong"), 401), (accessKey("totp", ""), 401), (.members(("auth", .members())), 400),
    ])
  func tokensAreGivenOut(body: JSON, status: Int) throws {
    let scene = try SimulatedScene()
    let answer = try #require(try scene.reply("POST", "/v3/auth/tokens", body, headers: []).answer)
    #expect(answer.status == status)
    let json = try JSON(parsing: answer.body)
    guard status == 201 else {
      #expect(json["error"]?["code"] == .integer(Int64(status)))
      return
    }
    let token = try #require(answer.headers.first { $0.name == "X-Subject-Token" }?.value)
    #expect(json["token"]?["project"]?["id"]?.string == SimulatedScene.project)
    #expect(json["token"]?["project"]?["name"] == "simulated-1")
    #expect(json["token"]?["expires_at"] == "2026-02-04T04:05:06.789Z")
    #expect(json["token"]?["roles"]?[0]?["name"] == "te_admin")
    #expect(json["token"]?["catalog"]?.array?.contains { $0["type"] == "image" } == true)
    let headers = Self.headers(("x-auth-token", token), ("x-subject-token", token))
    #expect(try scene.call("GET", Self.server, headers: headers).status == 200)
    #expect(try scene.call("GET", "/v3/auth/tokens", headers: headers).status == 200)
    scene.forward(seconds: 86_400)
    #expect(try scene.call("GET", Self.server, headers: headers).status == 401)
    #expect(try scene.call("GET", "/v3/auth/tokens", headers: headers).status == 401)
  }

  @Test(
    arguments: [
      ("example-token", "example-token", 200), ("example-token", "other-project-token", 200),
      ("example-token", "none", 404), ("example-token", "expired-token", 404), ("none", "example-token", 401),
      ("expired-token", "example-token", 401),
    ])
  func tokensAreChecked(asker: String, subject: String, status: Int) throws {
    let headers = Self.headers(("x-auth-token", asker), ("x-subject-token", subject))
    let answer = try SimulatedScene().call("GET", "/v3/auth/tokens", headers: headers)
    #expect(answer.status == status)
    if status == 200 {
      let project = subject == "example-token" ? SimulatedScene.project : SimulatedScene.otherProject
      #expect(answer.body["token"]?["project"]?["id"]?.string == project)
    } else {
      #expect(answer.body["error"]?["code"] == .integer(Int64(status)))
    }
  }

  @Test func projects() throws {
    let scene = try SimulatedScene()
    #expect(try scene.get("/v3/projects")["projects"]?.array?.map { $0["name"] } == ["simulated-1"])
    #expect(try scene.get("/v3/auth/projects?name=none")["projects"] == [])
    #expect(try scene.call("GET", "/v3/projects", headers: []).status == 401)
    #expect(try scene.call("GET", "/v3", headers: []).body["version"]?["id"] == "v3.6")
  }
}
