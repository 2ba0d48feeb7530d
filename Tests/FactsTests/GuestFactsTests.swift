// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

@Suite struct GuestFactsTests {
  @Test(arguments: FactsFixtures.names) func documentsSurviveReadingAndWriting(_ name: String) throws {
    let document = try FactsFixtures.document(name)
    let facts = try GuestFacts(json: document)
    #expect(facts.json == document, "nothing is lost and nothing is added")
    #expect(try GuestFacts(json: facts.json) == facts)
  }

  @Test func fullDocumentHoldsEveryMember() throws {
    var facts = GuestFacts(collectedAt: "2025-11-20T08:15:30Z", agentVersion: "0.1.0")
    facts.guest.os.family = .value(.linux)
    facts.guest.instanceID = .none
    facts.visibility = [Visibility(.noUdev, detail: "/run/udev")]
    for section in Section.allCases { facts.setState(of: section, .complete) }
    var disk = Device(name: "vda", kind: .disk)
    disk.sizeBytes = .value(UInt64.max)
    disk.disks = .value(["vda"])
    disk.partitionTable = .value(PartitionTable(type: "gpt", uuid: .none))
    disk.content = .none
    var part = Device(name: "vda1", kind: .partition)
    part.parents = .value(["vda"])
    part.partition = .value(Partition(number: 1, startBytes: .value(1 << 20)))
    part.content = .value(Content(usage: "filesystem", type: "ext4", label: .value("系统")))
    facts.devices = [disk, part]
    facts.volumeGroups = []
    facts.raidArrays = [RAIDArray(name: "md0")]
    facts.multiDeviceFileSystems = [MultiDeviceFileSystem(uuid: "u", type: "btrfs")]
    facts.mounts = [Mount(device: "vda1", mountPoint: "/", type: "ext4")]
    facts.otherMounts = ["proc": 1]
    facts.swaps = [Swap(path: "/swapfile", type: "file")]
    facts.fstab = [FstabEntry(line: 3, spec: "LABEL=x", mountPoint: "/", type: "ext4", options: ["ro"], pass: 1)]
    facts.gaps = [Gap(Gap.Subject(.device, "vda", member: "serial"), .unreadable, detail: "EIO")]
    facts.countArrays()
    #expect(try GuestFacts(json: JSON(parsing: facts.json.canonicalBytes)) == facts)
  }

  @Test func unknownNoneAndValueStayApart() throws {
    var device = Device(name: "vda", kind: .disk)
    #expect(device.json["serial"] == nil)
    device.serial = .none
    #expect(device.json["serial"] == .null)
    device.serial = .value("s")
    #expect(device.json["serial"] == "s")
    for serial in [Observed<String>.unknown, .none, .value("s")] {
      device.serial = serial
      #expect(try Device(json: device.json).serial == serial)
    }
  }

  @Test func membersOfLaterReleasesArePassedOver() throws {
    guard case .object(var document) = try FactsFixtures.document("single-disk-ext4") else { return }
    let facts = try GuestFacts(json: .object(document))
    document["of_a_later_release"] = [1, 2]
    #expect(try GuestFacts(json: .object(document)) == facts)
  }

  @Test(
    arguments: [
      ("schema", JSON.string("wholeimage.facts/2"), "schema"), ("devices", .members(), "devices"),
      ("gaps", ["x"], "gaps[0]"), ("sections", .members(("devices", "most")), "sections.devices"),
      ("counts", .members(("devices", -1)), "devices"), ("duration_us", "1", "duration_us"),
      ("devices", [.members(("name", "vda"), ("kind", "floppy"))], "devices[0].kind"),
      ("devices", [.members(("name", "vda"))], "devices[0].kind"),
      ("devices", [.members(("name", "vda"), ("kind", "disk"), ("size_bytes", -1))], "devices[0].size_bytes"),
    ] as [(String, JSON, String)]) func errorsNameTheMember(_ member: String, _ value: JSON, _ path: String) throws
  {
    guard case .object(var document) = try FactsFixtures.document("single-disk-ext4") else { return }
    document[member] = value
    let error = #expect(throws: DocumentError.self) { try GuestFacts(json: .object(document)) }
    #expect(error?.path == path)
  }

  @Test func observations() {
    #expect(Observed(looked: 1) == .value(1))
    #expect(Observed<Int>(looked: nil) == .none)
    #expect(Observed<Int>(known: nil) == .unknown)
    #expect(Observed.value(1).map { $0 + 1 } == .value(2))
    #expect(Observed<Int>.unknown.map { $0 + 1 } == .unknown)
    #expect(Observed<Int>.none.isKnown)
    #expect(!Observed<Int>.unknown.isKnown)
  }

  @Test(arguments: [
    ("vda", "/dev/vda"), ("cciss!c0d0", "/dev/cciss/c0d0"), ("/images/disk.raw", "/images/disk.raw"),
  ]) func devicePaths(_ name: String, _ path: String) {
    #expect(Device(name: name, kind: .disk).path == path)
  }

  @Test(arguments: [
    (Gap.Kind.device, "vdb", "", true), (.device, "vdb", "content", true), (.device, "vdb", "serial", false),
    (.device, "vdb", "invented_later", true), (.section, "volume_groups", "", true), (.section, "fstab", "", false),
    (.section, "invented_later", "", true), (.mount, "/srv", "", false), (.file, "/etc/fstab", "", false),
    (.logicalVolume, "u", "physical_volumes", true), (.logicalVolume, "u", "active", false),
    (.raidArray, "md0", "degraded", false), (.fileSystem, "u", "members", true), (.windowsDisk, "0", "", true),
  ]) func gapsThatHideStorage(_ kind: Gap.Kind, _ name: String, _ member: String, _ hides: Bool) {
    #expect(Gap(Gap.Subject(kind, name, member: member), .unreadable, detail: "").hidesStorage == hides)
  }
}
