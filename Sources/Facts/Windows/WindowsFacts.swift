// SPDX-License-Identifier: Apache-2.0

/// What Windows does with disks that it meets for the first time (`san` in diskpart; VDS_SAN_POLICY in MS-VDS
/// 2.2.2.2.1.1).
public enum SANPolicy: String, Sendable, CaseIterable, JSONConvertible {
  /// All of them come online, writable.
  case onlineAll = "online_all"
  /// Those on a shared bus (SCSI, iSCSI, SAS, Fibre Channel) stay offline.
  case offlineShared = "offline_shared"
  /// Those on an internal bus stay offline; since Windows 8.
  case offlineInternal = "offline_internal"
  /// All but the boot disk stay offline.
  case offlineAll = "offline_all"
}

/// The storage of a Windows guest, as diskpart printed it.
public struct WindowsFacts: Sendable, Equatable {
  /// The policy in force at the end of the capture.
  public var sanPolicy: Observed<SANPolicy> = .unknown
  /// The words last shown for it, verbatim.
  public var sanPolicyText: Observed<String> = .unknown
  /// Disks, by the last complete `list disk`.
  public var disks: [WindowsDisk]?
  /// Volumes, by the last complete `list volume`.
  public var volumes: [WindowsVolume]?
  /// How many storage pools (Storage Spaces) there are; diskpart cannot show them, the capture script asks for them.
  public var storagePools: Observed<Int> = .unknown
  /// The capture does not allow the answer "no spanned volume": a type is not known, or rows are missing.
  public var undeterminedVolumeTypes: Observed<Bool> = .unknown
  /// How the capture was read.
  public var capture = WindowsCapture()

  /// Facts of which nothing was read yet.
  public init() {}

  /// Numbers of the volumes of the type spanned, in the order of `volumes`.
  public var spannedVolumes: [Int] { (volumes ?? []).filter { $0.type.value == .spanned }.map(\.number) }

  /// Numbers of the volumes that lie on several disks, by their type or because diskpart lists several disks for them.
  public var multiDiskVolumes: [Int] { (volumes ?? []).filter(\.liesOnSeveralDisks).map(\.number) }
}

/// How a capture was read: its encoding, its language and what is odd about it.
public struct WindowsCapture: Sendable, Equatable {
  /// `utf-8`, `utf-16le`, `cp936` and so on.
  public var encoding: Observed<String> = .unknown
  /// The language of diskpart's words, as `zh-CN`; unknown if none is recognised.
  public var language: Observed<String> = .unknown
  /// Commands that are seen in it, without abbreviations and arguments.
  public var commands: [String] = []
  /// What diskpart refused, verbatim.
  public var errors: [String] = []
  /// It is cut off.
  public var truncated = false
  /// Runs of blanks were collapsed, by a web page or by hand.
  public var whitespaceCollapsed = false

  /// A capture of which nothing is known.
  public init() {}
}

extension WindowsFacts: JSONConvertible {
  /// Reads the document form; throws where it is not one, and where what is derived contradicts the volumes.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    sanPolicy = try members.observed("san_policy")
    sanPolicyText = try members.observed("san_policy_text")
    disks = try members.optional("disks")
    volumes = try members.optional("volumes")
    storagePools = try members.observed("storage_pools")
    undeterminedVolumeTypes = try members.observed("undetermined_volume_types")
    capture.encoding = try members.observed("encoding")
    capture.language = try members.observed("language")
    capture.commands = try members.optional("commands") ?? []
    capture.errors = try members.optional("errors") ?? []
    capture.truncated = try members.optional("truncated") ?? false
    capture.whitespaceCollapsed = try members.optional("whitespace_collapsed") ?? false
    let derived = [("spanned_volumes", spannedVolumes), ("multi_disk_volumes", multiDiskVolumes)]
    for (name, numbers) in derived {
      guard let stated: [Int] = try members.optional(name), stated != numbers else { continue }
      throw DocumentError(path: name, reason: "the volumes of this document say \(numbers.json.text)")
    }
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("commands", capture.commands.json), ("disks", disks?.json), ("encoding", capture.encoding.jsonIfKnown),
      ("errors", capture.errors.json), ("language", capture.language.jsonIfKnown),
      ("multi_disk_volumes", volumes == nil ? nil : multiDiskVolumes.json), ("san_policy", sanPolicy.jsonIfKnown),
      ("san_policy_text", sanPolicyText.jsonIfKnown),
      ("spanned_volumes", volumes == nil ? nil : spannedVolumes.json),
      ("storage_pools", storagePools.jsonIfKnown), ("truncated", capture.truncated.json),
      ("undetermined_volume_types", undeterminedVolumeTypes.jsonIfKnown), ("volumes", volumes?.json),
      ("whitespace_collapsed", capture.whitespaceCollapsed.json))
  }
}

extension WindowsFacts {
  /// Numbers are unique, and the disks of a volume are among the disks.
  func checkReferences() throws(DocumentError) {
    var disks: Set<String> = []
    for (index, disk) in (self.disks ?? []).enumerated() {
      guard disks.insert(disk.name).inserted else {
        throw DocumentError(path: "windows.disks[\(index)].number", reason: "a second disk of this number")
      }
    }
    var volumes: Set<Int> = []
    for (index, volume) in (self.volumes ?? []).enumerated() {
      guard volumes.insert(volume.number).inserted else {
        throw DocumentError(path: "windows.volumes[\(index)].number", reason: "a second volume of this number")
      }
      for name in volume.disks.value ?? [] where self.disks != nil && !disks.contains(name) {
        let reason = "no disk \"\(PlainText.from(name))\" in this document"
        throw DocumentError(path: "windows.volumes[\(index)].disks", reason: reason)
      }
    }
  }

  /// The part of the topology digest: policy, volume types and disks.
  var topology: JSON {
    func sorted(_ values: [JSON]) -> JSON {
      .array(values.map { ($0, $0.canonicalBytes) }.sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0))
    }
    let disks = self.disks.map { disks in
      sorted(
        disks.map { disk in
          .members(
            ("name", disk.name.json), ("status_kind", disk.statusKind.jsonIfKnown),
            ("dynamic", disk.dynamic.jsonIfKnown))
        })
    }
    let volumes = self.volumes.map { volumes in
      sorted(
        volumes.map { volume in
          .members(
            ("number", volume.number.json), ("type", volume.type.jsonIfKnown),
            ("disks", volume.disks.value.map { $0.sorted().json }))
        })
    }
    return .members(
      ("san_policy", sanPolicy.jsonIfKnown), ("disks", disks), ("volumes", volumes),
      ("storage_pools", storagePools.jsonIfKnown),
      ("undetermined_volume_types", undeterminedVolumeTypes.jsonIfKnown))
  }
}
