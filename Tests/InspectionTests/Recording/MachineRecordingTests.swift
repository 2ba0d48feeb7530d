// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Inspection

/// Recordings of machines, unpacked by GNU tar and inspected again.
@Suite struct MachineRecordingTests {
  private static func machine(_ fixture: String? = nil) throws -> RecordedMachine {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 64 << 20, serial: "root0")
    try machine.addPartition(1, of: "vda", start: 1 << 20, size: 32 << 20, content: [Fixture.ext4()])
    try machine.mount("vda1", on: "/", type: "ext4")
    try machine.addDisk("vdz", size: 8 << 20, serial: "swap")
    try machine.swapOn("vdz", kibibytes: 8188)
    try machine.write(
      "etc/fstab", "/dev/disk/by-id/virtio-root0-part1 / ext4 defaults 0 1\n/dev/../etc/hidden /x ext4\n")
    try FileManager.default.createDirectory(atPath: machine.path + "/dev/disk/by-id", withIntermediateDirectories: true)
    try machine.link("dev/disk/by-id/virtio-root0-part1", to: "../../vda1")
    if let fixture {
      for (device, name) in zip(try Fixture.devices(fixture), ["vdb", "vdc", "vdd"]) {
        try machine.addDisk(name, size: device.size, serial: "data-\(name)", content: device.content)
      }
    }
    return machine
  }

  private func record(_ root: Root) throws -> MachineRecording {
    try MachineRecorder(root, agentVersion: "test", usesHelpers: false).record()
  }

  private func inspect(_ root: Root) throws -> GuestFacts {
    try Inspector(.machine(root), agentVersion: "test", usesHelpers: false).inspect()
  }

  /// Records, unpacks, inspects, and holds it against the facts of the same look and of an ordinary one.
  private func expectReplay(_ machine: RecordedMachine) throws {
    let root = try Root(path: machine.path)
    let recording = try record(root)
    let unpacked = try Unpacked(recording)
    let again = withoutTimes(try inspect(try unpacked.root))
    #expect(again == withoutTimes(recording.facts))
    #expect(again == withoutTimes(try inspect(root)))
  }

  @Test(arguments: [
    nil, "linear", "striped", "missing", "flipped-magic", "corrupt-text", "exported", "cloned", "same-name", "wrapped",
  ])
  func aRecordingIsTheMachine(fixture: String?) throws {
    try expectReplay(try Self.machine(fixture))
  }

  @Test func aRecordingOfARecordingIsTheMachine() throws {
    let machine = try Self.machine("striped")
    let first = try Unpacked(try record(try Root(path: machine.path)))
    let second = try Unpacked(try record(try first.root))
    #expect(withoutTimes(try inspect(try second.root)) == withoutTimes(try inspect(try Root(path: machine.path))))
  }

  @Test func everyFailedReadFailsAgain() throws {
    let machine = try Self.machine("linear")
    let reads = Atomic<Int>(0)
    let counting = try Root(path: machine.path) { _, _ in
      reads.add(1, ordering: .relaxed)
      return nil
    }
    _ = try inspect(counting)
    let count = reads.load(ordering: .relaxed)
    #expect(count > 30)
    for index in 0..<count {
      for fault in [Root.Fault.fail(EIO), .fail(ENOENT), .short] {
        let number = Atomic<Int>(0)
        let root = try Root(path: machine.path) { _, _ in
          number.wrappingAdd(1, ordering: .relaxed).oldValue == index ? fault : nil
        }
        let recording = try record(root)
        let folder = try Unpacked()
        let differences = try recording.differencesInReplay(
          in: folder.path, deadlineMilliseconds: 1000, usesHelpers: false)
        #expect(differences == [], "\(fault) of read \(index)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
      }
    }
  }

  /// The recording of a running machine says what a running machine says of itself, not that it is a recording.
  @Test func aRunningMachineIsNotShownAsATree() throws {
    let machine = try Self.machine()
    try machine.remove("proc/sys/kernel/arch")
    try machine.remove("proc/partitions")
    let tree = try record(try Root(path: machine.path))
    var manifest = tree.manifest
    manifest.treePath = nil
    manifest.answers = ["user_id": "1000", "chroot": "yes", "architecture": "riscv64"]
    let recording = MachineRecording(
      facts: tree.facts, tree: tree.tree, manifest: manifest, counts: tree.counts, privateFiles: [])
    let unpacked = try Unpacked(recording)
    let facts = try inspect(try unpacked.root)
    #expect(facts.visibility.map(\.limit) == [.notPrivileged, .chroot, .noUdev, .sandbox])
    #expect(facts.visibility.first?.detail == "run by user id 1000")
    #expect(facts.guest.architecture == .value("riscv64"))
    // What every running machine has is missed.
    #expect(facts.gaps?.contains { $0.subject.name == "/proc/partitions" } == true)
    #expect(try inspect(try Root(path: machine.path)).gaps?.contains { $0.subject.name == "/proc/partitions" } == false)
  }

  @Test func devicesThatDidNotAnswerDoNotAnswerAgain() throws {
    let machine = try Self.machine("linear")
    let outcomes: [ProbeOutcome] = [
      .timedOut, .notReached, .stillUnanswered(4711), .crashed, .failed(operation: "open", code: EIO),
      .failed(operation: "open", code: ENOMEDIUM),
      .notTheDevice("/dev/vdb is device 8:0, not 253:16"),
      .read(DeviceReading(sizeBytes: 1 << 30, signatures: .failed(EIO))),
      .read(DeviceReading(sizeBytes: 1 << 60, signatures: .ambivalent(["ext4", "xfs"]))),
    ]
    for outcome in outcomes {
      var builder = RecordingBuilder(
        manifest: RecordingManifest(agentVersion: "test", recordedAt: "2026-01-01T00:00:00.000Z", treePath: nil))
      builder.add([("/dev/vdb", .probed(outcome))])
      let recording = MachineRecording(
        facts: try inspect(try Root(path: machine.path)), tree: builder.tree, manifest: builder.manifest,
        counts: builder.counts, privateFiles: [])
      let unpacked = try Unpacked(recording)
      let root = try unpacked.root
      #expect(DeviceProbe.probe(ProbeRequest(path: "/dev/vdb", wantsTable: true), root: root) == outcome)
    }
  }

  /// What is not read is not recorded, whatever lies beside it.
  @Test func whatIsNotReadIsNotInIt() throws {
    let machine = try Self.machine("striped")
    let secret = "S3CRET-OF-ANOTHER-FILE"
    for file in ["etc/shadow", "etc/ssh/key", "root/.ssh/id", "dev/shm/x", "proc/1/environ", "etc/hidden"] {
      try machine.write(file, secret)
    }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: machine.path + "/dev/vda1"))
    for offset in [5 << 20, 16 << 20, 31 << 20] {
      try handle.seek(toOffset: UInt64(offset))
      try handle.write(contentsOf: Data(secret.utf8))
    }
    try handle.close()
    try machine.write("sys/class/dmi/id/product_uuid", "877A2CDA-BA63-4E1E-B95F-E67E48B6129A\n")
    #expect(chmod(machine.path + "/sys/class/dmi/id/product_uuid", 0o400) == 0)
    let recording = try record(try Root(path: machine.path))
    var archive: [UInt8] = []
    recording.writeArchive(folder: "r", time: 0) { archive += $0 }
    #expect(archive.count > 10_000)
    #expect(Data(archive).range(of: Data(secret.utf8)) == nil)
    #expect(Data(archive).range(of: Data("data-vdb".utf8)) != nil)
    #expect(recording.privateFiles == ["/sys/class/dmi/id/product_uuid"])
  }

  @Test func aDamagedManifestIsNotPassedOver() throws {
    let machine = try Self.machine()
    let unpacked = try Unpacked(try record(try Root(path: machine.path)))
    let file = unpacked.path + "/recording" + RecordingManifest.file
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let damaged = [
      "", "{}", String(text.dropLast(5)), text.replacing("wholeimage.recording/1", with: "wholeimage.recording/2"),
      text.replacing("\"failures\"", with: "\"successes\""),
    ]
    for damage in damaged {
      try damage.write(toFile: file, atomically: false, encoding: .utf8)
      #expect(throws: ReadFailure(operation: "understand", path: RecordingManifest.file, code: EBADMSG)) {
        _ = try unpacked.root
      }
    }
  }

  @Test func manifestsComeBackAsTheyWere() throws {
    var manifest = RecordingManifest(agentVersion: "1", recordedAt: "2026-01-01T00:00:00.000Z", treePath: "/some tree")
    manifest.answers = ["user_id": "1000"]
    manifest.note(ReadFailure(operation: "open", path: "/a b", code: EACCES), of: .read, "/a b")
    manifest.note(ReadFailure(operation: "list", path: "/c", code: EIO), of: .list, "/c")
    manifest.devices["/dev/vda"] = .init(sectorBytes: 4096, outcome: nil)
    manifest.devices["/dev/vdb"] = .init(
      sectorBytes: nil, outcome: ReadingFrame.head(of: .failed(operation: "open", code: 1)))
    #expect(try RecordingManifest(json: JSON(parsing: manifest.json.prettyBytes)) == manifest)
    #expect(manifest.failure(of: .list, "/a b") == nil && manifest.failure(of: .read, "/a b")?.code == EACCES)
  }

  @Test func differencesAreNamed() throws {
    let first = try JSON(parsing: Array(#"{"a":1,"collected_at":"x","d":[{"n":1},{"n":2}],"e":[1]}"#.utf8))
    let second = try JSON(parsing: Array(#"{"a":1,"collected_at":"y","d":[{"n":1},{"n":3}],"e":[1,2]}"#.utf8))
    #expect(FactsComparison.differences(first, second) == ["d[1].n", "e"])
    #expect(FactsComparison.differences(first, first) == [])
  }
}
