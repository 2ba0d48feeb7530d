// SPDX-License-Identifier: Apache-2.0

/// Makes layouts up.
struct LayoutMaker {
  var random: SeededRandom
  var machine = LayoutMachine()
  var features: Set<LayoutFeature> = []
  var kinds: Set<VolumeKind> = []
  private var names: [String] = []

  init(random: SeededRandom) { self.random = random }

  mutating func make() {
    let count = random.pick(1, 1, 1, 2, 2, 3)
    if count > 1 { features.insert(.severalGroups) }
    for _ in 0..<count { makeGroup() }
    if random.chance(25) {
      features.insert(.freeVolume)
      for _ in 0..<random.number(1...2) { makeFreeVolume() }
    }
    if random.chance(15) { _ = machine.addDisk(sectors: random.number(1...64) * 2048) }
    machine.finish()
  }

  private mutating func makeFreeVolume() {
    let disk = machine.addDisk(sectors: random.number(8...4096) * 2048 + random.number(0...100) * 8)
    let areas = random.pick(0, 1, 1, 2)
    var options = "--metadatacopies \(areas)"
    if areas > 0, random.chance(30) { options += " --metadatasize \(random.number(64...900))k" }
    if random.chance(30) { options += " --dataalignment \(random.pick(64, 128, 1024))k" }
    if areas > 0, random.chance(20) { options += " --metadataignore y" }
    machine.createFree(disk, uuid: random.identifier(), options: options, areas: areas)
  }

  private mutating func newName() -> String {
    if let name = names.randomElement(using: &random), random.chance(15) {
      features.insert(.sameName)
      return name
    }
    let name = random.name("vg")
    names.append(name)
    return name
  }

  private mutating func makeGroup() {
    var plan = groupPlan()
    let areas = areas(for: plan.members.count)
    if areas.contains(0) { features.insert(.withoutArea) }
    if areas.contains(2) { features.insert(.twoAreas) }
    fill(&plan)
    // A small area fills up soon, and the text goes on at its start.
    let isSmall = plan.text.utf8.count < 20_000 && random.chance(15)
    if isSmall {
      for index in plan.members.indices { plan.members[index].extentStart = 128 }
      for index in plan.members.indices { plan.members[index].bootloader = nil }
      let size = random.number(9_000...24_000)
      while plan.text.utf8.count < size { plan.tags.append("padding\(plan.tags.count)" + random.tag()) }
    }
    let options = areas.map { count in
      isSmall || count == 0 || random.chance(70) ? "" : "--metadatasize \(random.number(200...1000))k"
    }
    machine.create(&plan, areas: areas, options: options)
    let writes = isSmall ? random.number(2...7) : random.pick(0, 0, 1, 2, 3)
    live(&plan, writes: writes)
    // Such an area has room for 60,928 bytes behind its header.
    if isSmall, (writes + 1) * plan.text.utf8.count > 60_928 { features.insert(.wrapped) }
    decideFate(of: &plan, areas: areas)
  }

  /// A group without volumes on disks of all sizes.
  private mutating func groupPlan() -> PlannedGroup {
    let extentSectors = random.pick(8, 128, 768, 2048, 8192, 8192, 65536)
    let count = random.pick(1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6)
    let members = (0..<count).map { _ in
      let extents = random.chance(80) ? random.number(60...400) : random.number(3...40)
      let many = random.chance(5) ? random.number(1000...40_000) : extents
      let start = random.pick(2048, 2048, 2048, 4096, 5120, 8192, 2056)
      // Behind the extents there is room for an area, and rarely for nothing.
      let sectors = start + many * extentSectors + 4096 + random.number(0...50) * 8
      return PlannedMember(
        disk: machine.addDisk(sectors: sectors), uuid: random.identifier(), sectors: sectors, extentStart: start,
        extentCount: many, bootloader: start == 8192 ? (2048, 2048) : nil,
        tags: random.chance(10) ? [random.tag()] : [])
    }
    let isLarge = random.chance(8)
    if isLarge { features.insert(.largeSequence) }
    let sequence = isLarge ? random.number(0x7FFF_FFF0...0xFFFF_FF00) : random.number(1...5000)
    return PlannedGroup(
      name: newName(), uuid: random.identifier(), sequence: UInt64(sequence), extentSectors: extentSectors,
      members: members)
  }

  private mutating func areas(for count: Int) -> [Int] {
    var areas = (0..<count).map { _ in random.pick(1, 1, 1, 1, 1, 0, 2) }
    if areas.allSatisfy({ $0 == 0 }) { areas[random.number(0...(count - 1))] = 1 }
    return areas
  }

  private mutating func fill(_ plan: inout PlannedGroup) {
    // Some physical volumes at the end stay empty, so that they can be given up.
    let kept = random.chance(40) ? random.number(1...plan.members.count) : plan.members.count
    var draft = GroupDraft(
      capacity: plan.members.prefix(kept).map(\.extentCount),
      random: SeededRandom(seed: random.next(), case: 0))
    let wanted = random.chance(12) ? 0 : random.number(1...9)
    for _ in 0..<wanted { draft.add(VolumeKind.allCases.randomElement(using: &random) ?? .linear) }
    if draft.volumes.isEmpty { features.insert(.withoutVolumes) }
    plan.volumes = random.chance(30) ? draft.volumes.shuffled(using: &random) : draft.volumes
    plan.historical = draft.historical
    kinds.formUnion(draft.kinds)
  }

  private mutating func live(_ plan: inout PlannedGroup, writes: Int) {
    for _ in 0..<writes { machine.tag(&plan, random.tag() + "n\(plan.tags.count)") }
  }
}
