// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

@Suite struct CloudRulesTests {
  typealias Change = @Sendable (inout CloudFacts, inout ImageRequest, inout GuestFacts) -> Void

  struct Row: Sendable, CustomTestStringConvertible {
    var rule: String
    var form: ImageRequest.Form
    var outcome: Outcome
    var reason: FindingReason?
    var severity: Severity = .blocker
    var what: String
    var change: Change

    init(
      _ rule: String, _ form: ImageRequest.Form, _ outcome: Outcome, because reason: FindingReason? = nil,
      severity: Severity = .blocker, _ what: String, _ change: @escaping Change = { _, _, _ in }
    ) {
      self.rule = rule
      self.form = form
      self.outcome = outcome
      self.reason = reason
      self.severity = severity
      self.what = what
      self.change = change
    }

    var testDescription: String { "\(rule) \(form.rawValue): \(what)" }
  }

  static func server(_ change: @escaping @Sendable (inout CloudServer) -> Void) -> Change {
    { cloud, _, _ in
      guard var server = cloud.server.value else { return }
      change(&server)
      cloud.server = .value(server)
    }
  }

  static func backup(_ service: BackupService = .cbr, _ change: @escaping @Sendable (inout CloudBackup) -> Void)
    -> Change
  {
    { cloud, _, _ in
      var backup = CloudFixtures.backup(service)
      change(&backup)
      cloud.backup = .value(backup)
    }
  }

  static func volume(_ change: @escaping @Sendable (inout CloudVolume) -> Void) -> Change {
    { cloud, _, _ in
      var volume = CloudFixtures.volume(CloudFixtures.data)
      change(&volume)
      cloud.volumes = .value([CloudFixtures.volume(CloudFixtures.system), volume])
    }
  }

  static func vault(_ change: @escaping @Sendable (inout CloudVault) -> Void) -> Change {
    { cloud, _, _ in
      guard var vault = cloud.vault.value else { return }
      change(&vault)
      cloud.vault = .value(vault)
    }
  }

  static let dedicated = "disk-on-dedicated-storage"
  static let settled = "server-not-settled"
  static let available = "backup-not-available"
  static let imaged = "backup-already-imaged"
  static let shared = "backup-with-shared-volume"
  static let lacks = "backup-lacks-server-disk"
  static let vaultRule = "vault-unusable"
  static let shareable = "whole-image-not-shareable"

  static let rows: [Row] = [
    Row(dedicated, .server, .pass, "common storage"),
    Row(dedicated, .server, .fail, "DSS", volume { $0.serviceType = .value("DSS") }),
    Row(dedicated, .server, .fail, "DESS", volume { $0.serviceType = .value("DESS") }),
    Row(dedicated, .server, .fail, "a pool named beside EVS", volume { $0.dedicatedStorageID = .value("c9dcd7ac") }),
    Row(dedicated, .server, .pass, "an empty pool", volume { $0.dedicatedStorageID = .value("") }),
    Row(dedicated, .server, .unknown, because: .cloudFactsMissing, "no type", volume { $0.serviceType = .unknown }),
    Row(dedicated, .server, .unknown, because: .cloudFactsMissing, "a volume less") { cloud, _, _ in
      cloud.volumes = .value([CloudFixtures.volume(CloudFixtures.system)])
    },
    Row(
      dedicated, .server, .unknown, because: .cloudFactsMissing, "no attachments", server { $0.attachments = .unknown }),
    Row(
      dedicated, .server, .unknown, because: .cloudFactsMissing, "no disk at all",
      server { $0.attachments = .value([]) }),
    Row(
      dedicated, .cbrBackup, .notApplicable, because: .otherForm, "a backup", volume { $0.serviceType = .value("DSS") }),

    Row(settled, .server, .pass, "running"),
    Row(settled, .server, .pass, "stopped", server { $0.status = .value("SHUTOFF") }),
    Row(settled, .server, .fail, because: .wrongState, "paused", server { $0.status = .value("PAUSED") }),
    Row(settled, .server, .fail, because: .wrongState, "a word of tomorrow", server { $0.status = .value("NEW") }),
    Row(
      settled, .server, .fail, because: .taskInProgress, "powering off",
      server { $0.taskState = .value("powering-off") }),
    Row(
      settled, .server, .unknown, because: .cloudFactsMissing, "no word on tasks", server { $0.taskState = .unknown }),
    Row(settled, .server, .fail, because: .noSuchThing, "not there") { cloud, _, _ in cloud.server = .none },
    Row(settled, .server, .unknown, because: .cloudFactsMissing, "cloud away") { cloud, _, _ in cloud.server = .unknown
    },
    Row(settled, .csbsBackup, .notApplicable, because: .otherForm, "a backup", server { $0.status = .value("PAUSED") }),

    Row(available, .cbrBackup, .pass, "available"),
    Row(available, .cbrBackup, .fail, because: .wrongState, "protecting", backup { $0.status = .value("protecting") }),
    Row(available, .csbsBackup, .fail, because: .wrongState, "error", backup(.csbs) { $0.status = .value("error") }),
    Row(
      available, .cbrBackup, .fail, because: .wrongKind, "of a disk",
      backup { $0.resourceType = .value("OS::Cinder::Volume") }),
    Row(
      available, .cbrBackup, .fail, because: .wrongKind, "no system disk",
      backup { $0.containsSystemDisk = .value(false) }),
    Row(available, .cbrBackup, .fail, because: .noSuchThing, "not there") { cloud, _, _ in cloud.backup = .none },
    Row(available, .cbrBackup, .unknown, because: .cloudFactsMissing, "away") { cloud, _, _ in cloud.backup = .unknown
    },
    Row(available, .cbrBackup, .unknown, because: .cloudFactsMissing, "no status", backup { $0.status = .unknown }),
    Row(available, .server, .notApplicable, because: .otherForm, "a server"),

    Row(imaged, .cbrBackup, .pass, "no image"),
    Row(imaged, .csbsBackup, .pass, "no image", backup(.csbs) { _ in }),
    Row(imaged, .cbrBackup, .fail, "an image", backup { $0.imageIDs = .value(["fe84dd80"]) }),
    Row(imaged, .cbrBackup, .fail, because: .taskInProgress, "one in the making") { _, request, _ in
      request.heldBy = "d1"
    },
    Row(imaged, .cbrBackup, .unknown, because: .cloudFactsMissing, "no word", backup { $0.imageIDs = .unknown }),

    Row(shared, .csbsBackup, .pass, "none shared", backup(.csbs) { _ in }),
    Row(shared, .csbsBackup, .fail, "one shared", volume { $0.isShared = .value(true) }),
    Row(shared, .csbsBackup, .unknown, because: .cloudFactsMissing, "not told", volume { $0.isShared = .unknown }),
    Row(shared, .csbsBackup, .unknown, because: .cloudFactsMissing, "a volume that is gone") { cloud, _, _ in
      cloud.volumes = .value([CloudFixtures.volume(CloudFixtures.system)])
    },
    Row(
      shared, .csbsBackup, .unknown, because: .cloudFactsMissing, "no volumes",
      backup(.csbs) { $0.volumeIDs = .value([]) }),
    Row(shared, .cbrBackup, .notApplicable, because: .otherForm, "CBR", volume { $0.isShared = .value(true) }),

    Row(lacks, .cbrBackup, .pass, "all there"),
    Row(
      lacks, .cbrBackup, .fail, severity: .warning, "a data disk",
      backup { $0.volumeIDs = .value([CloudFixtures.system]) }),
    Row(lacks, .cbrBackup, .fail, "a disk with a volume group") { cloud, request, guest in
      backup { $0.volumeIDs = .value([CloudFixtures.system]) }(&cloud, &request, &guest)
      var group = VolumeGroup(name: "data", uuid: "u")
      group.disks = .value(["vdb"])
      guest.volumeGroups = [group]
    },
    Row(lacks, .cbrBackup, .unknown, because: .factMissing, severity: .warning, "a disk without a name") {
      _, _, guest in
      guest.devices?[1].serial = .none
      guest.devices?[1].pciAddress = .none
    },
    Row(lacks, .cbrBackup, .pass, "a disk known by its address only") { _, _, guest in guest.devices?[1].serial = .none
    },
    Row(
      lacks, .csbsBackup, .unknown, because: .cloudFactsMissing, severity: .warning, "no list",
      backup(.csbs) { $0.volumeIDs = .unknown }),
    Row(lacks, .server, .pass, "a vault that takes all"),
    Row(lacks, .server, .notApplicable, because: .notAsked, severity: .warning, "no vault") { _, request, _ in
      request.vaultID = nil
    },
    Row(
      lacks, .server, .fail, severity: .warning, "a vault that leaves one out",
      vault {
        var resource = CloudVault.Resource(id: CloudFixtures.server)
        resource.excludedVolumeIDs = .value([CloudFixtures.data])
        resource.includedVolumeIDs = .none
        $0.resources = .value([resource])
      }),
    Row(
      lacks, .server, .fail, severity: .warning, "a vault that takes one only",
      vault {
        var resource = CloudVault.Resource(id: CloudFixtures.server)
        resource.excludedVolumeIDs = .none
        resource.includedVolumeIDs = .value([CloudFixtures.system])
        $0.resources = .value([resource])
      }),
    Row(lacks, .server, .pass, "a vault without the server yet", vault { $0.resources = .value([]) }),

    Row(vaultRule, .server, .pass, "usable"),
    Row(vaultRule, .server, .pass, "locked", vault { $0.status = .value("lock") }),
    Row(vaultRule, .server, .fail, because: .wrongState, "frozen", vault { $0.status = .value("frozen") }),
    Row(vaultRule, .server, .fail, because: .wrongKind, "for disks", vault { $0.objectType = .value("disk") }),
    Row(
      vaultRule, .server, .fail, because: .wrongKind, "for replicas", vault { $0.protectType = .value("replication") }),
    Row(vaultRule, .cbrBackup, .pass, "a replica's", vault { $0.protectType = .value("replication") }),
    Row(vaultRule, .server, .fail, because: .noSuchThing, "not there") { cloud, _, _ in cloud.vault = .none },
    Row(vaultRule, .server, .unknown, because: .cloudFactsMissing, "away") { cloud, _, _ in cloud.vault = .unknown },
    Row(vaultRule, .server, .notApplicable, because: .notAsked, "none named") { _, request, _ in request.vaultID = nil
    },
    Row(vaultRule, .server, .fail, because: .noSuchThing, "none named, one needed") { _, request, _ in
      request.vaultID = nil
      request.needsVault = true
    },
    Row(vaultRule, .csbsBackup, .notApplicable, because: .otherForm, "CSBS"),

    Row("whole-image-exported", .export, .fail, "a whole image"),
    Row("whole-image-copied-in-region", .copyInRegion, .fail, "a whole image"),
    Row("whole-image-published", .publish, .fail, "a whole image"),
    Row("whole-image-exported", .export, .pass, "another image") { cloud, _, _ in
      cloud.image = .value(with(CloudImage(id: CloudFixtures.image)) { $0.isWholeImage = .value(false) })
    },
    Row("whole-image-exported", .export, .unknown, because: .cloudFactsMissing, "not told") { cloud, _, _ in
      cloud.image = .value(CloudImage(id: CloudFixtures.image))
    },
    Row("whole-image-exported", .export, .fail, because: .noSuchThing, "no image") { cloud, _, _ in cloud.image = .none
    },
    Row("whole-image-exported", .share, .notApplicable, because: .otherForm, "sharing"),

    Row(shareable, .share, .pass, "from CBR"),
    Row(shareable, .share, .fail, because: .wrongKind, "from CSBS", backup(.csbs) { _ in }),
    Row(shareable, .share, .fail, because: .wrongKind, "shared in", backup { $0.isSharedIn = .value(true) }),
    Row(shareable, .share, .unknown, because: .cloudFactsMissing, "not told", backup { $0.isSharedIn = .unknown }),
    Row(shareable, .share, .unknown, because: .cloudFactsMissing, "backup gone") { cloud, _, _ in cloud.backup = .none
    },
    Row(shareable, .share, .pass, "another image") { cloud, _, _ in
      cloud.image = .value(with(CloudImage(id: CloudFixtures.image)) { $0.isWholeImage = .value(false) })
    },

    Row("server-held-by-image", .startServer, .pass, "free"),
    Row("server-held-by-image", .startServer, .fail, because: .taskInProgress, "held") { _, request, _ in
      request.heldBy = "d1"
    },
  ]

  private static func with<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
    var value = value
    change(&value)
    return value
  }

  private static func findings(
    _ cloud: CloudFacts?, _ request: ImageRequest, _ guest: GuestFacts, _ mode: CloudFactsMode = .required
  ) -> [Finding] {
    RuleSet.current.judge(guest, scope: .request, cloudFacts: mode, cloud: cloud, request: request).findings
  }

  @Test(arguments: rows) func outcomes(_ row: Row) throws {
    var cloud = CloudFixtures.facts
    var request = CloudFixtures.request(row.form)
    var guest = try CloudFixtures.guest()
    row.change(&cloud, &request, &guest)
    let findings = Self.findings(cloud, request, guest).filter { $0.rule == row.rule }
    let finding = try #require(findings.first)
    #expect(finding.outcome == row.outcome)
    #expect(finding.reason == row.reason?.rawValue)
    if row.outcome != .pass { #expect(finding.severity == row.severity) }
    #expect(!finding.title.isEmpty && !finding.message.contains("{") && !finding.title.contains("{"))
    if row.outcome == .fail || row.outcome == .unknown { #expect(!finding.remedy.isEmpty && !finding.evidence.isEmpty) }
    // What is stored with a decision judges the same.
    let stored = try CloudFacts(json: JSON(parsing: cloud.json.canonicalBytes))
    #expect(stored == cloud && stored.digest == cloud.digest)
    #expect(try ImageRequest(json: JSON(parsing: request.json.canonicalBytes)) == request)
  }

  /// A cloud rule that passes becomes unknown without any one fact that it says it reads.
  @Test(arguments: ImageRequest.Form.allCases) func everyCloudFactThatIsReadMatters(_ form: ImageRequest.Form) throws {
    let guest = try CloudFixtures.guest()
    var cloud = CloudFixtures.facts
    if form == .csbsBackup { cloud.backup = .value(CloudFixtures.backup(.csbs)) }
    if [.export, .copyInRegion, .publish].contains(form) {
      cloud.image = .value(Self.with(CloudImage(id: CloudFixtures.image)) { $0.isWholeImage = .value(false) })
    }
    let request = CloudFixtures.request(form)
    let rules = RuleSet.current.rules.filter { $0.scope == .cloud && $0.forms.contains(form) }
    var tried = 0
    for rule in rules {
      func outcome(_ cloud: CloudFacts) -> Set<Outcome> {
        Set(
          rule.evaluate(RuleInput(facts: guest, cloudFacts: .required, cloud: cloud, request: request)).map(\.outcome))
      }
      guard outcome(cloud) == [.pass] else { continue }
      for path in rule.cloudReads {
        for changed in [try #require(path.erased(from: cloud.json))] + path.erasedOnce(from: cloud.json) {
          guard let after = try? CloudFacts(json: changed), !(form == .server && path.description.hasPrefix("backup"))
          else { continue }
          if form == .cbrBackup, path == "vault.protect_type" { continue }
          #expect(outcome(after) == [.unknown], "\(rule.id) without \(path)")
          tried += 1
        }
      }
    }
    #expect(tried > 0 || form == .startServer)
  }

  @Test(arguments: ImageRequest.Form.allCases) func withoutTheCloudNothingIsReady(_ form: ImageRequest.Form) throws {
    guard form != .startServer else { return }
    let guest = try CloudFixtures.guest()
    let judgement = RuleSet.current.judge(
      guest, scope: .request, cloudFacts: .required, request: CloudFixtures.request(form))
    #expect(judgement.verdict == .undetermined)
  }

  /// Guest hazards are never left to the cloud, and no operation on an image is.
  @Test func whatIsLeftToTheCloud() {
    let delegated = RuleSet.current.rules.filter { rule in
      rule.evaluate(RuleInput(facts: GuestFacts(collectedAt: "", agentVersion: ""), cloudFacts: .delegated))
        .contains { $0.reason == .checkedByTheCloud }
    }
    #expect(
      delegated.map(\.id) == [
        Self.imaged, Self.available, Self.shared, Self.dedicated, Self.settled, Self.vaultRule,
      ])
  }

  @Test func aDiskIsMatchedByItsSerialNameOrAddress() throws {
    var cloud = CloudFixtures.facts
    var guest = try CloudFixtures.guest()
    var request = CloudFixtures.request(.server)
    #expect(DiskMatching(guest, cloud).device(of: CloudFixtures.data) == "/dev/vdb")
    guest.devices?[1].serial = .none
    #expect(DiskMatching(guest, cloud).device(of: CloudFixtures.data) == "/dev/vdb")
    guest.devices?[1].pciAddress = .none
    #expect(DiskMatching(guest, cloud).device(of: CloudFixtures.data) == nil)
    guest.devices?[1].wwid = .value("naa.688860300003252ffa16520d39517815")
    Self.volume { $0.wwn = .value("688860300003252FFA16520D39517815") }(&cloud, &request, &guest)
    #expect(DiskMatching(guest, cloud).device(of: CloudFixtures.data) == "/dev/vdb")
    // A serial number that two volumes begin with names neither.
    let twin = String(CloudFixtures.system.prefix(20)) + "000000000000000f"
    cloud.volumes = .value([CloudFixtures.volume(CloudFixtures.system), CloudFixtures.volume(twin)])
    #expect(DiskMatching(guest, cloud).volume(of: "vda") == nil)
  }
}
