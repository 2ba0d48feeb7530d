// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud
internal import Synchronization

/// The image service as far as whole images go: takes orders and lets their jobs go on with time.
final class SimulatedCloud: Sendable {
  /// An order that was taken.
  struct OrderedJob: Sendable, Equatable {
    var id: String
    var imageName: String
    var imageID: String
    var source: String
    var began: UTCTime
  }

  /// How long a job takes, in milliseconds.
  let jobLength: Int64
  private let now: @Sendable () -> UTCTime
  private let newID: @Sendable () -> String
  private let file: StateFile?
  private let jobs: Mutex<[String: OrderedJob]>

  init(
    jobLength: Int64, file: StateFile?, now: @escaping @Sendable () -> UTCTime,
    newID: @escaping @Sendable () -> String
  ) throws(SimulatorFailure) {
    self.jobLength = jobLength
    self.file = file
    self.now = now
    self.newID = newID
    jobs = Mutex(try file?.read() ?? [:])
  }

  /// Takes an order; the job's id.
  func order(_ request: WholeImageRequest) throws(SimulatorFailure) -> String {
    let source: String
    switch request.source {
    case .server(let id): source = "server:\(id)"
    case .backup(let id, _): source = "backup:\(id)"
    }
    let job = OrderedJob(
      id: newID(), imageName: request.name, imageID: Self.uuid(from: newID()), source: source, began: now())
    let all = jobs.withLock { jobs in
      jobs[job.id] = job
      return jobs
    }
    try file?.write(all)
    return job.id
  }

  /// How far a job is; `nil` if there is none of that id.
  func job(_ id: String, project: String) -> CloudJob? {
    guard let ordered = jobs.withLock({ $0[id] }) else { return nil }
    return Self.job(ordered, project: project, after: now().milliseconds - ordered.began.milliseconds, of: jobLength)
  }

  /// A job after some of its time: taken for the first tenth, running until the end, then done.
  ///
  /// One whose image's name ends in `-fail` fails.
  static func job(_ ordered: OrderedJob, project: String, after elapsed: Int64, of length: Int64) -> CloudJob {
    let share = length > 0 ? Double(max(0, elapsed)) / Double(length) : 1
    let fails = ordered.imageName.hasSuffix("-fail")
    let status: JobStatus
    switch share {
    case ..<0.1: status = .initial
    case ..<1: status = .running
    default: status = fails ? .failure : .success
    }
    let progress = status == .success ? 1 : fails ? min(0.4, share) : min(0.95, share)
    return CloudJob(
      id: ordered.id, kind: ordered.source.hasPrefix("backup:") ? .byBackup : .byInstance, status: status,
      began: ordered.began, ended: status.isFinal ? UTCTime(milliseconds: ordered.began.milliseconds + length) : nil,
      project: project, imageName: ordered.imageName, imageID: status == .success ? ordered.imageID : nil,
      progress: (progress * 100).rounded() / 100,
      failure: status == .failure
        ? CloudError(code: "IMG.0014", message: "The simulated job fails, since the image's name ends in -fail.") : nil)
  }

  /// 32 hexadecimal digits in groups, as image ids have them.
  private static func uuid(from digits: String) -> String {
    var groups: [Substring] = []
    var rest = digits[...]
    for length in [8, 4, 4, 4, 12] {
      groups.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return groups.joined(separator: "-")
  }
}
