// SPDX-License-Identifier: Apache-2.0

public import Facts

/// A job that makes a whole image, as the two job queries show it.
public struct CloudJob: Sendable, Equatable {
  /// What the job makes an image of.
  public enum Kind: String, Sendable {
    /// A server.
    case byInstance = "imsCreateWholeImageByInstanceJob"
    /// A backup.
    case byBackup = "imsCreateWholeImageByBackupJob"
  }

  /// 32 lower-case hexadecimal digits.
  public var id: String
  /// What it makes an image of.
  public var kind: Kind
  /// How far it is.
  public var status: JobStatus
  /// When it began.
  public var began: UTCTime
  /// When it ended; `nil` while it runs.
  public var ended: UTCTime?
  /// The project it belongs to.
  public var project: String
  /// The image's name.
  public var imageName: String
  /// The image's id, once there is one.
  public var imageID: String?
  /// How far it is, 0 to 1.
  public var progress: Double
  /// Why it failed.
  public var failure: CloudError?

  /// A job; see the members.
  public init(
    id: String, kind: Kind, status: JobStatus, began: UTCTime, ended: UTCTime?, project: String, imageName: String,
    imageID: String?, progress: Double, failure: CloudError?
  ) {
    self.id = id
    self.kind = kind
    self.status = status
    self.began = began
    self.ended = ended
    self.project = project
    self.imageName = imageName
    self.imageID = imageID
    self.progress = progress
    self.failure = failure
  }

  /// The answer to `GET /v1/{project_id}/jobs/{job_id}` (ShowJob).
  public var showJobAnswer: JSON {
    let results: JSON =
      imageID.map { id in
        [.members(("image_id", .string(id)), ("project_id", .string(project)), ("status", .string(status.rawValue)))]
      } ?? []
    return answer(entities: entities + [("results", results)])
  }

  /// The answer to `GET /v1/cloudimages/job/{job_id}` (ShowJobProgress).
  public var showProgressAnswer: JSON { answer(entities: entities + [("subJobId", .string(""))]) }

  private func answer(entities: [(String, JSON?)]) -> JSON {
    .members(
      ("status", .string(status.rawValue)), ("job_id", .string(id)), ("job_type", .string(kind.rawValue)),
      ("begin_time", .string(began.text)), ("end_time", .string(ended?.text ?? "")),
      ("error_code", failure.map { .string($0.code) } ?? .null),
      ("fail_reason", failure.map { .string($0.message) } ?? .null), ("entities", .object(JSONObject(entities))))
  }

  private var entities: [(String, JSON?)] {
    let task: String
    switch status {
    case .initial: task = "init"
    case .running: task = "create_whole_image"
    case .success, .failure: task = "finish"
    }
    return [
      ("image_id", imageID.map { .string($0) }), ("image_name", .string(imageName)),
      ("current_task", .string(task)), ("process_percent", .number(progress)), ("sub_jobs_result", []),
      ("sub_jobs_list", []),
    ]
  }
}
