// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// How an array or a file system is spread over devices.
///
/// Unlike for volume groups the reading makes no difference: the cloud's texts say nothing of these, and several
/// members on one disk are more than a whole image promises to keep together.
struct Spread {
  /// Names of the members that were found.
  let members: Observed<[String]>
  /// How many members there are when it is whole.
  let memberCount: Observed<Int>
  /// Names of the disks that it lies on.
  let disks: Observed<[String]>

  /// A spread over members and disks.
  init(_ members: Observed<[String]>, _ memberCount: Observed<Int>, _ disks: Observed<[String]>) {
    self.members = members
    self.memberCount = memberCount
    self.disks = disks
  }

  /// How many devices it is spread over, missing ones included.
  var places: Int { max(members.value?.count ?? 0, memberCount.value ?? 0, disks.value?.count ?? 0) }

  /// Paths of the members.
  var memberPaths: [String] { VolumeGroup.paths(members.value ?? []) }
  /// Paths of the disks.
  var diskPaths: [String] { VolumeGroup.paths(disks.value ?? []) }

  /// What the facts say of it.
  func evidence(_ path: String, from: String) -> [Evidence] {
    var evidence: [Evidence] = []
    if members.isKnown { evidence.append(Evidence(fact: "\(path).members", value: memberPaths.json, from: from)) }
    if let count = memberCount.value {
      evidence.append(Evidence(fact: "\(path).member_count", value: count.json, from: from))
    }
    if disks.isKnown { evidence.append(Evidence(fact: "\(path).disks", value: diskPaths.json, from: from)) }
    return evidence
  }

  /// What is missing to say that it lies in one place.
  func missing(_ path: String, of subject: Subject) -> [Obstacle] {
    var obstacles: [Obstacle] = []
    if members.value?.isEmpty ?? true { obstacles.append(.fact("\(path).members", of: subject)) }
    if memberCount.value == nil { obstacles.append(.fact("\(path).member_count", of: subject)) }
    if disks.value?.isEmpty ?? true { obstacles.append(.fact("\(path).disks", of: subject)) }
    return obstacles
  }
}
