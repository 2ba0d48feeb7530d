// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// Something that takes time: an image that is made, a server that is started.
struct SimulatedJob: Sendable, Equatable {
  /// What a job does; the word is the `job_type` of the wire.
  ///
  /// The image service's words are from its API reference ("Asynchronous job query"); for the compute service no public
  /// list exists, its words here are made up after its single calls.
  enum Kind: String, Sendable, CaseIterable {
    case wholeImageByInstance = "imsCreateWholeImageByInstanceJob"
    case wholeImageByBackup = "imsCreateWholeImageByBackupJob"
    case exportImage = "imsNativeExportImageJob"
    case copyImage = "imsCopyImageInRegionJob"
    case copyImageAcrossRegions = "imsCrossRegionCopyImageJob"
    case addMembers = "imsAddImageMembersJob"
    case updateMembers = "imsUpdateImageMembersJob"
    case deleteMembers = "imsDelImageMembersJob"
    case startServers = "batchStartServer"
    case stopServers = "batchStopServer"
    case rebootServers = "batchRebootServer"
    case attachVolume = "attachVolume"
    case detachVolume = "detachVolume"

    /// Whether the image service runs it; else the compute service does.
    var isOfImages: Bool { rawValue.hasPrefix("ims") }

    /// Whether it makes a whole image.
    var makesWholeImage: Bool { self == .wholeImageByInstance || self == .wholeImageByBackup }
  }

  /// How much of what the job does is done to the cloud.
  enum Phase: String, Sendable, JSONConvertible {
    /// Nothing.
    case ordered
    /// What can be seen while it runs.
    case begun
    /// Everything.
    case ended
  }

  /// 32 hexadecimal digits.
  var id: String
  /// What it does.
  var kind: Kind
  /// The project it belongs to; empty: everybody's.
  var project: String
  /// When it was ordered.
  var began: UTCTime
  /// How long it takes, in milliseconds.
  var length: Int64
  /// Why it will fail, if it will.
  var failure: CloudError?
  /// The image that it makes.
  var imageName = ""
  /// The id of that image.
  var imageID = ""
  /// What it works on, as `server:ID` or `backup:ID`.
  var source = ""
  /// What else it needs to know, by kind.
  var parameters = JSONObject()
  /// How much of it is done.
  var phase = Phase.ordered

  init(_ kind: Kind, id: String, project: String, began: UTCTime, length: Int64) {
    self.kind = kind
    self.id = id
    self.project = project
    self.began = began
    self.length = length
  }

  /// The share of its time that is over, from 0; from 1 it is done.
  func share(at now: UTCTime) -> Double {
    length > 0 ? Double(max(0, now.milliseconds - began.milliseconds)) / Double(length) : 1
  }

  /// How far it is: taken for the first tenth of its time, running until the end, then done.
  func status(at now: UTCTime) -> JobStatus {
    switch share(at: now) {
    case ..<0.1: .initial
    case ..<1: .running
    default: failure == nil ? .success : .failure
    }
  }

  /// When it ended, if it has.
  func ended(at now: UTCTime) -> UTCTime? {
    status(at: now).isFinal ? UTCTime(milliseconds: began.milliseconds + length) : nil
  }
}

extension SimulatedJob: JSONConvertible {
  /// Reads a job; one that earlier releases wrote has five members only.
  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    try members.refuseMembers(
      except: "id", "type", "project_id", "began_ms", "length_ms", "failure", "image_name", "image_id", "source",
      "parameters", "phase")
    source = try members.optional("source") ?? ""
    let byDefault = source.hasPrefix("backup:") ? Kind.wholeImageByBackup : .wholeImageByInstance
    let word: String = try members.optional("type") ?? byDefault.rawValue
    guard let kind = Kind(rawValue: word) else {
      throw DocumentError(path: "type", reason: "unknown value \"\(PlainText.from(word))\"")
    }
    self.kind = kind
    id = try members.required("id")
    project = try members.optional("project_id") ?? ""
    let began: Int = try members.required("began_ms")
    self.began = UTCTime(milliseconds: Int64(began))
    let length: Int? = try members.optional("length_ms")
    self.length = Int64(length ?? -1)
    if let failure = members["failure"], failure != .null {
      self.failure = CloudError(code: failure["code"]?.string ?? "", message: failure["message"]?.string ?? "")
    }
    imageName = try members.optional("image_name") ?? ""
    imageID = try members.optional("image_id") ?? ""
    parameters = try (members["parameters"] ?? .members()).asObject()
    phase = try members.optional("phase") ?? .ordered
  }

  var json: JSON {
    .members(
      ("id", id.json), ("type", kind.rawValue.json), ("project_id", project.json),
      ("began_ms", .integer(began.milliseconds)), ("length_ms", .integer(length)),
      (
        "failure",
        failure.map { .members(("code", .string($0.code)), ("message", .string($0.message))) }
      ), ("image_name", imageName.json), ("image_id", imageID.json), ("source", source.json),
      ("parameters", .object(parameters)), ("phase", phase.json))
  }
}

/// All jobs, those that go on apart.
struct JobTable: Sendable, Equatable {
  private var all: [String: SimulatedJob] = [:]
  /// Ids of the jobs that are not ended, in the order of their beginning.
  private var open: [String] = []

  init() {}

  /// Jobs as they were read; one that names no length takes as long as image jobs take now.
  init(_ jobs: [SimulatedJob], settings: CloudSettings) {
    for var job in jobs.sorted(by: { ($0.began, $0.id) < ($1.began, $1.id) }) {
      if job.length < 0 { job.length = Int64(settings.jobSeconds * 1000) }
      insert(job)
    }
  }

  /// The array of all jobs, the oldest first.
  var json: JSON { all.values.sorted { ($0.began, $0.id) < ($1.began, $1.id) }.json }

  /// The jobs that are not ended.
  var unfinished: [SimulatedJob] { open.compactMap { all[$0] } }

  /// The job of an id.
  subscript(_ id: String) -> SimulatedJob? { all[id] }

  /// Adds a job.
  mutating func insert(_ job: SimulatedJob) {
    if all.updateValue(job, forKey: job.id) == nil, job.phase != .ended { open.append(job.id) }
  }

  /// Notes how much of a job is done.
  mutating func setPhase(_ phase: SimulatedJob.Phase, of id: String) {
    all[id]?.phase = phase
    if phase == .ended { open.removeAll { $0 == id } }
  }
}
