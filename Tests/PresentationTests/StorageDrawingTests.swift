// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

@testable import Presentation

@Suite struct StorageDrawingTests {
  private func parts(_ facts: GuestFacts, _ profile: Profile = .vendor) throws -> [PageTree] {
    let page = try PageTree.parse(HTMLReport.render(HTMLReportTests.judge(facts, .english, profile)))
    return page.find("g", "part")
  }

  private func name(_ part: PageTree) -> String {
    part.find("title").first?.text.split(separator: "\n").first.map(String.init) ?? ""
  }

  /// The devices that a drawing owes: logical volumes stand for the devices they are mapped as.
  private func owed(_ facts: GuestFacts) -> [Device] {
    let volumes = (facts.volumeGroups ?? []).flatMap { $0.logicalVolumes.value ?? [] }
    let mapped = Set(volumes.compactMap(\.device.value))
    return (facts.devices ?? []).filter {
      !mapped.contains($0.name) && [.disk, .partition, .raid, .crypt, .multipath].contains($0.kind)
    }
  }

  @Test(arguments: FactsFixtures.names, Profile.allCases) func everyDeviceIsDrawnOnceAndMarkedByMoreThanColour(
    _ name: String, _ profile: Profile
  ) throws {
    let facts = try FactsFixtures.facts(name)
    guard facts.guest.os.family.value != .windows else { return }
    let judgement = HTMLReportTests.judge(facts, .english, profile)
    let culprits = Culprits(judgement)
    let parts = try parts(facts, profile)
    let devices = parts.filter { !$0.classes.filter { ["disk", "device"].contains($0) }.isEmpty }
    for device in owed(facts) {
      let drawn = devices.filter { self.name($0) == device.name }
      #expect(drawn.count == 1, "\(device.name)")
      #expect(drawn.first?.classes.last == culprits.mark(of: device.name).word, "\(device.name)")
    }
    for group in facts.volumeGroups ?? [] where culprits.mark(of: group) > .plain {
      let marked = parts.filter { $0.classes.contains("group") && self.name($0) == group.name }
      #expect(marked.contains { $0.classes.last == culprits.mark(of: group).word })
    }
    for part in parts {
      let isMarked = part.classes.last != "plain"
      #expect(part.find("path", "sign").count == (isMarked ? 1 : 0))
      #expect(part.find("text", "words").first?.text.isEmpty == (isMarked ? false : nil))
    }
  }

  @Test func whatLiesOnWhatIsConnected() {
    let diagram = StorageDiagram(HTMLReportTests.judge(Machines.disks(4))).diagram
    let lines = diagram.edges.map { "\(diagram.parts[$0.from].name) > \(diagram.parts[$0.to].name)" }
    #expect(lines.contains("vda > vda1"))
    #expect(lines.contains("vda3 > /"))
    #expect(lines.filter { $0 == "PV of data > data" }.count == 2)
    #expect(lines.contains("vdb > PV of data") && lines.contains("vdc > PV of data"))
    #expect(lines.contains("data > volume0") && lines.contains("volume0 > /srv/data"))
    #expect(diagram.edges.filter { diagram.mark(of: $0) == .blocker }.count >= 4)
    #expect(diagram.moreParts == 0 && diagram.moreEdges == 0)
  }

  @Test(arguments: [4, 60, 300]) func boxesStandApartAndLinesLeadToTheRight(_ disks: Int) {
    let diagram = StorageDiagram(HTMLReportTests.judge(Machines.disks(disks))).diagram
    let layout = DrawingLayout(diagram)
    let boxes = layout.boxes
    for (index, box) in boxes.enumerated() {
      #expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= layout.width && box.y + box.height <= layout.height)
      for other in boxes[(index + 1)...] where other.x == box.x {
        #expect(box.y + box.height <= other.y || other.y + other.height <= box.y)
      }
    }
    for edge in diagram.edges { #expect(boxes[edge.from].x + boxes[edge.from].width < boxes[edge.to].x) }
    #expect(layout.paths == DrawingLayout(diagram).paths)
    #expect(layout.paths.count == diagram.edges.count)
  }

  @Test func disksStandInTheirOrder() {
    let diagram = StorageDiagram(HTMLReportTests.judge(Machines.disks(60))).diagram
    let boxes = DrawingLayout(diagram).boxes
    let disks = diagram.parts.indices.filter { diagram.parts[$0].shape == .disk }
    let names = disks.sorted { boxes[$0].y < boxes[$1].y }.map { diagram.parts[$0].name }
    #expect(names == (0..<60).map(Machines.name))
  }

  @Test func whatIsTooMuchIsCutWithItsCountAndTheWorstStays() throws {
    let facts = Machines.disks(600)
    let storage = StorageDiagram(HTMLReportTests.judge(facts))
    let diagram = storage.diagram
    #expect(diagram.parts.count == Diagram.partLimit)
    // A disk, a physical volume, a group, a volume and a mount point for each of 595; the others are told one by one.
    #expect(diagram.parts.count + diagram.moreParts == 595 * 5 + 4 + 3 + 2 + 2 + 1 + 2 + 2 + 2 + 2)
    #expect(diagram.parts.contains { $0.name == "data" && $0.mark == .blocker })
    let page = try HTMLReportTests.page(facts)
    #expect(page.find("p", "cut").first?.text.contains("\(diagram.moreParts) parts") == true)
    #expect(page.find("g", "part").count == Diagram.partLimit)
  }

  @Test func loopsAndDepthEnd() throws {
    var facts = GuestFacts(collectedAt: "", agentVersion: "")
    facts.guest.os.family = .value(.linux)
    facts.devices = (0..<3000).map { index in
      var device = Device(name: "d\(index)", kind: .disk)
      device.parents = .value(["d\((index + 2999) % 3000)"])
      return device
    }
    facts.countArrays()
    let diagram = StorageDiagram(HTMLReportTests.judge(facts)).diagram
    #expect(diagram.parts.count == Diagram.layerLimit)
    #expect(diagram.parts.count + diagram.moreParts == 3000)
    #expect(try HTMLReportTests.page(facts).find("g", "part").count == Diagram.layerLimit)
  }

  @Test func everythingOnEverythingIsBounded() {
    var facts = GuestFacts(collectedAt: "", agentVersion: "")
    facts.guest.os.family = .value(.linux)
    facts.devices = (0..<300).map { index in
      var device = Device(name: "d\(index)", kind: .disk)
      device.parents = .value((0..<300).filter { $0 != index }.map { "d\($0)" })
      return device
    }
    facts.countArrays()
    let diagram = StorageDiagram(HTMLReportTests.judge(facts)).diagram
    #expect(diagram.edges.count <= Diagram.edgeLimit)
    #expect(diagram.moreEdges > 0)
    #expect(DrawingLayout(diagram).boxes.count == diagram.parts.count)
  }

  @Test func windowsDisksAndVolumes() throws {
    let facts = try FactsFixtures.facts("windows-spanned-volume")
    let windows = try #require(facts.windows)
    let parts = try parts(facts)
    let disks = parts.filter { $0.classes.contains("disk") || $0.classes.contains("missing") }
    #expect(disks.map(name) == (windows.disks ?? []).map { "disk \($0.name)" })
    #expect(parts.filter { $0.classes.contains("volume") }.count == windows.volumes?.count)
    for number in windows.spannedVolumes {
      #expect(parts.filter { name($0) == "volume \(number)" }.map { $0.classes.last } == ["blocker"])
    }
  }

  @Test func longNamesKeepTheirStartAndTheirEnd() {
    #expect(StorageDrawing.shown("/srv") == "/srv")
    let shown = StorageDrawing.shown("/var/lib/containers/storage/overlay/0123456789/merged")
    #expect(shown.hasPrefix("/var/lib/containers/st") && shown.hasSuffix("789/merged") && shown.contains("…"))
    #expect(DisplayWidth.of(shown) <= StorageDrawing.columns)
    #expect(DisplayWidth.of(StorageDrawing.shown(String(repeating: "卷", count: 80))) <= StorageDrawing.columns)
  }
}
