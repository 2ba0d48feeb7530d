// SPDX-License-Identifier: Apache-2.0

import Facts
import HTTPTypes
import HuaweiCloud
import Testing

@testable import Collector
@testable import Simulation

/// The cloud's own identities, through the collector, to a cloud that verifies them itself.
@Suite struct CloudIdentityTests {
  typealias Scene = SimulatedScene

  static let holder = KeyHolder(access: "EXAMPLEAKEXAMPLEAK00", secret: "EXAMPLESKEXAMPLESKEXAMPLESKEXAMPLESK0000")
  static let json = ["Content-Type": "application/json"]
  static let image = "/v1/cloudimages/\(Scene.image(65))/file"

  static func run(_ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
    let folder = try ScratchFolder()
    let document: JSON = .members(
      ("keys", [holder.entry("orchestrator", [Scene.project])]),
      ("tokens", [CredentialsTests.entry("agents", "agent", projects: [Scene.project])]))
    let path = try folder.write(document.text, to: "credentials.json")
    try await Scene.run(configure: {
      $0.credentials = path
      $0.identityService = $0.imageService
    }) { scene async throws in
      #expect(try await scene.api.report("ready", headers: CredentialsTests.bearer("agents")).status == 202)
      try await body(scene)
    }
    withExtendedLifetime(folder) {}
  }

  @Test func aKeysRequestsAreSignedAnewForTheCloud() async throws {
    try await Self.run { scene async throws in
      let listed = try await scene.api.signed(Self.holder, .get, "/v2/cloudimages?limit=1", Self.json)
      #expect(listed.status == 200, "\(listed.text)")
      let body = Fixture.order().canonicalBytes
      let order = try await scene.api.signed(Self.holder, .post, WholeImageRequest.path, Self.json, bytes: body)
      #expect(order.status == 200, "\(order.text)")
      let job = try #require(order["job_id"]?.string)
      #expect(try await scene.api.signed(Self.holder, .get, "/v1/cloudimages/job/\(job)", Self.json).status == 200)
      #expect(
        try await scene.api.signed(Self.holder, .get, "/v1/\(Scene.project)/jobs/\(job)", Self.json).status == 200)
      // Another project's paths are behind the wall, on calls that are only handed on too.
      for path in ["jobs/\(job)", "cloudservers/\(Scene.server)"] {
        let foreign = try await scene.api.signed(
          Self.holder, .get, "/v1/fedcba9876543210fedcba9876543210/\(path)", Self.json)
        #expect(foreign.code == "WIR.0008")
      }
      #expect(scene.count("POST", WholeImageRequest.path) == 1)
    }
  }

  /// What is forbidden for a whole image is read in the body, so a signature must cover it; the rest may stream by.
  @Test func aGatedCallNeedsASignedBody() async throws {
    try await Self.run { scene async throws in
      let body = JSON.members(("bucket_url", "bucket:file"), ("file_format", "qcow2")).canonicalBytes
      let unsigned = try Self.holder.headers(
        "POST", Self.image, ["Content-Type": "application/octet-stream"], body: body, bodyHash: .unsigned,
        at: scene.clock.clock().now().wall)
      let refused = try await scene.api.call(.post, Self.image, headers: unsigned, bytes: body)
      #expect(refused.status == 401)
      #expect(refused.code == "APIGW.0301")
      #expect(refused.text.contains("the body is not signed"))
      let signed = try await scene.api.signed(Self.holder, .post, Self.image, Self.json, bytes: body)
      #expect(signed.status == 400, "\(signed.text)")
      #expect(signed.code == "IMG.0128")
      #expect(scene.count("POST", "/v1/cloudimages/{image_id}/file") == 0)
    }
  }

  @Test(
    arguments: [
      ("example-token", 200, nil), ("expired-token", 401, "APIGW.0301"), ("no-token-at-all", 401, "APIGW.0301"),
      // Of another project, where the cloud knows no such server.
      ("other-project-token", 400, "IMG.0005"),
    ] as [(String, Int, String?)])
  func tokensAreCheckedAtTheIdentityService(token: String, status: Int, code: String?) async throws {
    try await Self.run { scene async throws in
      let order = try await scene.api.order(headers: [.authToken: token, .contentType: "application/json"])
      #expect(order.status == status, "\(order.text)")
      #expect(code == nil || order.code == code, "\(order.text)")
      #expect(scene.count("POST", WholeImageRequest.path) == (status == 200 ? 1 : 0))
    }
  }
}
