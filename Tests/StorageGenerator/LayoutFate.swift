// SPDX-License-Identifier: Apache-2.0

/// What becomes of a group once it has been made.
extension LayoutMaker {
  mutating func decideFate(of plan: inout PlannedGroup, areas: [Int]) {
    var plain = zip(plan.members, areas).filter { $0.1 > 0 }.map(\.0.disk)
    if plain.count > 1, random.chance(20) {
      features.insert(.ignoredAreas)
      let disk = plain.remove(at: random.number(0...(plain.count - 1)))
      machine.ignoreAreas(of: disk, in: &plan)
    }
    let disks = plan.members.map(\.disk)
    // Those that are to be away leave at least one disk with metadata behind.
    let kept = plain.randomElement(using: &random)
    let others = disks.filter { $0 != kept }
    switch random.number(0...19) {
    case 0, 1, 2: leaveOut(random.some(random.number(1...disks.count), of: disks), of: plan)
    case 3, 4, 5: comeBack(random.some(random.number(1...max(1, others.count)), of: others), &plan)
    case 6, 7: giveUp(&plan, kept: plain)
    case 8, 9: duplicate(&plan)
    case 10: split(&plan, plain: plain)
    case 11:
      machine.export(&plan)
      features.insert(.exported)
    case 12:
      machine.give(&plan, to: "host\(random.number(0...99)).x_y-z+")
      features.insert(.foreign)
    case 13 where plan.volumes.allSatisfy({ !$0.isHidden && $0.segments.allSatisfy { $0.parts.isEmpty } }):
      // lvm2 removes nothing of which it cannot tell, here, whether it is in use.
      machine.remove(plan)
      features.insert(.removedGroup)
    case 14:
      machine.grow(disks[0], by: random.number(1...500) * 8)
      features.insert(.grown)
    case 15: damage(&plan, plain: plain)
    default: features.insert(.whole)
    }
  }

  /// The first area of a disk, or its label, can no longer be read; the group is known from another disk.
  private mutating func damage(_ plan: inout PlannedGroup, plain: [String]) {
    guard plain.count > 1, let disk = plain.randomElement(using: &random) else { return }
    if random.chance(50) {
      machine.damageArea(of: disk)
      features.insert(.damagedArea)
    } else {
      machine.damageLabel(of: disk, random.pick(.magic, .identifier))
      features.insert(.damagedLabel)
    }
  }

  private mutating func leaveOut(_ disks: [String], of plan: PlannedGroup) {
    guard disks.count < plan.members.count else { return }
    for disk in disks { machine.detach(disk) }
    features.insert(.missing)
    let left = machine.disks.filter { disk in disk.isAttached && plan.members.contains { $0.disk == disk.name } }
    if !left.contains(where: { $0.carried != nil }) { features.insert(.groupUnseen) }
  }

  /// Disks were away while the group changed; one of those that were there may be away now.
  private mutating func comeBack(_ disks: [String], _ plan: inout PlannedGroup) {
    guard !disks.isEmpty else { return }
    for _ in 0..<random.number(1...2) { machine.tag(&plan, random.tag() + "b\(plan.tags.count)", away: disks) }
    let allocated = plan.allocated
    for (index, member) in plan.members.enumerated() where disks.contains(member.disk) {
      features.insert(allocated[index] > 0 ? .returnedInUse : .returnedUnused)
    }
    if random.chance(25) { leaveOut(random.some(1, of: plan.members.map(\.disk)), of: plan) }
  }

  /// The last disks, which hold nothing, are removed from the group while they are away, and come back.
  private mutating func giveUp(_ plan: inout PlannedGroup, kept: [String]) {
    let allocated = plan.allocated
    var away: [String] = []
    for (index, member) in plan.members.enumerated().reversed() {
      guard allocated[index] == 0, kept.contains(where: { $0 != member.disk && !away.contains($0) }) else { break }
      away.append(member.disk)
    }
    guard !away.isEmpty else { return }
    machine.reduce(&plan, away: away)
    features.insert(.outdated)
    if random.chance(30) { leaveOut(random.some(1, of: plan.members.map(\.disk)), of: plan) }
  }

  private mutating func duplicate(_ plan: inout PlannedGroup) {
    let disks = random.some(random.pick(1, 1, 2, plan.members.count), of: plan.members.map(\.disk))
    for disk in disks { machine.copy(disk) }
    if random.chance(30) {
      machine.tag(&plan, "later")
      features.insert(.olderDuplicate)
    } else {
      features.insert(.duplicate)
    }
  }

  /// Two halves of the group change without each other.
  private mutating func split(_ plan: inout PlannedGroup, plain: [String]) {
    guard plain.count > 1 else { return }
    var other = plan
    machine.tag(&plan, "left", away: [plain[0]])
    machine.tag(&other, "right", away: plan.members.map(\.disk).filter { $0 != plain[0] })
    features.insert(.ambiguous)
  }
}
