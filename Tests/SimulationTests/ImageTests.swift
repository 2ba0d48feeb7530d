// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

@testable import Simulation

/// What the image service does beside making whole images.
@Suite struct ImageTests {
  private static let madeByCBR = "fe84dd80-0229-4918-8d3d-cbb33154b565"
  private static let madeByCSBS = "fe84dd80-0229-4918-8d3d-cbb33154b566"
  private static let ofSharedBackup = "fe84dd80-0229-4918-8d3d-cbb33154b567"
  private static let plain = "fe84dd80-0229-4918-8d3d-cbb33154b568"
  private static let other = [CloudCall.Field(name: "x-auth-token", value: "other-project-token")]
  private static let tags = "/v2/\(SimulatedScene.project)/images/\(plain)/tags"

  @Test(
    arguments: [
      ("", 5), ("?__whole_image=true", 3), ("?__whole_image=false", 2), ("?id=\(plain)", 1), ("?name=whole-cbr", 1),
      ("?name=whole", 0), ("?__imagetype=gold", 1), ("?visibility=public&protected=true", 1), ("?limit=2", 2),
      ("?limit=0", 0), ("?status=queued", 0), ("?tag=made", 4), ("?tag=made.by-hand", 4), ("?tag=made.by-robot", 0),
      ("?__isregistered=true&min_disk=40", 5), ("?owner=\(SimulatedScene.project)", 4),
      ("?member_status=accepted", 0), ("?name=", 5),
    ])
  func filters(query: String, count: Int) throws {
    let scene = try SimulatedScene()
    #expect(try scene.get("/v2/cloudimages\(query)")["images"]?.array?.count == count)
    #expect(try scene.get("/v2/images\(query)")["images"]?.array?.count == count)
  }

  @Test func pages() throws {
    let scene = try SimulatedScene()
    func ids(_ query: String) throws -> [String] {
      try scene.get("/v2/cloudimages\(query)")["images"]?.array?.compactMap { $0["id"]?.string } ?? []
    }
    let all = try ids("?sort_key=name&sort_dir=asc")
    #expect(all.count == 5)
    #expect(try ids("?sort_key=name&sort_dir=desc") == all.reversed())
    #expect(try ids("?sort_key=name&sort_dir=asc&limit=2&marker=\(all[1])") == Array(all[2..<4]))
    for query in ["limit=501", "limit=x", "marker=none"] {
      let (status, body) = try scene.call("GET", "/v2/cloudimages?\(query)")
      #expect(status == 400)
      #expect(body.errorCode == "IMG.0017")
    }
  }

  @Test func whoSeesAnImage() throws {
    let scene = try SimulatedScene()
    #expect(try scene.get("/v2/images/\(Self.plain)")["name"] == "system-disk-only")
    #expect(try scene.call("GET", "/v2/cloudimages", headers: Self.other).body["images"]?.array?.count == 1)
    let (status, page) = try scene.call("GET", "/v2/images/\(Self.plain)", headers: Self.other)
    #expect(status == 404)
    #expect(page.string?.hasPrefix("<html>") == true)
  }

  @Test(
    arguments: [
      ("/v1/cloudimages/\(madeByCBR)/file", "IMG.0128"), ("/v2.1/cloudimages/\(madeByCSBS)/file", "IMG.0128"),
      ("/v1/cloudimages/\(madeByCBR)/copy", "IMG.0130"), ("/v2.1/cloudimages/\(madeByCBR)/copy", "IMG.0130"),
      ("/v1/cloudimages/\(madeByCBR)/cross_region_copy", "IMG.0184"),
      ("/v1/cloudimages/none/file", "IMG.0027"), ("/v1/cloudimages/none/copy", "IMG.0027"),
    ])
  func whatAWholeImageCannotBe(path: String, code: String) throws {
    let body = JSON.members(
      ("name", "copy"), ("bucket_url", "bucket:file"), ("file_format", "qcow2"), ("region", "elsewhere"),
      ("project_name", "p"), ("agency_name", "a"))
    let (status, answer) = try SimulatedScene().call("POST", path, body)
    #expect(status == 400)
    #expect(answer.errorCode == code)
  }

  @Test func copies() throws {
    let scene = try SimulatedScene()
    func job(_ path: String, _ members: (String, JSON?)...) throws -> JSON {
      let (status, body) = try scene.call("POST", path, .object(JSONObject(members)))
      #expect(status == 200, "\(path): \(body.text)")
      scene.forward(seconds: 3)
      return try scene.get("/v1/cloudimages/job/\(try #require(body["job_id"]?.string))")
    }
    let exported = try job("/v1/cloudimages/\(Self.plain)/file", ("bucket_url", "b:f"), ("file_format", "qcow2"))
    #expect(exported["job_type"] == "imsNativeExportImageJob")
    #expect(exported["status"] == "SUCCESS")
    let copied = try job("/v1/cloudimages/\(Self.plain)/copy", ("name", "again"))
    let copy = try scene.get("/v2/images/\(try #require(copied["entities"]?["image_id"]?.string))")
    #expect(copy["name"] == "again")
    #expect(copy["status"] == "active")
    let across: [(String, JSON?)] = [
      ("name", "far"), ("region", "elsewhere"), ("project_name", "p"), ("agency_name", "a"), ("vault_id", "v"),
    ]
    let path = "/v1/cloudimages/\(Self.madeByCBR)/cross_region_copy"
    let (status, body) = try scene.call("POST", path, .object(JSONObject(across)))
    #expect(status == 200)
    #expect(body["job_id"] != nil)
    let near = try scene.call("POST", path, .object(JSONObject(across + [("region", "simulated-1")])))
    #expect(near.body.errorCode == "IMG.0142")
    #expect(try scene.call("POST", path, .members(("name", "far"))).body.errorCode == "IMG.0001")
    #expect(try scene.call("POST", path).body.errorCode == "IMG.0007")
    #expect(try job("/v1/cloudimages/\(Self.plain)/copy", ("name", "copy-fail"))["status"] == "FAIL")
    #expect(try scene.get("/v2/cloudimages?name=copy-fail")["images"] == [])
  }

  @Test(
    arguments: [
      (madeByCBR, nil), (plain, nil), (madeByCSBS, "IMG.0135"), (ofSharedBackup, "IMG.0135"), ("none", "IMG.0027"),
    ] as [(String, String?)])
  func sharing(image: String, code: String?) throws {
    let scene = try SimulatedScene()
    let body = JSON.members(("images", [image.json]), ("projects", [SimulatedScene.otherProject.json]))
    let (status, answer) = try scene.call("POST", "/v1/cloudimages/members", body)
    #expect(status == (code == nil ? 200 : 400))
    #expect(answer.errorCode == code)
    let native = try scene.call(
      "POST", "/v2/images/\(image)/members", .members(("member", SimulatedScene.otherProject.json)))
    #expect(native.body.errorCode == code)
    #expect((native.body["status"] == "pending") == (code == nil))
  }

  @Test func membersOverTime() throws {
    let scene = try SimulatedScene()
    let shared = JSON.members(("images", [Self.madeByCBR.json]), ("projects", [SimulatedScene.otherProject.json]))
    func members() throws -> JSON { try scene.get("/v2/images/\(Self.madeByCBR)/members") }
    #expect(try scene.call("POST", "/v1/cloudimages/members", shared).status == 200)
    #expect(try members()["members"] == [])
    scene.forward(seconds: 3)
    #expect(try members()["members"]?[0]?["status"] == "pending")
    #expect(try scene.call("GET", "/v2/images/\(Self.madeByCBR)", headers: Self.other).status == 200)

    func accept(_ vault: String?) throws -> (status: Int, body: JSON) {
      try scene.call(
        "PUT", "/v1/cloudimages/members",
        .members(
          ("images", [Self.madeByCBR.json]), ("project_id", SimulatedScene.otherProject.json), ("status", "accepted"),
          ("vault_id", vault?.json)), headers: Self.other)
    }
    #expect(try accept(nil).body.errorCode == "IMG.0184")
    #expect(try accept("v").status == 200)
    scene.forward(seconds: 3)
    let path = "/v2/images/\(Self.madeByCBR)/members/\(SimulatedScene.otherProject)"
    #expect(try scene.get(path)["status"] == "accepted")
    #expect(try scene.call("PUT", path, .members(("status", "rejected"))).body["status"] == "rejected")
    #expect(try scene.call("DELETE", "/v1/cloudimages/members", shared).status == 200)
    scene.forward(seconds: 3)
    #expect(try scene.call("GET", path).status == 404)

    let own = JSON.members(("images", [Self.plain.json]), ("projects", [SimulatedScene.project.json]))
    #expect(try scene.call("POST", "/v1/cloudimages/members", own).body.errorCode == "IMG.0076")
    let many = JSON.members(("images", [Self.madeByCBR.json]), ("projects", .array((0..<11).map { .string("p\($0)") })))
    #expect(try scene.call("POST", "/v1/cloudimages/members", many).body.errorCode == "IMG.0088")
  }

  @Test func tagsInEveryWay() throws {
    let scene = try SimulatedScene()
    func now() throws -> [String] {
      try scene.get("/v2/images/\(Self.plain)")["tags"]?.array?.compactMap(\.string).sorted() ?? []
    }
    func put(_ method: String, _ path: String, _ body: JSON? = nil) throws {
      #expect(try scene.call(method, path, body).status == 204)
    }
    try put("PUT", "/v1/cloudimages/tags", .members(("image_id", Self.plain.json), ("tag", "a.1.2")))
    try put(
      "PUT", "/v1/cloudimages/tags",
      .members(("image_id", Self.plain.json), ("image_tag", .members(("key", "made"), ("value", "new")))))
    #expect(try now() == ["a.1.2", "made.new"])
    try put("POST", Self.tags, .members(("tag", .members(("key", "b"), ("value", "")))))
    try put(
      "POST", Self.tags + "/action",
      .members(("action", "create"), ("tags", [.members(("key", "c"), ("value", "3"))])))
    try put("PUT", "/v2/images/\(Self.plain)/tags/d%20e")
    #expect(try now() == ["a.1.2", "b.", "c.3", "d e.", "made.new"])
    #expect(try scene.get(Self.tags)["tags"]?.array?.count == 5)
    #expect(try scene.get("/v1/cloudimages/tags")["tags"]?.array?.count == 6)
    try put("DELETE", Self.tags + "/a")
    try put("DELETE", "/v2/images/\(Self.plain)/tags/d%20e")
    try put(
      "POST", Self.tags + "/action", .members(("action", "delete"), ("tags", [.members(("key", "c"))])))
    #expect(try now() == ["b.", "made.new"])
  }

  @Test func tagsThatAreRefused() throws {
    let scene = try SimulatedScene()
    func code(_ key: String, _ value: String) throws -> String? {
      try scene.call("POST", Self.tags, .members(("tag", .members(("key", key.json), ("value", value.json))))).body
        .errorCode
    }
    #expect(try code("", "") == "IMG.0115")
    #expect(try code(String(repeating: "整", count: 36), String(repeating: "镜", count: 43)) == nil)
    #expect(try code(String(repeating: "k", count: 37), "") == "IMG.0115")
    #expect(try code("k", String(repeating: "v", count: 44)) == "IMG.0115")
    for number in 0..<8 { #expect(try code("k\(number)", "") == nil) }
    #expect(try code("k9", "") == "IMG.0116")
    #expect(try code("k0", "other") == nil)
    #expect(try scene.call("POST", Self.tags + "/action", .members(("action", "no"))).body.errorCode == "IMG.0001")
  }

  @Test func changing() throws {
    let scene = try SimulatedScene()
    let path = "/v2/cloudimages/\(Self.plain)"
    let change = JSON.members(("op", "replace"), ("path", "/name"), ("value", "renamed"))
    let (status, image) = try scene.call("PATCH", path, [change])
    #expect(status == 200)
    #expect(image["name"] == "renamed")
    #expect(image["updated_at"] == "2026-02-03T04:05:06Z")
    #expect(try scene.get("/v2/images/\(Self.plain)") == image)
    let wrong = JSON.members(("op", "replace"), ("path", "/id"), ("value", "x"))
    for body in [[wrong], "{}", [.members(("op", "move"), ("path", "/name"))]] as [JSON] {
      #expect(try scene.call("PATCH", path, body).body.errorCode == "IMG.0001")
    }
  }

  @Test func deleting() throws {
    let scene = try SimulatedScene()
    func delete(_ id: String, _ body: JSON? = nil) throws -> Int {
      try scene.call("DELETE", "/v2/images/\(id)", body).status
    }
    let backups = "/v3/\(SimulatedScene.project)/backups/9b27efab-4a17-4c06-bfa2-3e0cf021d311"
    #expect(try delete(Self.madeByCBR) == 204)
    #expect(try scene.get(backups)["backup"]?["extend_info"]?["os_images_data"] == [])
    #expect(try delete(Self.madeByCBR) == 404)
    let item = "/v1/\(SimulatedScene.project)/checkpoint_items/70675cbc-d3a8-43a7-9f81-c8b6bc3f5d11"
    #expect(try delete(Self.madeByCSBS, .members(("delete_backup", true))) == 204)
    #expect(try scene.call("GET", item).status == 404)
    #expect(try delete("fe84dd80-0229-4918-8d3d-cbb33154b569") == 403)
    _ = try scene.order("web", ("instance_id", SimulatedScene.Server.good.json))
    scene.forward(seconds: 1)
    let queued = try #require(try scene.get("/v2/cloudimages?name=web")["images"]?[0]?["id"]?.string)
    #expect(try scene.call("DELETE", "/v2/images/\(queued)").body.errorCode == "IMG.0090")
  }

  @Test func quotaAndVersions() throws {
    let scene = try SimulatedScene()
    let quota = try scene.get("/v1/cloudimages/quota")["quotas"]?["resources"]?[0]
    #expect(quota?["used"] == 4)
    #expect(quota?["quota"] == 100)
    #expect(try scene.call("GET", "/").status == 300)
    #expect(try scene.get("/v2")["versions"]?[0]?["status"] == "CURRENT")
  }
}
