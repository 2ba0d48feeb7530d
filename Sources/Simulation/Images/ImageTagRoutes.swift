// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// IMS: setting, taking off and listing tags, in every way that its clients know.
enum ImageTagRoutes {
  private static let path = "/v2/{project_id}/images/{image_id}/tags"

  static let all: [CloudRoute] = [
    CloudRoute("PUT", "/v1/cloudimages/tags") { state, call throws(CloudRefusal) in
      let wanted = try JSON.body(of: call)
      let tag = wanted["tag"]?.string.map { ImageTag(text: $0) } ?? ImageTag(json: wanted["image_tag"])
      return try set(tag.map { [$0] }, on: wanted["image_id"]?.string ?? "", &state, call)
    },
    CloudRoute("GET", "/v1/cloudimages/tags") { state, call throws(CloudRefusal) in
      let texts = Set(
        state.images.visible(owner: "owner", from: call.wall).flatMap { ImageTag.all(of: $0).map(\.text) })
      return CloudAnswer(.members(("tags", texts.sorted().json)))
    },
    CloudRoute("GET", path) { state, call throws(CloudRefusal) in
      let image = try ImageRoutes.found(state, call, call.variable("image_id"))
      return CloudAnswer(.members(("tags", .array(ImageTag.all(of: image).map(\.json)))))
    },
    CloudRoute("POST", path) { state, call throws(CloudRefusal) in
      let tag = ImageTag(json: try JSON.body(of: call)["tag"])
      return try set(tag.map { [$0] }, on: call.variable("image_id"), &state, call)
    },
    CloudRoute("POST", path + "/action") { state, call throws(CloudRefusal) in
      let wanted = try JSON.body(of: call)
      let tags = (wanted["tags"]?.array ?? []).compactMap { ImageTag(json: $0) }
      switch wanted["action"]?.string {
      case "create", "update": return try set(tags, on: call.variable("image_id"), &state, call)
      case "delete": return try remove(Set(tags.map(\.key)), from: call.variable("image_id"), &state, call)
      default: throw .service("IMG.0001", "action must be create or delete.")
      }
    },
    CloudRoute("DELETE", path + "/{key}") { state, call throws(CloudRefusal) in
      try remove([call.variable("key")], from: call.variable("image_id"), &state, call)
    },
    CloudRoute("PUT", "/v2/images/{image_id}/tags/{tag}") { state, call throws(CloudRefusal) in
      try set([ImageTag(text: call.variable("tag"))], on: call.variable("image_id"), &state, call)
    },
    CloudRoute("DELETE", "/v2/images/{image_id}/tags/{tag}") { state, call throws(CloudRefusal) in
      try remove([ImageTag(text: call.variable("tag")).key], from: call.variable("image_id"), &state, call)
    },
  ]

  /// Sets tags; one whose key is there already is changed.
  private static func set(
    _ tags: [ImageTag]?, on id: String, _ state: inout CloudState, _ call: CloudCall
  ) throws(CloudRefusal) -> CloudAnswer {
    let image = try ImageRoutes.found(state, call, id)
    guard let tags, !tags.isEmpty, tags.allSatisfy(\.isAllowed) else {
      throw .service("IMG.0115", "The tag is not valid.")
    }
    var all = ImageTag.all(of: image)
    for tag in tags {
      if let index = all.firstIndex(where: { $0.key == tag.key }) { all[index] = tag } else { all.append(tag) }
    }
    guard all.count <= ImageTag.mostOfImage else {
      throw .service("IMG.0116", "An image has at most \(ImageTag.mostOfImage) tags.")
    }
    state.images.change(id) { $0["tags"] = all.map(\.text).json }
    return CloudAnswer(status: 204)
  }

  /// Takes tags off; a key that is not there is as good as gone.
  private static func remove(
    _ keys: Set<String>, from id: String, _ state: inout CloudState, _ call: CloudCall
  ) throws(CloudRefusal) -> CloudAnswer {
    let image = try ImageRoutes.found(state, call, id)
    let rest = ImageTag.all(of: image).filter { !keys.contains($0.key) }
    state.images.change(id) { $0["tags"] = rest.map(\.text).json }
    return CloudAnswer(status: 204)
  }
}

extension JSON {
  /// The object in a call's body; refuses anything else as the image service does.
  static func body(of call: CloudCall) throws(CloudRefusal) -> JSON {
    guard !call.body.isEmpty else { throw .service("IMG.0007", "The request has no body.") }
    guard let json = try? JSON(parsing: call.body), json.object != nil else {
      throw .service("IMG.0001", "The request's body is not a JSON object.")
    }
    return json
  }
}
