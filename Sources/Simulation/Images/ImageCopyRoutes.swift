// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// IMS: exporting and copying images; most of it is refused for a whole image.
enum ImageCopyRoutes {
  static let all: [CloudRoute] = [
    CloudRoute("POST", "/v1/cloudimages/{image_id}/file", export),
    CloudRoute("POST", "/v2.1/cloudimages/{image_id}/file", export),
    CloudRoute("POST", "/v1/cloudimages/{image_id}/copy", copy),
    CloudRoute("POST", "/v2.1/cloudimages/{image_id}/copy", copy),
    CloudRoute("POST", "/v1/cloudimages/{image_id}/cross_region_copy", copyAcrossRegions),
  ]

  private static func active(_ state: CloudState, _ call: CloudCall) throws(CloudRefusal) -> JSONObject {
    let image = try ImageRoutes.found(state, call, call.variable("image_id"))
    guard image.text("status") == "active" else {
      throw .service("IMG.0046", "The image \(image.text("id")) is not available.")
    }
    return image
  }

  private static func export(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let image = try active(state, call)
    if image.isWholeImage { throw .service("IMG.0128", "A whole image cannot be exported.") }
    guard try JSON.body(of: call)["bucket_url"]?.string?.contains(":") == true else {
      throw .service("IMG.0001", "bucket_url must be BUCKET:FILE.")
    }
    var job = state.newJob(.exportImage, call)
    job.imageName = image.text("name")
    job.imageID = image.text("id")
    return state.order(job)
  }

  private static func copy(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let image = try active(state, call)
    if image.isWholeImage { throw .service("IMG.0130", "A whole image cannot be copied within its region.") }
    let wanted = try JSON.body(of: call)
    guard let name = wanted["name"]?.string, !name.isEmpty else { throw .service("IMG.0013", "name is missing.") }
    var job = state.newJob(.copyImage, call)
    job.project = call.project
    job.imageName = name
    job.imageID = call.newUUID()
    job.parameters["from"] = image.text("id").json
    job.parameters["description"] = wanted["description"]
    return state.order(job)
  }

  private static func copyAcrossRegions(
    _ state: inout CloudState, _ call: CloudCall
  ) throws(CloudRefusal) -> CloudAnswer {
    let image = try active(state, call)
    let wanted = try JSON.body(of: call)
    guard let name = wanted["name"]?.string, !name.isEmpty else { throw .service("IMG.0013", "name is missing.") }
    guard let region = wanted["region"]?.string, wanted["project_name"]?.string != nil,
      wanted["agency_name"]?.string != nil
    else { throw .service("IMG.0001", "region, project_name or agency_name is missing.") }
    if region == state.settings.region { throw .service("IMG.0142", "The image is in that region already.") }
    if image.isWholeImage, (wanted["vault_id"]?.string ?? "").isEmpty {
      throw .service("IMG.0184", "A whole image needs a vault in the other region: vault_id is missing.")
    }
    // The copy is in the other region, which is not simulated.
    var job = state.newJob(.copyImageAcrossRegions, call)
    job.imageName = name
    job.imageID = call.newUUID()
    return state.order(job)
  }
}

extension CloudState {
  mutating func beginCopy(_ job: SimulatedJob) {
    guard var copy = images[job.parameters["from"]?.string ?? ""] else { return }
    copy["id"] = job.imageID.json
    copy["name"] = job.imageName.json
    copy["status"] = "queued"
    copy["owner"] = (job.project.isEmpty ? settings.projectID : job.project).json
    copy["visibility"] = "private"
    copy["__imagetype"] = "private"
    copy["__description"] = job.parameters["description"] ?? ""
    copy["created_at"] = Self.time(job.began)
    copy["updated_at"] = Self.time(job.began)
    images.insert(copy)
  }

  mutating func endCopy(_ job: SimulatedJob, _ now: UTCTime) {
    guard job.failure == nil else { return images.remove(job.imageID) }
    images.change(job.imageID) { image in
      image["status"] = "active"
      image["updated_at"] = Self.time(now)
    }
  }
}
