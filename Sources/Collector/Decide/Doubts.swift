// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// Requests that were sent and whose answer is not known: what the cloud's own records say of them.
struct Doubts: Sendable {
  let store: Store
  let clock: CollectorClock
  let reads: CloudReads

  /// The answer to a request that was sent already and whose job is not known.
  func look(_ row: DecisionRow, _ question: Question) async throws -> CallError {
    Self.error(row.id, image: try await image(of: row, question.asker))
  }

  /// The image of a decision whose job is not known, looked for in the cloud if the decision is in doubt, and noted.
  ///
  /// `nil` for one that is being sent just now, or whose image is not to be found: it stays in doubt.
  func image(of row: DecisionRow, _ asker: CloudFactsReader.Asker) async throws -> String? {
    if row.state == .forwarded, row.jobID == nil, let detail = row.detail, detail.hasPrefix(Self.found) {
      return String(detail.dropFirst(Self.found.count))
    }
    guard row.state == .inDoubt, let image = await find(row, asker) else { return nil }
    try await store.settle(row.id, .forwarded, detail: Self.found + image, jobID: nil, at: clock.now())
    return image
  }

  /// How the detail of a decision begins whose image was found.
  private static let found = "found in the cloud: image "

  /// The image that was made for a decision: the backup names it, or a whole image of that name is younger than the
  /// decision.
  private func find(_ row: DecisionRow, _ asker: CloudFactsReader.Asker) async -> String? {
    if let backup = row.backupID { return await reads.backup(backup, asker)?.imageIDs.value?.first }
    guard let record = try? JSON(parsing: row.record.utf8), let name = record["request"]?["name"]?.string,
      let decided = record["decided_at"]?.string.flatMap(UTCTime.init(rfc3339:)),
      case .found(let json) = await reads.read(
        .ims, CloudImage.wholeImagesPath(name: name), as: asker.identity, lasting: false)
    else { return nil }
    return CloudImage.youngest(answer: json, name: name, since: decided)
  }

  /// Whether the image of a decision is made or given up (IMS API reference, "Image Attributes", `status`).
  ///
  /// An image that was found by its name has to be of a backup of the decision's server: names are not unique.
  func isOver(_ image: String, of row: DecisionRow, _ asker: CloudFactsReader.Asker) async -> Bool {
    guard
      case .found(let json) = await reads.read(.ims, CloudImage.path(id: image), as: asker.identity, lasting: false),
      let found = CloudImage.read(answer: json, id: image).value,
      ["active", "killed", "deleted"].contains(found.status.value)
    else { return false }
    guard row.backupID == nil else { return true }
    guard let server = row.serverID, let backup = found.backupID.value else { return false }
    return await reads.backup(backup, asker)?.serverID.value == server
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

extension CloudReads {
  /// A backup, from the service that knows it; `nil` if none does.
  fileprivate func backup(_ id: String, _ asker: CloudFactsReader.Asker) async -> CloudBackup? {
    for (name, service) in [(CloudService.Name.cbr, BackupService.cbr), (.csbs, .csbs)] {
      let path = CloudBackup.path(service, project: asker.project, id: id)
      guard case .found(let json) = await read(name, path, as: asker.identity, lasting: false) else { continue }
      if let backup = CloudBackup(answer: json, id: id, service: service) { return backup }
    }
    return nil
  }
}
