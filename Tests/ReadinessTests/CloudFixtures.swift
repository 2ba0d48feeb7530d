// SPDX-License-Identifier: Apache-2.0

import Facts

/// A server with two volumes, its backups and images, as the cloud tells them: nothing is wrong with any of them.
enum CloudFixtures {
  static let server = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"
  static let system = "128d5bfd-f215-487f-9a4b-54bb0e5c1d02"
  static let data = "62f0d06b-808d-480d-8f2a-0c4a1d6be001"
  static let backup = "9b27efab-4a17-4c06-bfa2-3e0cf021d3c3"
  static let vault = "de9fcf45-11b2-432c-8562-5c5428574600"
  static let image = "fe84dd80-0229-4918-8d3d-cbb33154b565"

  static var facts: CloudFacts {
    var facts = CloudFacts(collectedAt: "2026-01-02T03:04:05Z")
    var server = CloudServer(id: Self.server)
    server.status = .value("ACTIVE")
    server.taskState = .none
    server.project = .value("0123456789abcdef0123456789abcdef")
    server.osType = .value("Linux")
    server.changedAt = .value("2026-01-01T00:00:00Z")
    server.attachments = .value([attachment(system, "/dev/vda", 0), attachment(data, "/dev/vdb", -1)])
    facts.server = .value(server)
    facts.volumes = .value([volume(system), volume(data)])
    facts.backup = .value(backup(.cbr))
    var vault = CloudVault(id: Self.vault)
    vault.status = .value("available")
    vault.objectType = .value("server")
    vault.protectType = .value("backup")
    var resource = CloudVault.Resource(id: Self.server)
    resource.excludedVolumeIDs = .value([])
    resource.includedVolumeIDs = .none
    vault.resources = .value([resource])
    facts.vault = .value(vault)
    var image = CloudImage(id: Self.image)
    image.isWholeImage = .value(true)
    image.backupID = .value(Self.backup)
    image.status = .value("active")
    facts.image = .value(image)
    return facts
  }

  static func backup(_ service: BackupService) -> CloudBackup {
    var backup = CloudBackup(id: Self.backup, service: service)
    backup.status = .value("available")
    backup.resourceType = .value("OS::Nova::Server")
    backup.serverID = .value(server)
    backup.imageIDs = .value([])
    backup.containsSystemDisk = .value(true)
    backup.isSharedIn = .value(false)
    backup.vaultID = .value(vault)
    backup.volumeIDs = .value([system, data])
    return backup
  }

  static func volume(_ id: String) -> CloudVolume {
    var volume = CloudVolume(id: id)
    volume.serviceType = .value("EVS")
    volume.dedicatedStorageID = .none
    volume.isShared = .value(false)
    volume.status = .value("in-use")
    return volume
  }

  private static func attachment(_ id: String, _ device: String, _ index: Int) -> CloudServer.Attachment {
    var attachment = CloudServer.Attachment(volumeID: id)
    attachment.device = .value(device)
    attachment.bootIndex = .value(index)
    attachment.pciAddress = .value(index == 0 ? "0000:02:01.0" : "0000:02:02.0")
    return attachment
  }

  /// A guest whose two disks are those volumes.
  static func guest() throws -> GuestFacts {
    var facts = GuestFacts(collectedAt: "", agentVersion: "")
    facts.devices = [disk("vda", system, "0000:02:01.0"), disk("vdb", data, "0000:02:02.0")]
    return facts
  }

  static func disk(_ name: String, _ volume: String, _ address: String) -> Device {
    var disk = Device(name: name, kind: .disk)
    disk.sizeBytes = .value(40 << 30)
    disk.serial = .value(String(volume.prefix(20)))
    disk.wwid = .none
    disk.pciAddress = .value(address)
    disk.disks = .value([name])
    return disk
  }

  static func request(_ form: ImageRequest.Form) -> ImageRequest {
    switch form {
    case .server: ImageRequest(form: form, serverID: server, vaultID: vault)
    case .csbsBackup, .cbrBackup: ImageRequest(form: form, serverID: server, backupID: backup)
    case .share, .export, .copyInRegion, .publish: ImageRequest(form: form, imageID: image)
    case .startServer: ImageRequest(form: form, serverID: server)
    }
  }
}
