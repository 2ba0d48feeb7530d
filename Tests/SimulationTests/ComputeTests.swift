// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

@testable import Simulation

/// Servers, their disks, and what changes them.
@Suite struct ComputeTests {
  private typealias Server = SimulatedScene.Server
  private static let root = "/v1/\(SimulatedScene.project)/cloudservers"
  private static let native = "/v2.1/\(SimulatedScene.project)/servers"
  private static let system = "128d5bfd-f215-487f-9a4b-54bb0e5c1d02"
  private static let data = "62f0d06b-808d-480d-8f2a-0c4a1d6be001"

  @Test func aServerAndItsDisks() throws {
    let scene = try SimulatedScene()
    let server = try scene.get("\(Self.root)/\(Server.good)")["server"]
    #expect(server?["status"] == "ACTIVE")
    #expect(server?["OS-EXT-STS:power_state"] == 1)
    #expect(try scene.get("\(Self.native)/\(Server.good)")["server"] == server)
    let disks = try scene.get("\(Self.root)/\(Server.good)/block_device")
    #expect(disks["attachableQuantity"]?["free_disk"] == 22)
    #expect(disks["volumeAttachments"]?.array?.map { $0["volumeId"]?.string } == [Self.system, Self.data])
    #expect(disks["volumeAttachments"]?[0]?["bootIndex"] == 0)
    let one = try scene.get("\(Self.root)/\(Server.good)/block_device/\(Self.data)")["volumeAttachment"]
    #expect(one?["pciAddress"] == "0000:02:02.0")
    for path in [
      "\(Self.native)/\(Server.good)/os-volume_attachments", "\(Self.root)/\(Server.good)/os-volume_attachments",
    ] {
      let attachment = try scene.get(path)["volumeAttachments"]?[1]
      #expect(attachment?.object?.members.map(\.key) == ["device", "id", "serverId", "volumeId"])
    }
    let list = try scene.get("\(Self.root)/detail?limit=2&offset=2")
    #expect(list["count"] == 5)
    #expect(list["servers"]?.array?.map { $0["id"]?.string } == [Server.sharing, Server.stopped])
    #expect(try scene.get("\(Self.native)/detail?status=SHUTOFF")["servers"]?.array?.count == 1)
  }

  @Test(
    arguments: [
      ("GET", "\(root)/\(Server.unknown)", "Ecs.0114"), ("GET", "\(root)/\(Server.unknown)/block_device", "Ecs.0114"),
      ("GET", "\(root)/\(Server.good)/block_device/none", "Ecs.0601"),
      ("DELETE", "\(root)/\(Server.good)/detachvolume/none", "Ecs.0601"),
    ])
  func whatIsNotThere(method: String, path: String, code: String) throws {
    let (status, body) = try SimulatedScene().call(method, path)
    #expect(status == 404)
    #expect(body.errorCode == code)
    let nova = try SimulatedScene().call("GET", "\(Self.native)/\(Server.unknown)")
    #expect(nova.status == 404)
    #expect(nova.body["itemNotFound"]?["code"] == 404)
  }

  @Test(
    arguments: [
      ("os-start", "SOFT", Server.stopped, "SHUTOFF", "powering-on", "ACTIVE", "active", 1, "batchStartServer"),
      ("os-stop", "HARD", Server.good, "ACTIVE", "powering-off", "SHUTOFF", "stopped", 4, "batchStopServer"),
      ("reboot", "SOFT", Server.good, "REBOOT", "rebooting", "ACTIVE", "active", 1, "batchRebootServer"),
      ("reboot", "HARD", Server.good, "HARD_REBOOT", "rebooting_hard", "ACTIVE", "active", 1, "batchRebootServer"),
    ] as [(String, String, String, String, String, String, String, Int, String)])
  func batches(
    action: String, type: String, server: String, during: String, task: String, after: String, machine: String,
    power: Int, jobType: String
  ) throws {
    let scene = try SimulatedScene()
    func shown() throws -> JSON? { try scene.get("\(Self.root)/\(server)")["server"] }
    let body = JSON.members(
      (
        action,
        .members(("type", type.json), ("servers", [.members(("id", server.json)), .members(("id", Server.busy.json))]))
      ))
    let (status, answer) = try scene.call("POST", "\(Self.root)/action", body)
    #expect(status == 200)
    let job = try #require(answer["job_id"]?.string)
    #expect(try shown()?["status"]?.string == during)
    #expect(try shown()?["OS-EXT-STS:task_state"]?.string == task)
    let running = try scene.get("/v1/\(SimulatedScene.project)/jobs/\(job)")
    #expect(running["status"] == "INIT")
    #expect(running["job_type"]?.string == jobType)
    #expect(running["entities"]?["sub_jobs_total"] == 2)
    #expect(running["entities"]?["sub_jobs"]?[0]?["entities"]?["server_id"]?.string == server)
    scene.forward(seconds: 2)
    #expect(try shown()?["status"]?.string == after)
    #expect(try shown()?["OS-EXT-STS:vm_state"]?.string == machine)
    #expect(try shown()?["OS-EXT-STS:task_state"] == .null)
    #expect(try shown()?["OS-EXT-STS:power_state"] == .integer(Int64(power)))
    #expect(try shown()?["updated"] == "2026-02-03T04:05:08Z")
    #expect(try scene.get("/v1/\(SimulatedScene.project)/jobs/\(job)")["status"] == "SUCCESS")
    #expect(try scene.call("GET", "/v1/cloudimages/job/\(job)").body.errorCode == "IMG.0023")
    let busy = try scene.get("\(Self.root)/\(Server.busy)")["server"]
    #expect(busy?["OS-EXT-STS:task_state"] == "powering-off")
  }

  @Test(
    arguments: [
      (#"{"os-start":{}}"#, Server.stopped, 202, "ACTIVE"), (#"{"os-start":null}"#, Server.stopped, 202, "ACTIVE"),
      (#"{"os-start":{}}"#, Server.good, 409, "ACTIVE"), (#"{"os-stop":{}}"#, Server.good, 202, "SHUTOFF"),
      (#"{"os-stop":{}}"#, Server.busy, 409, "ACTIVE"), (#"{"reboot":{"type":"SOFT"}}"#, Server.good, 202, "ACTIVE"),
      (#"{"resize":{}}"#, Server.good, 400, "ACTIVE"), ("{}", Server.good, 400, "ACTIVE"),
    ] as [(String, String, Int, String)])
  func nativeActions(body: String, server: String, status: Int, after: String) throws {
    let scene = try SimulatedScene()
    let answer = try scene.call("POST", "\(Self.native)/\(server)/action", JSON(parsing: body.utf8))
    #expect(answer.status == status)
    #expect((answer.body["conflictingRequest"] != nil) == (status == 409))
    scene.forward(seconds: 2)
    #expect(try scene.get("\(Self.root)/\(server)")["server"]?["status"]?.string == after)
  }

  @Test(
    arguments: [
      (#"{"os-start":{"servers":[{"id":"00000000-0000-4000-8000-00000000dead"}]}}"#, 404, "Ecs.0114"),
      (#"{"os-start":{"servers":[]}}"#, 400, "Ecs.0005"), (#"{"os-start":{},"os-stop":{}}"#, 400, "Ecs.0005"),
      ("[]", 400, "Ecs.0005"), (#"{"os-start":{"servers":[{}]}}"#, 400, "Ecs.0005"),
    ])
  func refusedBatches(body: String, status: Int, code: String) throws {
    let answer = try SimulatedScene().call("POST", "\(Self.root)/action", JSON(parsing: body.utf8))
    #expect(answer.status == status)
    #expect(answer.body.errorCode == code)
  }

  @Test func disksAreTakenOffAndPutOn() throws {
    let scene = try SimulatedScene()
    func disks() throws -> [String?] {
      try scene.get("\(Self.root)/\(Server.good)/block_device")["volumeAttachments"]?.array?
        .map { $0["volumeId"]?.string } ?? []
    }
    func volume() throws -> JSON? {
      try scene.get("/v2/\(SimulatedScene.project)/cloudvolumes/\(Self.data)")["volume"]
    }
    let (status, answer) = try scene.call(
      "DELETE", "\(Self.root)/\(Server.good)/detachvolume/\(Self.data)?delete_flag=0")
    #expect(status == 200)
    #expect(try volume()?["status"] == "detaching")
    #expect(try disks().count == 2)
    scene.forward(seconds: 2)
    #expect(try disks() == [Self.system])
    #expect(try volume()?["status"] == "available")
    #expect(try volume()?["attachments"] == [])
    let server = try scene.get("\(Self.root)/\(Server.good)")["server"]
    #expect(server?["os-extended-volumes:volumes_attached"]?.array?.count == 1)
    let job = try scene.get("/v1/\(SimulatedScene.project)/jobs/\(try #require(answer["job_id"]?.string))")
    #expect(job["entities"]?["volume_id"]?.string == Self.data)

    let body = JSON.members(("volumeAttachment", .members(("volumeId", Self.data.json), ("device", "/dev/vdc"))))
    #expect(try scene.call("POST", "\(Self.root)/\(Server.good)/attachvolume", body).status == 200)
    scene.forward(seconds: 2)
    #expect(try disks() == [Self.system, Self.data])
    #expect(try volume()?["status"] == "in-use")
    #expect(try volume()?["attachments"]?[0]?["attached_at"] == "2026-02-03T04:05:10.789")
    let again = try scene.call("POST", "\(Self.root)/\(Server.good)/attachvolume", body)
    #expect(again.body.errorCode == "Ecs.0605")
  }
}
