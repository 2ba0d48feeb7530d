// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import TestSupport
import Testing

@testable import Inspection

/// Which server this is: on a copy, never the one that it was copied from.
@Suite struct InstanceIDSourcesTests {
  static let parent = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"
  static let own = "0c1d2e3f-1111-4222-8333-444455556666"
  /// The own id with the first three fields turned, as some firmware has it.
  static let turned = "3f2e1d0c-1111-2242-8333-444455556666"

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var sources: InstanceIDSources
    var id: Observed<String>
    var source: Observed<String>
    var isDoubted = false
    var testDescription: String { name }

    init(
      _ name: String, configured: String? = nil, sinceBoot: Observed<String> = .none, onDisk: Observed<String> = .none,
      hardware: Observed<String> = .none, openStack: Bool = false, _ id: Observed<String>,
      _ source: Observed<String>, doubted: Bool = false
    ) {
      self.name = name
      sources = InstanceIDSources(
        configured: configured, sinceBoot: sinceBoot, onDisk: onDisk, hardware: hardware, hardwareIsServer: openStack)
      (self.id, self.source, isDoubted) = (id, source, doubted)
    }
  }

  static let cases: [Case] = {
    let (own, parent) = (Observed.value(Self.own), Observed.value(Self.parent))
    return [
      Case("configured", configured: "web-1", sinceBoot: own, hardware: own, .value("web-1"), .value("configuration")),
      // The copy, before cloud-init has run on it.
      Case("copy on OpenStack", onDisk: parent, hardware: own, openStack: true, own, .value("dmi")),
      Case("copy elsewhere", onDisk: parent, hardware: own, .unknown, .unknown, doubted: true),
      Case(
        "copy, no right to read the firmware's", onDisk: parent, hardware: .unknown, .unknown, .unknown, doubted: true),
      Case("copy without such a firmware", onDisk: parent, .unknown, .unknown, doubted: true),
      // The copy, after.
      Case(
        "copy, cloud-init has run", sinceBoot: own, onDisk: own, hardware: own, openStack: true, own,
        .value("cloud_init")),
      Case("copy, cloud-init runs", sinceBoot: own, onDisk: parent, hardware: own, own, .value("cloud_init")),
      // A cloud-init that trusts its cache repeats the id of the server that was copied.
      Case(
        "stale cache on OpenStack", sinceBoot: parent, onDisk: parent, hardware: own, openStack: true, own,
        .value("dmi")),
      // The server itself.
      Case("cloud-init is off since", onDisk: own, hardware: own, own, .value("cloud_init")),
      Case(
        "the firmware turns bytes", sinceBoot: own, hardware: .value(turned), openStack: true, own, .value("cloud_init")
      ),
      Case("the firmware turns bytes, on disk", onDisk: own, hardware: .value(turned), own, .value("cloud_init")),
      Case("the firmware has another id", sinceBoot: own, hardware: parent, own, .value("cloud_init")),
      Case("no cloud-init", hardware: own, own, .value("dmi")),
      Case("no right, cloud-init has run", sinceBoot: own, onDisk: own, hardware: .unknown, own, .value("cloud_init")),
      Case(
        "notes of this boot cannot be read", sinceBoot: .unknown, onDisk: own, hardware: own, own, .value("cloud_init")),
      Case("notes on disk cannot be read", onDisk: .unknown, hardware: own, .unknown, .unknown),
      Case("the same on OpenStack", onDisk: .unknown, hardware: own, openStack: true, own, .value("dmi")),
      Case("nothing says", .none, .none), Case("no right to look", hardware: .unknown, .unknown, .unknown),
      Case("notes cannot be read and nothing else", sinceBoot: .unknown, .unknown, .unknown),
    ]
  }()

  @Test(arguments: cases) func whomToBelieve(_ one: Case) {
    let resolution = one.sources.resolution
    #expect(resolution.id == one.id && resolution.source == one.source)
    #expect((resolution.doubt != nil) == one.isDoubted)
  }

  /// Whatever else is known: where only copied notes name the parent, the copy is not the parent.
  @Test func notesOnDiskAloneAreNeverBelieved() {
    for hardware in [Observed.none, .unknown, .value(Self.own)] {
      for sinceBoot in [Observed.none, .unknown, .value(Self.own)] {
        for openStack in [false, true] {
          let sources = InstanceIDSources(
            sinceBoot: sinceBoot, onDisk: .value(Self.parent), hardware: hardware, hardwareIsServer: openStack)
          #expect(sources.resolution.id != .value(Self.parent))
        }
      }
    }
  }

  @Test(
    arguments: [
      ("877A2CDA-BA63-4E1E-B95F-E67E48B6129A", parent), ("iid-datasource-none", nil), ("", nil),
      ("00000000-0000-0000-0000-000000000000", nil), ("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", nil),
      ("03000200-0400-0500-0006-000700080009", nil), ("877a2cda-ba63-4e1e-b95f-e67e48b6129", nil),
      ("877a2cda-ba63-4e1e-b95f-e67e48b6129\u{E9}", nil), ("877a2cdaxba63-4e1e-b95f-e67e48b6129a", nil),
    ] as [(String, String?)])
  func uuids(text: String, expected: String?) {
    #expect(InstanceIDSources.uuid(text) == expected)
  }

  @Test(
    arguments: [
      (#"{"v1":{"instance_id":"877a2cda-ba63-4e1e-b95f-e67e48b6129a"}}"#, parent),
      (#"{"v1":{"instance-id":"877A2CDA-ba63-4e1e-b95f-e67e48b6129a"}}"#, parent),
      (#"{"v1":{"instance_id":"nocloud"}}"#, nil), (#"{"v1":{"instance_id":7}}"#, nil), (#"{"v1":[]}"#, nil),
      (#"{}"#, nil), ("[]", nil),
    ] as [(String, String?)])
  func cloudInitsNotes(text: String, expected: String?) throws {
    #expect(InstanceIDSources.instanceID(inNotes: try JSON(parsing: text.utf8)) == expected)
  }

  @Test(arguments: [
    ("OpenStack Foundation", "OpenStack Nova", "", true), ("", "OpenStack Compute", "", true),
    ("Xen", "HVM domU", "HUAWEICLOUD", true), ("QEMU", "Standard PC (i440FX + PIIX, 1996)", "", false),
    ("oVirt", "RHEL", "", false),
  ])
  func clouds(vendor: String, product: String, tag: String, expected: Bool) {
    #expect(InstanceIDSources.namesOpenStack(vendor: vendor, product: product, assetTag: tag) == expected)
  }

  /// The copy of a server, as its files are before cloud-init runs and after.
  @Test func filesOfACopy() throws {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 8 << 20, serial: "a")
    try machine.write("var/lib/cloud/data/instance-id", "\(Self.own)\n")
    let before = try Self.guest(machine)
    #expect(before.instanceID == .value(Self.parent) && before.instanceIDSource == .value("dmi"))
    #expect(before.hardwareUUID == .value(Self.parent))
    try machine.write("sys/class/dmi/id/sys_vendor", "QEMU\n")
    try machine.write("sys/class/dmi/id/product_name", "Standard PC\n")
    let doubtful = try Self.guest(machine)
    #expect(doubtful.instanceID == .unknown)
    // In lines, as cloud-init writes it.
    try machine.write(
      "run/cloud-init/instance-data.json",
      """
      {
       "base64_encoded_keys": [],
       "ds": {
        "meta_data": {
         "admin_pass": "s3cret"
        }
       },
       "v1": {
        "_beta_keys": [
         "subplatform"
        ],
        "instance-id": "\(Self.own)",
        "instance_id": "\(Self.own)"
       }
      }
      """)
    let recording = try MachineRecorder(Root(path: machine.path), agentVersion: "test", usesHelpers: false).record()
    #expect(recording.facts.guest.instanceID == .value(Self.own))
    var archive: [UInt8] = []
    recording.writeArchive(folder: "recording", time: 0) { archive += $0 }
    #expect(String(decoding: archive, as: UTF8.self).contains(#"{"v1":{"instance_id":"\#(Self.own)"}}"#))
    #expect(!String(decoding: archive, as: UTF8.self).contains("s3cret"))
    let after = try Self.guest(machine)
    #expect(after.instanceID == .value(Self.own) && after.instanceIDSource == .value("cloud_init"))
    try machine.write("run/cloud-init/instance-data.json", #"{"v1":{"instance_id":"#)
    #expect(try Self.guest(machine).instanceID == .unknown)
  }

  /// The agent's own state is nothing that an image would be refused for, on the server that it is of or on a copy.
  @Test func theAgentsStateIsNoFinding() throws {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 8 << 20, serial: "a")
    let inspect = {
      try Inspector(.machine(try Root(path: machine.path)), agentVersion: "test", usesHelpers: false).inspect()
    }
    let without = try inspect()
    for id in [Self.parent, Self.own] {
      try machine.write(
        "var/lib/wholeimage-agent/identity.json",
        #"{"boot_id":"b","boot_number":1,"enrolled":null,"hardware_uuid":null,"instance_id":"\#(id)","key":"AAAA","#
          + #""lineage":null,"schema":"wholeimage.agent-state/1"}"#)
      let facts = try inspect()
      #expect(facts.factsDigest == without.factsDigest)
      for profile in Profile.allCases {
        let judgement = RuleSet.current.judge(facts, scope: .guest, profile: profile)
        #expect(!judgement.findings.contains { "\($0)".contains("wholeimage-agent") })
        #expect(judgement.verdict == RuleSet.current.judge(without, scope: .guest, profile: profile).verdict)
      }
    }
  }

  private static func guest(_ machine: RecordedMachine) throws -> Guest {
    let facts = try Inspector(
      .machine(try Root(path: machine.path)), agentVersion: "test", usesHelpers: false
    ).inspect()
    #expect((facts.guest.instanceID == .unknown) == (facts.gaps ?? []).contains { $0.subject.member == "instance_id" })
    return facts.guest
  }
}
