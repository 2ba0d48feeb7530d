// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// Requests that were sent and whose answer is not known: what the cloud's own records say of them.
struct Doubts: Sendable {
  let store: Store
  let clock: CollectorClock
  let reads: CloudReads

  /// Looks whether the image of a decision in doubt was made, and says so; a decision that is being sent just now, or
  /// whose image is not to be found, stays in doubt.
  func look(_ row: DecisionRow, _ question: Question) async throws -> CallError {
    if row.state == .forwarded, let detail = row.detail, detail.hasPrefix(Self.found) {
      return Self.error(row.id, image: String(detail.dropFirst(Self.found.count)))
    }
    guard row.state == .inDoubt, let image = await image(of: row, question) else { return Self.error(row.id) }
    try await store.settle(row.id, .forwarded, detail: Self.found + image, jobID: nil, at: clock.now())
    return Self.error(row.id, image: image)
  }

  /// How the detail of a decision begins whose image was found.
  private static let found = "found in the cloud: image "

  /// The image that was made for a decision: the backup names it, or a whole image of that name is younger than the
  /// decision.
  private func image(of row: DecisionRow, _ question: Question) async -> String? {
    let asker = question.asker
    if let backup = row.backupID {
      for (name, service) in [(CloudService.Name.cbr, BackupService.cbr), (.csbs, .csbs)] {
        let path = CloudBackup.path(service, project: asker.project, id: backup)
        guard case .found(let json) = await reads.read(name, path, as: asker.identity, lasting: false) else { continue }
        if let image = CloudBackup(answer: json, id: backup, service: service)?.imageIDs.value?.first { return image }
      }
      return nil
    }
    guard let name = question.document["name"]?.string,
      let decided = try? JSON(parsing: row.record.utf8)["decided_at"]?.string.flatMap(UTCTime.init(rfc3339:)),
      case .found(let json) = await reads.read(
        .ims, CloudImage.wholeImagesPath(name: name), as: asker.identity, lasting: false)
    else { return nil }
    return CloudImage.youngest(answer: json, name: name, since: decided)
  }

  static func error(_ decision: String, image: String? = nil) -> CallError {
    let what =
      image.map { "The image was made: \($0). Its job is not known, and the request is not sent again." }
      ?? "In doubt: the request was sent to the image service and its answer is not known. It is not sent again; "
      + "look for the image or its job in the cloud."
    let chinese =
      image.map { "镜像已制作：\($0)。其任务未知，请求不会再次发送。" }
      ?? "结果不明：请求已发往镜像服务，但其应答未知。不会再次发送；请在云上查找该镜像或其任务。"
    return .unavailable(
      .inDoubt, "\(what) Decision \(decision).", chinese: "\(chinese)决策 \(decision)。", retryAfter: 60,
      decision: decision)
  }
}
