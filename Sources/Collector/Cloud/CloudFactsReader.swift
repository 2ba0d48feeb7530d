// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// Collects what only the cloud knows of one request; what it does not tell is a gap.
struct CloudFactsReader: Sendable {
  /// In whose name, and in which project, the cloud is asked.
  struct Asker: Sendable {
    var identity: CloudIdentity
    /// The project in the paths.
    var project: String
    /// Whether a server of another project is a foreign one; without credentials nobody says which project is meant.
    var checksProject: Bool
  }

  let reads: CloudReads
  let clock: CollectorClock

  /// What the cloud says of what a request names.
  func facts(for request: ImageRequest, _ asker: Asker) async -> CloudFacts {
    var facts = CloudFacts(collectedAt: "")
    switch request.form {
    case .server: await readServerForm(request, asker, &facts)
    case .csbsBackup: await readBackupForm(.csbs, request, asker, &facts)
    case .cbrBackup: await readBackupForm(.cbr, request, asker, &facts)
    case .share, .export, .copyInRegion, .publish: await readImage(request, asker, &facts)
    case .startServer: break
    }
    facts.collectedAt = clock.now().wall.text
    return facts
  }

  private func readServerForm(_ request: ImageRequest, _ asker: Asker, _ facts: inout CloudFacts) async {
    async let vault = request.vaultID.asyncMap { await readVault($0, asker) }
    await readServer(request.serverID ?? "", asker, &facts)
    if let server = facts.server.value, let attachments = server.attachments.value {
      await readVolumes(attachments.map(\.volumeID), server: server.id, asker, &facts)
    }
    if let (vault, gaps) = await vault {
      facts.vault = vault
      facts.gaps += gaps
    }
  }

  private func readBackupForm(
    _ service: BackupService, _ request: ImageRequest, _ asker: Asker, _ facts: inout CloudFacts
  ) async {
    await readBackup(request.backupID ?? "", service, asker, &facts)
    if case .none = facts.backup {
      // A backup of the other service has a refusal of its own.
      var other = CloudFacts(collectedAt: "")
      await readBackup(request.backupID ?? "", service == .cbr ? .csbs : .cbr, asker, &other)
      if other.backup.value != nil { facts.backup = other.backup }
      return
    }
    guard let backup = facts.backup.value else { return }
    async let vault = backup.vaultID.value.asyncMap { await readVault($0, asker) }
    if let server = backup.serverID.value {
      await readServer(server, asker, &facts)
      await readVolumes(backup.volumeIDs.value ?? [], server: server, asker, &facts)
    }
    if let (vault, gaps) = await vault {
      facts.vault = vault
      facts.gaps += gaps
    }
  }

  private func readServer(_ id: String, _ asker: Asker, _ facts: inout CloudFacts) async {
    async let detail = reads.read(
      .ecs, CloudServer.path(project: asker.project, id: id), as: asker.identity, lasting: false)
    async let disks = reads.read(
      .ecs, CloudServer.disksPath(project: asker.project, id: id), as: asker.identity, lasting: false)
    switch await detail {
    case .missing: facts.server = .none
    case .failed(let reason, let why): facts.gaps.append(CloudGap(.server, id, reason, detail: why))
    case .found(let json):
      guard var server = CloudServer(answer: json, id: id) else {
        facts.gaps.append(CloudGap(.server, id, .malformed, detail: "ecs answered about something else"))
        break
      }
      if asker.checksProject, let project = server.project.value, project != asker.project {
        // As if it were not there: nobody learns about another project's servers.
        facts.server = .none
        break
      }
      switch await disks {
      case .found(let json):
        if !server.takeDisks(answer: json) {
          server.attachments = .unknown
          facts.gaps.append(
            CloudGap(
              .server, id, member: "attachments", .malformed, detail: "ecs names different disks in two answers"))
        }
      // The first answer names the volumes too, only without their controllers' addresses.
      case .missing, .failed: break
      }
      facts.server = .value(server)
    }
    _ = await disks
  }

  private func readVolumes(_ ids: [String], server: String, _ asker: Asker, _ facts: inout CloudFacts) async {
    let readings = await withTaskGroup(of: (Int, CloudReading).self) { group in
      for (index, id) in ids.enumerated() {
        group.addTask {
          let path = CloudVolume.path(project: asker.project, id: id)
          return (index, await reads.read(.evs, path, as: asker.identity, lasting: true))
        }
      }
      var readings = [CloudReading?](repeating: nil, count: ids.count)
      for await (index, reading) in group { readings[index] = reading }
      return readings
    }
    var volumes: [CloudVolume] = []
    for (id, reading) in zip(ids, readings) {
      switch reading {
      case .found(let json)?:
        guard let volume = CloudVolume(answer: json, id: id, server: server) else {
          facts.gaps.append(CloudGap(.volume, id, .malformed, detail: "evs answered about something else"))
          continue
        }
        volumes.append(volume)
      case .failed(let reason, let why)?: facts.gaps.append(CloudGap(.volume, id, reason, detail: why))
      case .missing?, nil: break
      }
    }
    facts.volumes = .value(volumes)
  }

  private func readBackup(_ id: String, _ service: BackupService, _ asker: Asker, _ facts: inout CloudFacts) async {
    let name: CloudService.Name = service == .cbr ? .cbr : .csbs
    let path = CloudBackup.path(service, project: asker.project, id: id)
    switch await reads.read(name, path, as: asker.identity, lasting: false) {
    case .missing: facts.backup = .none
    case .failed(let reason, let why): facts.gaps.append(CloudGap(.backup, id, reason, detail: why))
    case .found(let json):
      guard let backup = CloudBackup(answer: json, id: id, service: service) else {
        facts.gaps.append(CloudGap(.backup, id, .malformed, detail: "\(name.rawValue) answered about something else"))
        return
      }
      facts.backup = .value(backup)
    }
  }

  private func readVault(_ id: String, _ asker: Asker) async -> (Observed<CloudVault>, [CloudGap]) {
    let path = CloudVault.path(project: asker.project, id: id)
    switch await reads.read(.cbr, path, as: asker.identity, lasting: true) {
    case .missing: return (.none, [])
    case .failed(let reason, let why): return (.unknown, [CloudGap(.vault, id, reason, detail: why)])
    case .found(let json):
      guard let vault = CloudVault(answer: json, id: id) else {
        return (.unknown, [CloudGap(.vault, id, .malformed, detail: "cbr answered about something else")])
      }
      return (.value(vault), [])
    }
  }

  private func readImage(_ request: ImageRequest, _ asker: Asker, _ facts: inout CloudFacts) async {
    let id = request.imageID ?? ""
    switch await reads.read(.ims, CloudImage.path(id: id), as: asker.identity, lasting: false) {
    case .missing: facts.image = .none
    case .failed(let reason, let why): facts.gaps.append(CloudGap(.image, id, reason, detail: why))
    case .found(let json):
      facts.image = CloudImage.read(answer: json, id: id)
      if !facts.image.isKnown {
        facts.gaps.append(CloudGap(.image, id, .malformed, detail: "ims answered about something else"))
      }
    }
    guard request.form == .share, facts.image.value?.isWholeImage.value == true,
      let backup = facts.image.value?.backupID.value
    else { return }
    await readBackup(backup, .cbr, asker, &facts)
    if case .none = facts.backup {
      await readBackup(backup, .csbs, asker, &facts)
    } else if facts.backup.value != nil {
      await readOrigin(backup, asker, &facts)
    }
  }

  /// Whether another tenant shared the backup with this project: it is in the list of those that were.
  private func readOrigin(_ id: String, _ asker: Asker, _ facts: inout CloudFacts) async {
    guard var backup = facts.backup.value else { return }
    let (limit, pages) = (1000, 20)
    for page in 0..<pages {
      let path = CloudBackup.sharedInPath(
        project: asker.project, server: backup.serverID.value, offset: page * limit, limit: limit)
      switch await reads.read(.cbr, path, as: asker.identity, lasting: false) {
      case .missing:
        facts.gaps.append(CloudGap(.backup, id, member: "shared_in", .malformed, detail: "cbr has no list"))
      case .failed(let reason, let why):
        facts.gaps.append(CloudGap(.backup, id, member: "shared_in", reason, detail: why))
      case .found(let json):
        guard let (found, count) = CloudBackup.isNamed(id, inList: json) else {
          facts.gaps.append(
            CloudGap(.backup, id, member: "shared_in", .malformed, detail: "cbr answered with something else"))
          return
        }
        if !found, count >= limit { continue }
        // A record that another project holds was shared in too, whatever the list says.
        let isForeign = asker.checksProject && backup.project.value.map { $0 != asker.project } == true
        backup.isSharedIn = .value(found || isForeign)
        facts.backup = .value(backup)
      }
      return
    }
    facts.gaps.append(CloudGap(.backup, id, member: "shared_in", .malformed, detail: "cbr's list does not end"))
  }
}

extension Optional where Wrapped: Sendable {
  /// The value transformed by something that takes its time.
  func asyncMap<Value: Sendable>(_ transform: (Wrapped) async -> Value) async -> Value? {
    guard let self else { return nil }
    return await transform(self)
  }
}
