// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// IMS: sharing images, in the service's own way (a job for many) and in Glance's (one at once).
enum ImageMemberRoutes {
  private static let native = "/v2/images/{image_id}/members"

  static let all: [CloudRoute] = [
    CloudRoute("POST", "/v1/cloudimages/members", share),
    CloudRoute("PUT", "/v1/cloudimages/members", settle),
    CloudRoute("DELETE", "/v1/cloudimages/members", unshare),
    CloudRoute("GET", native) { state, call throws(CloudRefusal) in
      let image = try ImageRoutes.found(state, call, call.variable("image_id")).text("id")
      let members = state.imageMembers.all(of: image)
      return CloudAnswer(
        .members(("members", .array(members.map { .object($0) })), ("schema", "/v2/schemas/members")))
    },
    CloudRoute("POST", native) { state, call throws(CloudRefusal) in
      let project = try JSON.body(of: call)["member"]?.string ?? ""
      let image = call.variable("image_id")
      try check([image], [project], state, call)
      state.share(image, with: project, call.now)
      return CloudAnswer(.object(try member(state, image, project)))
    },
    CloudRoute("GET", native + "/{member_id}") { state, call throws(CloudRefusal) in
      CloudAnswer(.object(try member(state, call.variable("image_id"), call.variable("member_id"))))
    },
    CloudRoute("PUT", native + "/{member_id}") { state, call throws(CloudRefusal) in
      let (image, project) = (call.variable("image_id"), call.variable("member_id"))
      _ = try member(state, image, project)
      let wanted = try JSON.body(of: call)
      guard let status = wanted["status"]?.string else { throw .service("IMG.0001", "status is missing.") }
      state.imageMembers.change(image, project) { object in
        object["status"] = status.json
        object["vault_id"] = wanted["vault_id"]
        object["updated_at"] = CloudState.time(call.now)
      }
      return CloudAnswer(.object(try member(state, image, project)))
    },
    CloudRoute("DELETE", native + "/{member_id}") { state, call throws(CloudRefusal) in
      _ = try member(state, call.variable("image_id"), call.variable("member_id"))
      state.imageMembers.remove(call.variable("image_id"), call.variable("member_id"))
      return CloudAnswer(status: 204)
    },
  ]

  private static func member(
    _ state: CloudState, _ image: String, _ project: String
  ) throws(CloudRefusal) -> JSONObject {
    guard let member = state.imageMembers[image, project] else {
      throw .glance(404, "Not Found", "The image is not shared with that project.")
    }
    return member
  }

  private static func share(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let wanted = try JSON.body(of: call)
    try check(texts(wanted["images"]), texts(wanted["projects"]), state, call)
    return state.orderSharing(.addMembers, wanted, call)
  }

  /// A whole image can be shared if CBR made it, of a backup that is not itself shared.
  private static func check(
    _ images: [String], _ projects: [String], _ state: CloudState, _ call: CloudCall
  ) throws(CloudRefusal) {
    guard !images.isEmpty, !projects.isEmpty, !projects.contains("") else {
      throw .service("IMG.0001", "images or projects are missing.")
    }
    for id in images {
      let image = try ImageRoutes.found(state, call, id)
      guard image.text("status") == "active" else { throw .service("IMG.0046", "The image \(id) is not available.") }
      let owner = image.text("owner")
      if let wall = call.wall, owner != wall { throw .service("IMG.0047", "The image \(id) is not yours.") }
      if projects.contains(owner) { throw .service("IMG.0076", "An image cannot be shared with its owner.") }
      let members = Set(state.imageMembers.all(of: id).map { $0.text("member_id") })
      guard image.isWholeImage else {
        guard members.union(projects).count <= 128 else { throw .service("IMG.0088", "The image is shared too often.") }
        continue
      }
      let backup = image.text("__backup_id")
      guard state.backups[backup] != nil, !state.isSharedIn(backup, for: owner) else {
        throw .service("IMG.0135", "The whole image \(id) cannot be shared.")
      }
      guard members.union(projects).count <= 10 else {
        throw .service("IMG.0088", "A whole image can be shared with 10 tenants.")
      }
    }
  }

  private static func settle(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let wanted = try JSON.body(of: call)
    let project = wanted["project_id"]?.string ?? ""
    let status = wanted["status"]?.string ?? ""
    guard ["accepted", "rejected"].contains(status) else {
      throw .service("IMG.0001", "status must be accepted or rejected.")
    }
    for id in texts(wanted["images"]) {
      guard state.imageMembers[id, project] != nil else {
        throw .service("IMG.0027", "The image \(PlainText.from(id)) does not exist.")
      }
      let isWhole = state.images[id]?.isWholeImage == true
      if isWhole, status == "accepted", (wanted["vault_id"]?.string ?? "").isEmpty {
        throw .service("IMG.0184", "A whole image needs a vault: vault_id is missing.")
      }
    }
    return state.orderSharing(.updateMembers, wanted, call)
  }

  private static func unshare(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let wanted = try JSON.body(of: call)
    for id in texts(wanted["images"]) { _ = try ImageRoutes.found(state, call, id) }
    return state.orderSharing(.deleteMembers, wanted, call)
  }

  fileprivate static func texts(_ json: JSON?) -> [String] { (json?.array ?? []).compactMap(\.string) }
}

extension JSONObject {
  /// Whether an image is a whole image: the flag is text in some answers, a truth value in others.
  var isWholeImage: Bool { self["__whole_image"] == true || text("__whole_image") == "true" }
}

extension CloudState {
  fileprivate mutating func orderSharing(
    _ kind: SimulatedJob.Kind, _ wanted: JSON, _ call: CloudCall
  ) -> CloudAnswer {
    var job = newJob(kind, call)
    job.parameters["request"] = wanted
    return order(job)
  }

  fileprivate mutating func share(_ image: String, with project: String, _ now: UTCTime) {
    imageMembers.insert(
      JSONObject([
        ("image_id", image.json), ("member_id", project.json), ("status", "pending"), ("created_at", Self.time(now)),
        ("updated_at", Self.time(now)), ("schema", "/v2/schemas/member"),
      ]))
  }

  /// What a job about sharing leaves, unless it failed.
  mutating func endSharing(_ job: SimulatedJob, _ now: UTCTime) {
    guard job.failure == nil, let wanted = job.parameters["request"] else { return }
    for image in ImageMemberRoutes.texts(wanted["images"]) {
      switch job.kind {
      case .addMembers:
        for project in ImageMemberRoutes.texts(wanted["projects"]) { share(image, with: project, now) }
      case .deleteMembers:
        for project in ImageMemberRoutes.texts(wanted["projects"]) { imageMembers.remove(image, project) }
      default:
        imageMembers.change(image, wanted["project_id"]?.string ?? "") { member in
          member["status"] = wanted["status"]
          member["vault_id"] = wanted["vault_id"]
          member["updated_at"] = Self.time(now)
        }
      }
    }
  }
}
