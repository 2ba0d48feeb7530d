// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// Which decision holds a server or a backup, as far as its job is not over.
///
/// A job that ended unseen must not hold anything: before a hold refuses a request, the cloud is asked how the job is.
struct Holds: Sendable {
  let store: Store
  let clock: CollectorClock
  let reads: CloudReads

  /// The decision that holds what a question is about; `nil` if none does.
  func holder(of question: Question) async throws -> String? {
    guard let holder = try await find(question) else { return nil }
    guard let row = try await store.decision(holder), let job = row.jobID else { return holder }
    let path = "/v1/cloudimages/job/\(job)"
    guard case .found(let json) = await reads.read(.ims, path, as: question.asker.identity, lasting: false),
      json["job_id"]?.string == job, let status = json["status"]?.string.flatMap(JobStatus.init(rawValue:))
    else { return holder }
    try await store.note(status, of: job, at: clock.now())
    return try await find(question)
  }

  private func find(_ question: Question) async throws -> String? {
    try await store.holder(project: question.project, of: question.request, at: clock.now())
  }
}
