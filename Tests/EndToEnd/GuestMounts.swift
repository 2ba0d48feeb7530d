// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Mounts and swap areas of a guest as findmnt(8) and swapon(8) see them, beside the agent's.
enum GuestMounts {
  /// Where they differ.
  static func differences(_ observation: GuestObservation, _ devices: GuestDevices) throws -> Differences {
    var differences = Differences()
    var theirs: [String] = []
    for mount in try observation.document("findmnt.json")["filesystems"].list {
      // A subvolume or a bind mount shows as /dev/vdb[/folder].
      let source = mount["source"].word.prefix { $0 != "[" }
      // btrfs has a number of its own, which is no device's.
      guard let device = devices.names[mount["maj:min"].word] ?? devices.names[String(source)] else { continue }
      var options: [Substring] = []
      for option in mount["vfs-options"].word.split(separator: ",") + mount["fs-options"].word.split(separator: ",")
      where !options.contains(option) { options.append(option) }
      theirs.append(
        "\(device) on \(mount["target"].word) type \(mount["fstype"].word) root \(mount["fsroot"].word) "
          + options.joined(separator: ","))
    }
    let ours = observation.facts["mounts"].list.map { mount in
      "\(mount["device"].word) on \(mount["mount_point"].word) type \(mount["type"].word) root \(mount["root"].word) "
        + mount["options"].texts.joined(separator: ",")
    }
    for line in Set(ours).subtracting(theirs).sorted() { differences.note("only the agent has the mount \(line)") }
    for line in Set(theirs).subtracting(ours).sorted() { differences.note("only the guest has the mount \(line)") }
    differences.compare("number of mounts", agent: String(ours.count), guest: String(theirs.count))

    for entry in try observation.document("fstab.json")["filesystems"].list {
      let target = entry["target"].word
      let ours = observation.facts["fstab"].list.filter { $0["mount_point"].word == target }
      differences.compare("lines of fstab for \(target)", agent: String(ours.count), guest: "1")
      // A spec that means nothing here stays as it is written.
      let device = devices.names[entry["source"].word] ?? ""
      differences.compare("fstab \(target)", agent: ours.first?["device"].word ?? "", guest: device)
    }

    let areas = observation.facts["swaps"].list.map { swap in
      "\(swap["path"].word) \(swap["type"].word) \(swap["size_bytes"].word)"
    }
    differences.compare("swap areas", agent: areas, guest: observation.lines("swaps"))
    for swap in observation.facts["swaps"].list where swap["type"].word == "partition" {
      differences.compare(
        "device of swap \(swap["path"].word)", agent: swap["device"].word, guest: devices.names[swap["path"].word] ?? ""
      )
    }
    return differences
  }
}
