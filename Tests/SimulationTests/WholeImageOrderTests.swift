// SPDX-License-Identifier: Apache-2.0

import Facts
import HuaweiCloud
import Testing

@testable import Simulation

/// Orders of whole images, their jobs, and what they leave.
@Suite struct WholeImageOrderTests {
  private typealias Server = SimulatedScene.Server
  private static let path = "/v1/cloudimages/wholeimages/action"
  private static let vault = "de9fcf45-11b2-432c-8562-5c5428574600"
  private static let cbr = "9b27efab-4a17-4c06-bfa2-3e0cf021d310"
  private static let csbs = "70675cbc-d3a8-43a7-9f81-c8b6bc3f5d10"

  @Test(
    arguments: [
      (Server.unknown, nil, "IMG.0005"), (Server.onDSS, nil, "IMG.0153"), (Server.busy, nil, "IMG.0010"),
      (Server.good, "de9fcf45-11b2-432c-8562-5c54285746ff", "IMG.0184"),
      (Server.good, "de9fcf45-11b2-432c-8562-5c5428574602", "IMG.0193"),
      (Server.good, "de9fcf45-11b2-432c-8562-5c5428574601", "IMG.0188"),
    ] as [(String, String?, String)])
  func refusalsOfAServer(server: String, vault: String?, code: String) throws {
    let scene = try SimulatedScene()
    let (status, body) = try scene.call(
      "POST", Self.path, .members(("name", "web"), ("instance_id", server.json), ("vault_id", vault?.json)))
    #expect(status == 400)
    #expect(body.errorCode == code)
    #expect(scene.cloud.state.jobs.unfinished.isEmpty)
  }

  @Test(
    arguments: [
      ("ERROR", "status", "IMG.0126"), ("BUILD", "status", "IMG.0126"),
      ("powering-on", "OS-EXT-STS:task_state", "IMG.0010"),
    ])
  func refusalsOfAServersState(value: String, member: String, code: String) throws {
    var state = try SimulatedScene.example()
    state.servers.change(Server.good) { $0[member] = value.json }
    let (_, body) = try SimulatedScene(state).call(
      "POST", Self.path, .members(("name", "web"), ("instance_id", Server.good.json)))
    #expect(body.errorCode == code)
  }

  @Test func refusalsOfDisksAndVaults() throws {
    func code(_ change: (inout CloudState) -> Void, vault: String? = nil) throws -> String? {
      var state = try SimulatedScene.example()
      change(&state)
      return try SimulatedScene(state).call(
        "POST", Self.path,
        .members(("name", "web"), ("instance_id", Server.good.json), ("vault_id", vault?.json))
      ).body.errorCode
    }
    let system = "128d5bfd-f215-487f-9a4b-54bb0e5c1d02"
    #expect(try code { $0.blockDevices.remove(Server.good, system) } == "IMG.0119")
    #expect(try code { $0.volumes.change(system) { $0["status"] = "error" } } == "IMG.0022")
    #expect(try code { $0.volumes.change(system) { $0["service_type"] = "DESS" } } == "IMG.0153")
    #expect(try code { $0.settings.hasCSBS = false } == "IMG.0190")
    #expect(try code { $0.settings.imageQuota = 4 } == "IMG.0015")
    #expect(try code({ $0.settings.imageQuota = 5 }) == nil)
    let other: (inout CloudState) -> Void = { state in
      guard var vault = state.vaults[Self.vault] else { return }
      vault["id"] = "other"
      state.vaults.insert(vault)
    }
    #expect(try code(other, vault: Self.vault) == "IMG.0183")
    let small: (inout CloudState) -> Void = {
      $0.vaults.change(Self.vault) {
        $0["billing"] = .members(
          ("object_type", "server"), ("status", "lock"), ("size", 149), ("used", 10240))
      }
    }
    #expect(try code(small, vault: Self.vault) == "IMG.0182")
    #expect(try code({ _ in }, vault: Self.vault) == nil)
  }

  @Test(
    arguments: [
      ("00000000-0000-4000-8000-00000000dead", "CBR", "IMG.0020"),
      ("00000000-0000-4000-8000-00000000dead", nil, "IMG.0127"),
      ("9b27efab-4a17-4c06-bfa2-3e0cf021d311", "CBR", "IMG.0029"),
      ("9b27efab-4a17-4c06-bfa2-3e0cf021d313", "CBR", "IMG.0032"),
      ("9b27efab-4a17-4c06-bfa2-3e0cf021d314", "CBR", "IMG.0033"),
      ("9b27efab-4a17-4c06-bfa2-3e0cf021d310", "CSBS", "IMG.0198"),
      ("9b27efab-4a17-4c06-bfa2-3e0cf021d310", nil, "IMG.0198"),
      ("70675cbc-d3a8-43a7-9f81-c8b6bc3f5d10", "CBR", "IMG.0198"),
      ("70675cbc-d3a8-43a7-9f81-c8b6bc3f5d11", "", "IMG.0134"),
      ("70675cbc-d3a8-43a7-9f81-c8b6bc3f5d13", "CSBS", "IMG.0132"),
    ] as [(String, String?, String)])
  func refusalsOfABackup(backup: String, type: String?, code: String) throws {
    let (status, body) = try SimulatedScene().call(
      "POST", Self.path, .members(("name", "web"), ("backup_id", backup.json), ("whole_image_type", type?.json)))
    #expect(status == 400)
    #expect(body.errorCode == code)
  }

  @Test(arguments: [("", "IMG.0007"), ("{", "IMG.0001"), (#"{"name":"web"}"#, "IMG.0012")])
  func refusalsOfTheRequest(body: String, code: String) throws {
    let cloud = try SimulatedScene().cloud
    let reply = cloud.reply(
      to: CloudCall(
        "POST", Self.path + "/", headers: SimulatedScene.token, body: Array(body.utf8), now: cloud.now(),
        newID: cloud.newID))
    #expect(try JSON(parsing: reply.answer?.body ?? []).errorCode == code)
  }

  @Test func aServersImageOverTime() throws {
    let scene = try SimulatedScene()
    let job = try scene.order(
      "web", ("instance_id", Server.good.json), ("vault_id", Self.vault.json),
      ("tags", ["role.web.1", "bare"]), ("min_ram", 2048))
    func image() throws -> JSON? { try scene.get("/v2/cloudimages?name=web")["images"]?[0] }
    func status() throws -> JSON { try scene.get("/v1/cloudimages/job/\(job)") }
    #expect(try status()["status"] == "INIT")
    #expect(try image() == nil)
    #expect(
      try scene.call("POST", Self.path, .members(("name", "again"), ("instance_id", Server.good.json))).body.errorCode
        == "IMG.0136")
    scene.forward(seconds: 1.5)
    #expect(try status()["status"] == "RUNNING")
    #expect(try status()["entities"]?["process_percent"] == .number(0.5))
    #expect(try status()["entities"]?["image_id"] == nil)
    #expect(try status()["end_time"] == "")
    let queued = try #require(try image())
    #expect(queued["status"] == "queued")
    #expect(queued["__whole_image"] == "true")
    #expect(queued["tags"] == ["role.web.1", "bare."])
    #expect(queued["min_ram"] == 2048)
    let backup = try #require(queued["__backup_id"]?.string)
    #expect(try scene.get("/v3/\(SimulatedScene.project)/backups/\(backup)")["backup"]?["status"] == "protecting")
    scene.forward(seconds: 1.5)
    #expect(try status()["status"] == "SUCCESS")
    #expect(try status()["job_type"] == "imsCreateWholeImageByInstanceJob")
    #expect(try status()["error_code"] == .null)
    #expect(try status()["end_time"] == "2026-02-03T04:05:09.789Z")
    let id = try #require(try status()["entities"]?["image_id"])
    #expect(try image()?["id"] == id)
    #expect(try image()?["status"] == "active")
    let made = try scene.get("/v3/\(SimulatedScene.project)/backups/\(backup)")["backup"]
    #expect(made?["status"] == "available")
    #expect(made?["vault_id"]?.string == Self.vault)
    #expect(made?["extend_info"]?["os_images_data"]?[0]?["image_id"] == id)
    #expect(made?["children"]?.array?.count == 2)
    let old = try scene.get("/v1/\(SimulatedScene.project)/jobs/\(job)")
    #expect(old["entities"]?["results"]?[0]?["image_id"] == id)
  }

  /// The image of a server without a vault is made by way of CSBS.
  @Test func aServersImageByCSBS() throws {
    let scene = try SimulatedScene()
    _ = try scene.order("web", ("instance_id", Server.good.json))
    scene.forward(seconds: 3)
    let image = try scene.get("/v2/cloudimages?name=web")["images"]?[0]
    let backup = try #require(image?["__backup_id"]?.string)
    let item = try scene.get("/v1/\(SimulatedScene.project)/checkpoint_items/\(backup)")["checkpoint_item"]
    #expect(item?["status"] == "available")
    #expect(item?["extend_info"]?["os_images_data"]?[0]?["image_id"] == image?["id"])
    #expect(item?["extend_info"]?["volume_backups"]?.array?.count == 2)
  }

  @Test(arguments: [
    (cbr, "CBR", "/v3/\(SimulatedScene.project)/backups/", "backup", "IMG.0029"),
    (csbs, "CSBS", "/v1/\(SimulatedScene.project)/checkpoint_items/", "checkpoint_item", "IMG.0134"),
  ])
  func aBackupHoldsItsImage(backup: String, type: String, path: String, key: String, code: String) throws {
    let scene = try SimulatedScene()
    func made() throws -> [JSON] {
      try scene.get(path + backup)[key]?["extend_info"]?["os_images_data"]?.array ?? []
    }
    func again() throws -> String? {
      try scene.call(
        "POST", Self.path, .members(("name", "b"), ("backup_id", backup.json), ("whole_image_type", type.json))
      ).body.errorCode
    }
    let job = try scene.order("a", ("backup_id", backup.json), ("whole_image_type", type.json))
    #expect(try made().isEmpty)
    #expect(try again() == code)
    scene.forward(seconds: 0.3)
    #expect(try made().count == 1)
    scene.forward(seconds: 2.7)
    let progress = try scene.get("/v1/cloudimages/job/\(job)")
    #expect(progress["status"] == "SUCCESS")
    #expect(progress["job_type"] == "imsCreateWholeImageByBackupJob")
    let image = try #require(progress["entities"]?["image_id"]?.string)
    #expect(try made().map { $0["image_id"]?.string } == [image])
    #expect(try again() == code)
    #expect(try scene.call("DELETE", "/v2/images/\(image)").status == 204)
    #expect(try made().isEmpty)
    #expect(try again() == nil)
  }

  @Test(
    arguments: [
      ("web-fail", Server.good, "IMG.0014"), ("web-backup-fail", Server.good, "CSBS.8001"),
      ("web", Server.sharing, "CSBS.6010"),
    ])
  func failingJobs(name: String, server: String, code: String) throws {
    let scene = try SimulatedScene()
    let job = try scene.order(name, ("instance_id", server.json))
    scene.forward(seconds: 2)
    #expect(try scene.get("/v1/cloudimages/job/\(job)")["status"] == "RUNNING")
    #expect(try scene.get("/v1/cloudimages/job/\(job)")["error_code"] == .null)
    scene.forward(seconds: 1)
    let ended = try scene.get("/v1/cloudimages/job/\(job)")
    #expect(ended["status"] == "FAIL")
    #expect(ended["error_code"]?.string == code)
    #expect(ended["fail_reason"]?.string?.isEmpty == false)
    #expect(ended["entities"]?["image_id"] == nil)
    #expect(try scene.get("/v2/cloudimages?name=\(name)")["images"] == [])
  }

  /// A vault takes a server with shared disks, CSBS does not.
  @Test func sharedDisksInAVault() throws {
    let scene = try SimulatedScene()
    let job = try scene.order("web", ("instance_id", Server.sharing.json), ("vault_id", Self.vault.json))
    scene.forward(seconds: 3)
    #expect(try scene.get("/v1/cloudimages/job/\(job)")["status"] == "SUCCESS")
  }

  @Test(
    arguments: [
      (-5, .initial), (0, .initial), (299, .initial), (300, .running), (2999, .running), (3000, .success),
      (99_999, .success),
    ] as [(Int64, JobStatus)])
  func statusesOverTime(elapsed: Int64, status: JobStatus) {
    let began = UTCTime(milliseconds: 1000)
    let job = SimulatedJob(.wholeImageByInstance, id: "a", project: "", began: began, length: 3000)
    let now = UTCTime(milliseconds: 1000 + elapsed)
    #expect(job.status(at: now) == status)
    #expect(job.ended(at: now) == (status == .success ? UTCTime(milliseconds: 4000) : nil))
  }

  /// Without servers and backups there is nothing to hold an order to.
  @Test func aCloudWithNothingInItTakesEveryOrder() throws {
    let scene = try SimulatedScene(CloudState())
    let job = try scene.order("web", ("instance_id", Server.unknown.json))
    _ = try scene.order("web", ("backup_id", Self.cbr.json), ("whole_image_type", "CBR"))
    scene.forward(seconds: 3)
    #expect(try scene.get("/v1/any-project/jobs/\(job)")["status"] == "SUCCESS")
    #expect(try scene.get("/v2/cloudimages?__whole_image=true")["images"]?.array?.count == 2)
  }

  @Test func jobsOfOtherProjectsAreNotSeen() throws {
    let scene = try SimulatedScene()
    let job = try scene.order("web", ("instance_id", Server.good.json))
    let other = [CloudCall.Field(name: "x-auth-token", value: "other-project-token")]
    for path in ["/v1/\(SimulatedScene.otherProject)/jobs/\(job)", "/v1/cloudimages/job/\(job)"] {
      let (status, body) = try scene.call("GET", path, headers: other)
      #expect(status == 400)
      #expect(body.errorCode == "IMG.0023")
    }
    #expect(try scene.call("GET", "/v1/cloudimages/job/unknown").body.errorCode == "IMG.0023")
  }
}
