// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Testing

@testable import Simulation

/// The state's document, and the file that keeps it.
@Suite struct StateTests {
  @Test func theExampleComesBackAsItWas() throws {
    let state = try SimulatedScene.example()
    #expect(try CloudState(json: state.json) == state)
    #expect(try CloudState(json: .members()) == CloudState())
    #expect(state.isGuarded && state.hasSources)
    #expect(!CloudState().isGuarded && !CloudState().hasSources)
  }

  @Test(
    arguments: [
      (#"{"server":[]}"#, "server"), (#"{"servers":{}}"#, "servers"), (#"{"servers":[{}]}"#, "servers[0].id"),
      (#"{"servers":[{"id":""}]}"#, "servers[0].id"), (#"{"servers":[{"id":"a"},{"id":"a"}]}"#, "servers[1].id"),
      (#"{"servers":[{"id":"a","state":"x"}]}"#, "servers[0].state"),
      (
        #"{"servers":[{"id":"a","os-extended-volumes:volumes_attached":[{"volume":"v"}]}]}"#,
        "servers[0].os-extended-volumes:volumes_attached[0].volume"
      ), (#"{"block_devices":[{"volumeId":"v"}]}"#, "block_devices[0].serverId"),
      (#"{"volumes":[{"id":"v","attachments":{}}]}"#, "volumes[0].attachments"),
      (#"{"backups":[{"id":"b","extend_info":{"os_image_data":[]}}]}"#, "backups[0].extend_info.os_image_data"),
      (#"{"backups":[{"id":"b","children":[{"id":"c","x":1}]}]}"#, "backups[0].children[0].x"),
      (
        #"{"checkpoint_items":[{"id":"c","extend_info":{"volume_backups":[{"shared":true}]}}]}"#,
        "checkpoint_items[0].extend_info.volume_backups[0].shared"
      ), (#"{"vaults":[{"id":"v","billing":{"state":"x"}}]}"#, "vaults[0].billing.state"),
      (#"{"images":[{"id":"i","__wholeimage":true}]}"#, "images[0].__wholeimage"),
      (#"{"image_members":[{"image_id":"i"}]}"#, "image_members[0].member_id"),
      (#"{"tokens":[{"id":"t","secret":"x"}]}"#, "tokens[0].secret"),
      (#"{"tokens":[{"id":"t","expires_at":"soon"}]}"#, "tokens[0].expires_at"),
      (#"{"keys":[{"access":"a"}]}"#, "keys[0].secret"), (#"{"users":[{"name":"u"}]}"#, "users[0].password"),
      (#"{"settings":{"job_second":1}}"#, "settings.job_second"),
      (#"{"settings":{"job_seconds":-1}}"#, "settings.job_seconds"),
      (#"{"settings":{"job_failures":[{"code":"x"}]}}"#, "settings.job_failures[0].name_suffix"),
      (#"{"jobs":[{"id":"j","began_ms":1,"type":"x"}]}"#, "jobs[0].type"),
      (#"{"projects":[{"id":"p","title":"x"}]}"#, "projects[0].title"), ("[]", ""),
    ])
  func slipsOfThePen(text: String, path: String) throws {
    let json = try JSON(parsing: text.utf8)
    let error = #expect(throws: DocumentError.self) { try CloudState(json: json) }
    #expect(error?.path == path)
  }

  private static func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "simulator-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  @Test func theStateOutlivesTheSimulator() throws {
    try Self.withFolder { folder in
      let file = StateFile(path: folder + "/state.json")
      #expect(try file.read() == nil)
      let first = try SimulatedScene(SimulatedScene.example(), file: file)
      let job = try first.order("web", ("instance_id", SimulatedScene.Server.good.json))
      let second = try SimulatedScene(try #require(try file.read()), file: file)
      #expect(try second.get("/v1/cloudimages/job/\(job)") == (try first.get("/v1/cloudimages/job/\(job)")))
      second.forward(seconds: 3)
      #expect(try second.get("/v2/cloudimages?name=web")["images"]?[0]?["status"] == "active")
      // A change that time brought is kept when somebody looks.
      #expect(try file.read()?.images.count == 6)
    }
  }

  /// The jobs of earlier releases had five members, and were all that a state held.
  @Test func statesOfEarlierReleases() throws {
    let text = """
      {"jobs": [{"began_ms": 1000, "id": "4010a32b5f909853015f90aaa24b0015", "image_id": "i", "image_name": "web",
                 "source": "backup:x"}]}
      """
    let scene = try SimulatedScene(CloudState(json: JSON(parsing: text.utf8)))
    let job = try scene.get("/v1/cloudimages/job/4010a32b5f909853015f90aaa24b0015")
    #expect(job["status"] == "SUCCESS")
    #expect(job["job_type"] == "imsCreateWholeImageByBackupJob")
    #expect(job["end_time"] == "1970-01-01T00:00:04.000Z")
  }

  @Test(arguments: ["{", "[]", #"{"servers": 1}"#])
  func filesThatAreNoState(text: String) throws {
    try Self.withFolder { folder in
      try text.write(toFile: folder + "/state.json", atomically: true, encoding: .utf8)
      let error = #expect(throws: SimulatorFailure.self) {
        try CloudSimulator(host: "127.0.0.1", port: 0, source: .state(path: folder + "/state.json"), jobSeconds: nil)
      }
      #expect(error?.status == 66)
    }
  }

  @Test func aFileThatCannotBeWritten() throws {
    let scene = try SimulatedScene(CloudState(), file: StateFile(path: "/nonexistent/state.json"))
    let order = JSON.members(("name", "web"), ("instance_id", SimulatedScene.Server.good.json))
    let (status, body) = try scene.call("POST", "/v1/cloudimages/wholeimages/action", order)
    #expect(status == 500)
    #expect(body.errorCode == "IMG.0018")
  }

  @Test(
    arguments: [
      ("/a/b", ["a", "b"]), ("/a/b/", ["a", "b"]), ("/", [""]), ("/a//b", ["a", "", "b"]),
      ("/a%2Fb/%zz", ["a/b", "%zz"]),
      ("", []),
    ])
  func paths(path: String, segments: [String]) {
    let call = CloudCall("GET", path, now: UTCTime(milliseconds: 0), newID: { "" })
    #expect(call.segments == segments)
  }
}
