// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What makes a whole of the devices that were read one by one.
extension BlockDevices {
  /// The kernel's other list of devices (`/proc/partitions`, proc(5)) is the witness against a listing cut short.
  mutating func compareWithPartitions(of root: Root) {
    let text: [UInt8]
    do throws(ReadFailure) {
      text = try root.read("/proc/partitions")
    } catch {
      // A tree made by hand may do without; on a machine it is always there.
      if !error.isAbsent || root.treePath == nil {
        gaps.append(Gap(.init(.file, "/proc/partitions"), .unreadable, detail: error.description))
      }
      return
    }
    let names = Set(devices.map(\.name))
    var unseen = 0
    for line in text.lines.dropFirst() {
      let fields = line.fields
      guard fields.count == 4, unseen < 256 else { continue }
      // A slash in a driver's name is an exclamation mark in sysfs: cciss/c0d0 and cciss!c0d0.
      let listed = PlainText.from(fields[3]).replacing("/", with: "!")
      guard !names.contains(listed) else { continue }
      unseen += 1
      note(listed, "", "/proc/partitions lists \(listed), sysfs does not")
    }
    if text.isEmpty {
      gaps.append(Gap(.init(.file, "/proc/partitions"), .truncated, detail: "/proc/partitions is empty"))
    }
  }

  /// A parent that is not listed would be a reference to nothing: the edge becomes a gap.
  mutating func dropUnlistedParents() {
    let names = Set(devices.map(\.name))
    for index in devices.indices {
      guard let parents = devices[index].parents.value else { continue }
      let unlisted = parents.filter { !names.contains($0) }
      guard !unlisted.isEmpty else { continue }
      let detail = "rests on \(unlisted.joined(separator: ", ")), which sysfs does not show"
      note(devices[index].name, "parents", detail)
      devices[index].parents = .unknown
    }
  }

  /// What rests on a suspended device does not answer either.
  mutating func spreadSuspension() {
    var changed = !suspended.isEmpty
    while changed {
      changed = false
      for device in devices where !suspended.contains(device.name) {
        guard let parents = device.parents.value, parents.contains(where: suspended.contains) else { continue }
        suspended.insert(device.name)
        changed = true
      }
    }
  }

  private mutating func note(_ device: String, _ member: String, _ detail: String) {
    gaps.append(Gap(Gap.Subject(.device, device, member: member), .inconsistent, detail: detail))
  }
}
