// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

@testable import Simulation

/// Volumes, backups, members, vaults: what EVS, CBR and CSBS tell.
@Suite struct StorageServiceTests {
  private static let volumes = "/v2/\(SimulatedScene.project)/cloudvolumes"
  private static let backups = "/v3/\(SimulatedScene.project)/backups"
  private static let vaults = "/v3/\(SimulatedScene.project)/vaults"
  private static let items = "/v1/\(SimulatedScene.project)/checkpoint_items"
  private static let system = "128d5bfd-f215-487f-9a4b-54bb0e5c1d02"
  private static let dedicated = "a1b2c3d4-0002-4000-8000-00000000d552"
  private static let shared = "b2c3d4e5-0002-4000-8000-0000000054a2"
  private static let available = "9b27efab-4a17-4c06-bfa2-3e0cf021d310"
  private static let sharedIn = "9b27efab-4a17-4c06-bfa2-3e0cf021d312"

  @Test(
    arguments: [
      ("", 8, nil), ("?service_type=DSS", 1, dedicated), ("?multiattach=true", 1, shared),
      ("?server_id=\(SimulatedScene.Server.stopped)", 2, shared),
      ("?server_id=\(SimulatedScene.Server.unknown)", 0, nil), ("?ids=['\(system)','\(dedicated)']", 2, system),
      ("?ids=\(system)", 1, system), ("?id=\(shared)", 1, shared), ("?name=dat", 3, nil),
      ("?dedicated_storage_name=dss-pool-1", 1, dedicated), ("?status=error", 0, nil),
    ] as [(String, Int, String?)])
  func volumeFilters(query: String, count: Int, first: String?) throws {
    let list = try SimulatedScene().get("\(Self.volumes)/detail\(query)")
    #expect(list["count"] == .integer(Int64(count)))
    #expect(list["volumes"]?.array?.count == count)
    if let first { #expect(list["volumes"]?.array?.contains { $0["id"]?.string == first } == true) }
  }

  @Test func volumePages() throws {
    let scene = try SimulatedScene()
    let all = try #require(try scene.get("\(Self.volumes)/detail")["volumes"]?.array)
    let page = try scene.get("\(Self.volumes)/detail?limit=2&offset=3")
    #expect(page["volumes"]?.array == Array(all[3..<5]))
    #expect(page["count"] == 8)
    let marker = try #require(all[6]["id"]?.string)
    #expect(try scene.get("\(Self.volumes)/detail?marker=\(marker)")["volumes"]?.array == Array(all[7...]))
    for query in [
      "limit=0", "limit=1001", "limit=x", "offset=-1", "marker=none",
      "ids=" + [String](repeating: "a", count: 61).joined(separator: ","),
    ] {
      let (status, body) = try scene.call("GET", "\(Self.volumes)/detail?\(query)")
      #expect(status == 400)
      #expect(body.errorCode == "EVS.5400")
    }
  }

  @Test func oneVolume() throws {
    let scene = try SimulatedScene()
    let volume = try scene.get("\(Self.volumes)/\(Self.dedicated)")["volume"]
    #expect(volume?["service_type"] == "DSS")
    #expect(volume?["dedicated_storage_id"] == "c9dcd7ac-7a05-4d6e-8d0e-5f1f1b6f0a11")
    let (status, body) = try scene.call("GET", "\(Self.volumes)/none")
    #expect(status == 404)
    #expect(body.errorCode == "EVS.5404")
  }

  @Test(
    arguments: [
      ("", 4), ("?own_type=private", 4), ("?own_type=shared", 1), ("?own_type=shared&member_status=accepted", 1),
      ("?own_type=shared&member_status=pending", 0), ("?own_type=all_granted", 5), ("?status=error", 1),
      ("?resource_id=\(SimulatedScene.Server.good)", 4), ("?limit=3", 3), ("?limit=3&offset=3", 1),
      ("?name=cbr-available", 1),
    ])
  func backupLists(query: String, count: Int) throws {
    let list = try SimulatedScene().get(Self.backups + query)
    #expect(list["backups"]?.array?.count == count)
    let shared = list["backups"]?.array?.contains { $0["id"]?.string == Self.sharedIn } ?? false
    #expect(shared == (query.contains("shared") && count > 0 || query.contains("all_granted")))
  }

  /// A shared backup is seen by both sides, and by nobody else.
  @Test func whoSeesABackup() throws {
    let scene = try SimulatedScene()
    #expect(try scene.get("\(Self.backups)/\(Self.available)")["backup"]?["status"] == "available")
    #expect(
      try scene.get("\(Self.backups)/\(Self.sharedIn)")["backup"]?["project_id"]?.string == SimulatedScene.otherProject)
    let other = [CloudCall.Field(name: "x-auth-token", value: "other-project-token")]
    let root = "/v3/\(SimulatedScene.otherProject)/backups"
    #expect(try scene.call("GET", "\(root)/\(Self.sharedIn)", headers: other).status == 200)
    let (status, body) = try scene.call("GET", "\(root)/\(Self.available)", headers: other)
    #expect(status == 404)
    #expect(body.errorCode == "BackupService.6200")
    #expect(body["error_msg"] != nil)
    #expect(try scene.call("GET", Self.backups + "?own_type=all").status == 400)
  }

  @Test func backupMembers() throws {
    let scene = try SimulatedScene()
    let list = try scene.get("\(Self.backups)/\(Self.sharedIn)/members")
    #expect(list["count"] == 1)
    let member = try scene.get("\(Self.backups)/\(Self.sharedIn)/members/\(SimulatedScene.project)")["member"]
    #expect(member?["status"] == "accepted")
    let path = "\(Self.backups)/\(Self.available)/members"
    #expect(try scene.call("GET", path + "/none").body.errorCode == "BackupService.6705")
    let (status, added) = try scene.call(
      "POST", path, .members(("members", [SimulatedScene.otherProject.json])))
    #expect(status == 200)
    #expect(added["members"]?[0]?["status"] == "pending")
    let root = "/v3/\(SimulatedScene.otherProject)/backups/\(Self.available)/members/\(SimulatedScene.otherProject)"
    let other = [CloudCall.Field(name: "x-auth-token", value: "other-project-token")]
    let settled = try scene.call("PUT", root, .members(("status", "accepted"), ("vault_id", "v")), headers: other)
    #expect(settled.body["member"]?["status"] == "accepted")
    #expect(try scene.call("PUT", root, .members(("status", "maybe")), headers: other).status == 400)
    #expect(try scene.call("DELETE", path + "/" + SimulatedScene.otherProject).status == 204)
    #expect(try scene.get(path)["count"] == 0)
    let many = JSON.array((0..<11).map { .string("p\($0)") })
    #expect(try scene.call("POST", path, .members(("members", many))).status == 400)
  }

  @Test func backupsGo() throws {
    let scene = try SimulatedScene()
    #expect(
      try scene.call("DELETE", "\(Self.backups)/9b27efab-4a17-4c06-bfa2-3e0cf021d311").body.errorCode
        == "BackupService.6204")
    #expect(try scene.call("DELETE", "\(Self.backups)/\(Self.available)").status == 204)
    #expect(try scene.call("GET", "\(Self.backups)/\(Self.available)").status == 404)
  }

  @Test(
    arguments: [
      ("", 3), ("?object_type=server", 2), ("?status=frozen", 1), ("?name=disks", 1),
      ("?resource_ids=\(SimulatedScene.Server.good)", 1), ("?id=de9fcf45-11b2-432c-8562-5c5428574600", 1),
      ("?limit=1", 1),
    ])
  func vaultLists(query: String, count: Int) throws {
    #expect(try SimulatedScene().get(Self.vaults + query)["vaults"]?.array?.count == count)
  }

  @Test func oneVault() throws {
    let scene = try SimulatedScene()
    let vault = try scene.get("\(Self.vaults)/de9fcf45-11b2-432c-8562-5c5428574600")["vault"]
    #expect(vault?["billing"]?["object_type"] == "server")
    #expect(vault?["resources"]?[0]?["id"]?.string == SimulatedScene.Server.good)
    let (status, body) = try scene.call("GET", "\(Self.vaults)/none")
    #expect(status == 404)
    #expect(body.errorCode == "BackupService.6105")
  }

  @Test func checkpointItems() throws {
    let scene = try SimulatedScene()
    let item = try scene.get("\(Self.items)/70675cbc-d3a8-43a7-9f81-c8b6bc3f5d12")["checkpoint_item"]
    #expect(item?["extend_info"]?["volume_backups"]?[1]?["source_volume_id"]?.string == Self.shared)
    #expect(try scene.get(Self.items)["count"] == 4)
    #expect(try scene.get(Self.items + "?status=protecting")["checkpoint_items"]?.array?.count == 1)
    #expect(try scene.get(Self.items + "?limit=2&offset=1")["checkpoint_items"]?.array?.count == 2)
    let (status, body) = try scene.call("GET", "\(Self.items)/none")
    #expect(status == 404)
    #expect(body.errorCode == "CSBS.3001")
  }
}
