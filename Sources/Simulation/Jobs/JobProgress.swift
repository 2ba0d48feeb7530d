// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// Jobs go on: what they do to the cloud is done when their time has come.
extension CloudState {
  /// Does what the time has brought; whether anything changed.
  mutating func advance(to now: UTCTime) -> Bool {
    var changed = false
    for job in jobs.unfinished {
      let status = job.status(at: now)
      guard status != .initial else { continue }
      if job.phase == .ordered {
        begin(job)
        jobs.setPhase(.begun, of: job.id)
        changed = true
      }
      if let ended = job.ended(at: now) {
        end(job, ended)
        jobs.setPhase(.ended, of: job.id)
        changed = true
      }
    }
    return changed
  }

  /// What can be seen while a job runs.
  private mutating func begin(_ job: SimulatedJob) {
    switch job.kind {
    case .wholeImageByInstance, .wholeImageByBackup: beginWholeImage(job)
    case .copyImage: beginCopy(job)
    default: break
    }
  }

  /// What a job leaves.
  private mutating func end(_ job: SimulatedJob, _ now: UTCTime) {
    switch job.kind {
    case .wholeImageByInstance, .wholeImageByBackup: endWholeImage(job, now)
    case .copyImage: endCopy(job, now)
    case .exportImage, .copyImageAcrossRegions: break
    case .addMembers, .updateMembers, .deleteMembers: endSharing(job, now)
    case .startServers, .stopServers, .rebootServers: endServerAction(job, now)
    case .attachVolume: endAttaching(job, now)
    case .detachVolume: endDetaching(job)
    }
  }

  /// Takes a job of the image service; its failure is settled here.
  mutating func order(_ job: SimulatedJob) -> CloudAnswer {
    var job = job
    if job.failure == nil, job.kind.isOfImages,
      let failure = settings.jobFailures.first(where: { job.imageName.hasSuffix($0.nameSuffix) })
    {
      job.failure = CloudError(code: failure.code, message: failure.message)
    }
    jobs.insert(job)
    return .job(job.id)
  }

  /// A new job of the length that the settings say.
  func newJob(_ kind: SimulatedJob.Kind, _ call: CloudCall) -> SimulatedJob {
    let seconds = kind.isOfImages ? settings.jobSeconds : settings.serverActionSeconds
    return SimulatedJob(
      kind, id: call.newID(), project: call.project, began: call.now, length: Int64(seconds * 1000))
  }
}
