// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// The job queries: one path for the jobs of the image and of the compute service, one for the image service alone.
enum JobRoutes {
  static let all: [CloudRoute] = [
    CloudRoute("GET", "/v1/cloudimages/job/{job_id}") { state, call throws(CloudRefusal) in
      let job = try found(state, call)
      guard job.kind.isOfImages else { throw missing }
      return CloudAnswer(imageAnswer(job, call, \.showProgressAnswer))
    },
    CloudRoute("GET", "/v1/{project_id}/jobs/{job_id}") { state, call throws(CloudRefusal) in
      let job = try found(state, call)
      return CloudAnswer(job.kind.isOfImages ? imageAnswer(job, call, \.showJobAnswer) : computeAnswer(job, call))
    },
  ]

  private static let missing = CloudRefusal.service(
    CloudErrorCode.jobQueryFailed.rawValue, "The job does not exist.")

  private static func found(_ state: CloudState, _ call: CloudCall) throws(CloudRefusal) -> SimulatedJob {
    guard let job = state.jobs[call.variable("job_id")],
      call.wall == nil || job.project.isEmpty || job.project == call.wall
    else { throw missing }
    return job
  }

  /// The job as the image service shows it.
  private static func imageAnswer(_ job: SimulatedJob, _ call: CloudCall, _ form: KeyPath<CloudJob, JSON>) -> JSON {
    let status = job.status(at: call.now)
    let share = job.share(at: call.now)
    let progress = status == .success ? 1 : job.failure == nil ? min(0.95, share) : min(0.4, share)
    let shown = CloudJob(
      id: job.id, kind: job.kind == .wholeImageByBackup ? .byBackup : .byInstance, status: status, began: job.began,
      ended: job.ended(at: call.now), project: call.variables["project_id"] ?? job.project, imageName: job.imageName,
      imageID: status == .success && !job.imageID.isEmpty ? job.imageID : nil,
      progress: (progress * 100).rounded() / 100, failure: status == .failure ? job.failure : nil)
    guard var members = shown[keyPath: form].object else { return .null }
    members["job_type"] = job.kind.rawValue.json
    return .object(members)
  }

  /// The job as the compute service shows it ("Querying task execution status").
  private static func computeAnswer(_ job: SimulatedJob, _ call: CloudCall) -> JSON {
    let servers = job.parameters["servers"]?.array ?? []
    var entities = JSONObject()
    if job.kind == .attachVolume || job.kind == .detachVolume {
      entities["server_id"] = servers.first
      entities["volume_id"] = job.parameters["volume_id"]
    } else {
      entities["sub_jobs_total"] = servers.count.json
      entities["sub_jobs"] = .array(
        servers.enumerated().map { index, server in
          let entities = JSON.members(("server_id", server))
          return .object(head(job, call, id: "\(job.id.prefix(28))\(index + 1000)", entities))
        })
    }
    return .object(head(job, call, id: job.id, .object(entities)))
  }

  private static func head(_ job: SimulatedJob, _ call: CloudCall, id: String, _ entities: JSON) -> JSONObject {
    let status = job.status(at: call.now)
    let failure = status == .failure ? job.failure : nil
    return JSONObject([
      ("status", status.rawValue.json), ("entities", entities), ("job_id", id.json),
      ("job_type", job.kind.rawValue.json), ("begin_time", job.began.text.json),
      ("end_time", job.ended(at: call.now)?.text.json ?? ""),
      ("error_code", failure.map { .string($0.code) } ?? .null),
      ("fail_reason", failure.map { .string($0.message) } ?? .null),
    ])
  }
}
