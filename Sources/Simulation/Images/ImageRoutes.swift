// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// IMS: listing, showing, changing and deleting images.
enum ImageRoutes {
  static let all: [CloudRoute] = [
    CloudRoute("GET", "/", isOpen: true) { _, call throws(CloudRefusal) in
      CloudAnswer(status: 300, .members(("versions", [version(call)])))
    },
    CloudRoute("GET", "/v2", isOpen: true) { _, call throws(CloudRefusal) in
      CloudAnswer(.members(("versions", [version(call)])))
    },
    CloudRoute("GET", "/v2/cloudimages", list),
    CloudRoute("GET", "/v1/cloudimages/quota", quota),
    CloudRoute("PATCH", "/v2/cloudimages/{image_id}", change),
    CloudRoute("GET", "/v2/images", list),
    CloudRoute("GET", "/v2/images/{image_id}") { state, call throws(CloudRefusal) in
      CloudAnswer(.object(try foundByGlance(state, call)))
    },
    CloudRoute("PATCH", "/v2/images/{image_id}", change),
    CloudRoute("DELETE", "/v2/images/{image_id}", delete),
  ]

  /// The image of an id: the project's own, public, or shared with it.
  static func found(_ state: CloudState, _ call: CloudCall, _ id: String) throws(CloudRefusal) -> JSONObject {
    guard let image = state.images[id], isVisible(image, state, call) else {
      throw .service("IMG.0027", "The image \(PlainText.from(id)) does not exist.")
    }
    return image
  }

  private static func foundByGlance(_ state: CloudState, _ call: CloudCall) throws(CloudRefusal) -> JSONObject {
    let id = call.variable("image_id")
    guard let image = state.images[id], isVisible(image, state, call) else {
      throw .glance(404, "Not Found", "No image found with ID \(PlainText.from(id).filter { $0 != "<" })")
    }
    return image
  }

  private static func isVisible(_ image: JSONObject, _ state: CloudState, _ call: CloudCall) -> Bool {
    guard let wall = call.wall else { return true }
    return ["", wall].contains(image.text("owner")) || image.text("visibility") == "public"
      || state.imageMembers[image.text("id"), wall] != nil
  }

  /// The list, the newest first; every member of an image is a filter.
  private static func list(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let steering: Set = ["limit", "marker", "sort_key", "sort_dir", "tag", "member_status", "flavor_id"]
    let filters = call.query.filter { !steering.contains($0.name) && !$0.value.isEmpty }
    let tags = call.query.filter { $0.name == "tag" && !$0.value.isEmpty }.map { ImageTag(text: $0.value) }
    let limit = try number(call, "limit", 0...500) ?? 500
    let key = call.parameter("sort_key") ?? "created_at"
    let isRising = call.parameter("sort_dir") == "asc"
    let images = state.images.all.filter { image in
      isVisible(image, state, call) && filters.allSatisfy { fits(image, $0) } && tags.allSatisfy { fits(image, $0) }
        && (call.parameter("member_status").map { wanted in
          call.wall.flatMap { state.imageMembers[image.text("id"), $0] }?.text("status") == wanted
        } ?? true)
    }.sorted { first, second in
      let pair = isRising ? (first, second) : (second, first)
      return (pair.0.text(key), pair.0.text("id")) < (pair.1.text(key), pair.1.text("id"))
    }
    var page = images[...]
    if let marker = call.parameter("marker") {
      guard let index = images.firstIndex(where: { $0.text("id") == marker }) else {
        throw .service("IMG.0017", "marker: the image \(PlainText.from(marker)) does not exist.")
      }
      page = images[(index + 1)...]
    }
    return CloudAnswer(.members(("images", .array(page.prefix(limit).map { .object($0) }))))
  }

  /// Whether an image has a tag; one without a value stands for every value.
  private static func fits(_ image: JSONObject, _ tag: ImageTag) -> Bool {
    ImageTag.all(of: image).contains { $0.key == tag.key && (tag.value.isEmpty || $0.value == tag.value) }
  }

  /// Whether a member has a value; a flag that is missing is false.
  private static func fits(_ image: JSONObject, _ filter: CloudCall.Field) -> Bool {
    switch image[filter.name] {
    case .string(let text)?: text == filter.value
    case .bool(let flag)?: String(flag) == filter.value.lowercased()
    case .integer(let number)?: String(number) == filter.value
    default: filter.value == "false"
    }
  }

  private static func number(
    _ call: CloudCall, _ key: String, _ range: ClosedRange<Int>
  ) throws(CloudRefusal) -> Int? {
    guard let text = call.parameter(key) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw .service(
        "IMG.0017", "\(key) must be from \(range.lowerBound) to \(range.upperBound), found \(PlainText.from(text)).")
    }
    return value
  }

  /// Members replaced, added and taken out, as a JSON patch (RFC 6902) of one level.
  private static func change(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    var image = try found(state, call, call.variable("image_id"))
    guard case .array(let steps)? = try? JSON(parsing: call.body) else {
      throw .service("IMG.0001", "The request's body is not an array of changes.")
    }
    for step in steps {
      guard let path = step["path"]?.string, path.hasPrefix("/"), !["/id", "/owner", "/status"].contains(path) else {
        throw .service("IMG.0001", "A change has a path that cannot be changed.")
      }
      switch step["op"]?.string {
      case "replace", "add": image[String(path.dropFirst())] = step["value"] ?? .null
      case "remove": image[String(path.dropFirst())] = nil
      default: throw .service("IMG.0001", "A change must be add, replace or remove.")
      }
    }
    image["updated_at"] = CloudState.time(call.now)
    state.images.change(image.text("id")) { $0 = image }
    return CloudAnswer(.object(image))
  }

  /// Deletes an image; its backup can make another one then, or goes with it.
  private static func delete(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let image = try foundByGlance(state, call)
    let id = image.text("id")
    if let wall = call.wall, !["", wall].contains(image.text("owner")) {
      throw .glance(403, "Forbidden", "You are not permitted to delete this image.")
    }
    guard image["protected"] != true else {
      throw .glance(403, "Forbidden", "Image \(id) is protected and cannot be deleted.")
    }
    guard image.text("status") == "active" else {
      throw .service("IMG.0090", "The image is being created and cannot be deleted.")
    }
    state.images.remove(id)
    for member in state.imageMembers.all(of: id) {
      state.imageMembers.remove(id, member.text("member_id"))
    }
    let backup = image.text("__backup_id")
    state.note(image: id, on: backup, isMade: false)
    if (try? JSON(parsing: call.body))?["delete_backup"] == true {
      state.backups.remove(backup)
      state.checkpointItems.remove(backup)
    }
    return CloudAnswer(status: 204)
  }

  private static func quota(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let used = state.images(ownedBy: state.owner(call))
    let resource = JSON.members(
      ("type", "image"), ("used", used.json), ("quota", state.settings.imageQuota.json), ("min", 0), ("max", 1000))
    return CloudAnswer(.members(("quotas", .members(("resources", [resource])))))
  }

  /// The version document that Glance clients read first.
  private static func version(_ call: CloudCall) -> JSON {
    .members(
      ("id", "v2.7"), ("status", "CURRENT"),
      ("links", [.members(("rel", "self"), ("href", .string(ServiceCatalog.base(call) + "/v2/")))]))
  }
}
