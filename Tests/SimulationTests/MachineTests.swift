// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Testing

@testable import Simulation

/// A cloud made of a facts document.
@Suite struct MachineTests {
  private static func disk(
    _ name: String, serial: String? = nil, wwid: String? = nil, pci: String? = nil, size: UInt64 = 40 << 30
  ) -> Device {
    var device = Device(name: name, kind: .disk)
    device.serial = Observed(looked: serial)
    device.wwid = Observed(looked: wwid)
    device.pciAddress = Observed(looked: pci)
    device.sizeBytes = .value(size)
    return device
  }

  private static func facts(_ devices: [Device], instance: String? = nil) -> GuestFacts {
    var facts = GuestFacts(collectedAt: "2026-01-01T00:00:00.000Z", agentVersion: "0")
    facts.devices = devices
    facts.guest.instanceID = Observed(looked: instance)
    return facts
  }

  @Test(
    arguments: [
      ("128d5bfd-f215-487f-9", nil, "128d5bfd-f215-487f-9", nil, nil, false, true),
      ("128D5BFD-F215-487F-9", nil, "128d5bfd-f215-487f-9", nil, nil, false, true),
      ("root0", nil, nil, nil, "root0", false, true),
      ("128d5bfd-f215-487f-", nil, nil, nil, "128d5bfd-f215-487f-", false, true),
      (nil, "naa.688860300003252ffa16520d39517815", nil, "688860300003252ffa16520d39517815", nil, true, true),
      (nil, "eui.0025388b710116c5", nil, nil, nil, false, false), (nil, nil, nil, nil, nil, false, false),
      ("", nil, nil, nil, nil, false, false),
    ] as [(String?, String?, String?, String?, String?, Bool, Bool)])
  func identities(
    serial: String?, wwid: String?, prefix: String?, wwn: String?, serialNumber: String?, isSCSI: Bool, isMatched: Bool
  ) {
    let identity = VolumeIdentity(of: Self.disk("vda", serial: serial, wwid: wwid), ordinal: 1, server: "s")
    #expect(identity.id.utf8.count == 36)
    if let prefix { #expect(identity.id.hasPrefix(prefix)) }
    #expect(identity.wwn == wwn)
    #expect(identity.serialNumber == serialNumber)
    #expect(identity.isSCSI == isSCSI)
    #expect(identity.isMatched == isMatched)
    #expect(VolumeIdentity(of: Self.disk("vda", serial: serial, wwid: wwid), ordinal: 1, server: "s") == identity)
  }

  @Test func aMachine() throws {
    var root = Device(name: "vdb1", kind: .partition)
    root.disks = .value(["vdb"])
    root.mountPoints = .value(["/"])
    let facts = Self.facts(
      [
        Self.disk("vda", serial: "aaaaaaaa-0000-4000-8", size: (10 << 30) + 1),
        Self.disk("vdb", serial: "bbbbbbbb-0000-4000-8", pci: "0000:02:02.0"), root,
        Self.disk("sda", wwid: "naa.6000c29"), Self.disk("sdb", wwid: "naa.6000c29"), Self.disk("fd0", size: 0),
        Device(name: "loop0", kind: .loop), Self.disk("vdc"),
      ], instance: "877A2CDA-ba63-4e1e-b95f-e67e48b6129a")
    let machine = MachineCloud([facts])
    #expect(machine.unmatched == ["/dev/vdc"])
    let scene = try SimulatedScene(machine.state)
    let server = SimulatedScene.Server.good
    let disks = try scene.get("/v1/p/cloudservers/\(server)/block_device")["volumeAttachments"]?.array ?? []
    #expect(disks.map { $0["device"]?.string } == ["/dev/vda", "/dev/vdb", "/dev/sda", "/dev/vdc"])
    #expect(disks.map { $0["bootIndex"] } == [-1, 0, -1, -1])
    #expect(disks.map { $0["size"] } == [11, 40, 40, 40])
    #expect(disks[1]["pciAddress"] == "0000:02:02.0")
    let volumes = try scene.get("/v2/p/cloudvolumes/detail?server_id=\(server)")["volumes"]?.array ?? []
    #expect(volumes.count == 4)
    #expect(volumes[0]["id"]?.string?.hasPrefix("aaaaaaaa-0000-4000-8") == true)
    #expect(volumes[2]["wwn"] == "6000c29")
    #expect(volumes.allSatisfy { $0["service_type"] == "EVS" && $0["multiattach"] == false })
    #expect(try CloudState(json: machine.state.json) == machine.state)
    let job = try scene.order("web", ("instance_id", server.json), ("vault_id", MachineCloud.vault.json))
    scene.forward(seconds: 3)
    #expect(try scene.get("/v1/cloudimages/job/\(job)")["status"] == "SUCCESS")
  }

  @Test func aMachineWithoutAnInstanceID() throws {
    let state = MachineCloud([Self.facts([Self.disk("vda")])]).state
    #expect(state.servers[MachineCloud.defaultServer]?["status"] == "ACTIVE")
    #expect(state.disks(of: MachineCloud.defaultServer).first?["bootIndex"] == 0)
    let empty = MachineCloud([Self.facts([])]).state
    #expect(empty.servers.count == 1)
    #expect(empty.volumes.isEmpty)
  }

  @Test func severalMachines() throws {
    let named = Self.facts([Self.disk("vda")], instance: SimulatedScene.Server.good)
    let state = MachineCloud([named, Self.facts([Self.disk("vda")]), named]).state
    let second = "00000000-0000-4000-8000-000000000002"
    #expect(state.servers.all.map { $0.text("id") } == [SimulatedScene.Server.good, second])
    #expect(state.volumes.count == 2)
    #expect(state.vaults.all.first?["resources"]?.array?.count == 2)
  }

  @Test(arguments: ["single-disk-ext4", "lvm-two-disks", "multipath", "no-devices", "windows"])
  func recordedFacts(name: String) throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/facts/\(name).json").path
    let simulator = try CloudSimulator(host: "127.0.0.1", port: 0, source: .facts(paths: [path]), jobSeconds: 1)
    #expect(simulator.notes.first?.hasPrefix("server ") == true)
  }

  @Test func factsThatAreNone() throws {
    let path = SimulatedScene.exampleFile.path
    for path in [path, "/nonexistent/facts.json"] {
      let error = #expect(throws: SimulatorFailure.self) {
        try CloudSimulator(host: "127.0.0.1", port: 0, source: .facts(paths: [path]), jobSeconds: nil)
      }
      #expect(error?.status == 66)
    }
  }
}
