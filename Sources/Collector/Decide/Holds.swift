// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// Which decision holds a server or a backup, as far as its job is not over.
///
/// A job that ended unseen must not hold anything: before a hold refuses a request, the cloud is asked how the job is, and
/// where only its image is known, how that is.
struct Holds: Sendable {
  let store: Store
  let clock: CollectorClock
  let reads: CloudReads
  let doubts: Doubts

  /// The decision that holds what a question is about; `nil` if none does.
  func holder(of question: Question) async throws -> String? {
    guard let holder = try await find(question) else { return nil }
    guard let row = try await store.decision(holder) else { return holder }
    guard let job = row.jobID else {
      guard let image = try await doubts.image(of: row, question.asker),
        await doubts.isOver(image, of: row, question.asker)
      else { return holder }
      try await store.release(holder)
      return try await find(question)
    }
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
