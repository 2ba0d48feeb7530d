// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What the kernel itself makes of a device that is in use: it outranks any signature, and stands in where the device
/// cannot be opened.
///
/// A disk that is mounted as ext4 is no physical volume, whatever its first sectors look like.
struct KernelNature: Equatable {
  /// The content's type in libblkid's words.
  var type: String
  /// libblkid's usage of that type.
  var usage: String
  /// Where the kernel says so, for a person.
  var witness: String

  /// The nature of a device, `nil` if nothing uses it.
  static func of(_ name: String, graph: DeviceGraph, mounted: MountedDevices) -> KernelNature? {
    if let type = mounted.contentTypes[name] {
      let isSwap = type == "swap"
      return KernelNature(
        type: type, usage: isSwap ? "other" : "filesystem",
        witness: isSwap ? "in use as swap (/proc/swaps)" : "mounted as \(type) (/proc/self/mountinfo)")
    }
    guard !graph.isLayerOfVolume(name) else { return nil }
    for holder in graph.holders(of: name) where holder.kind != .partition {
      let witness = "held by \(holder.name) (sysfs)"
      switch holder.kind {
      case .lvm: return KernelNature(type: "LVM2_member", usage: "raid", witness: witness)
      case .crypt:
        guard let type = containerType(of: holder) else { continue }
        return KernelNature(type: type, usage: "crypto", witness: witness)
      case .multipath: return KernelNature(type: "mpath_member", usage: "raid", witness: witness)
      case .raid: return KernelNature(type: "linux_raid_member", usage: "raid", witness: witness)
      default:
        if holder.name.hasPrefix("bcache") { return KernelNature(type: "bcache", usage: "other", witness: witness) }
      }
    }
    return nil
  }

  /// The kind of container that a dm-crypt device opens, by its device-mapper uuid (cryptsetup, lib/libdevmapper.c);
  /// `nil` for plain encryption, which leaves no header that anything could show.
  private static func containerType(of crypt: Device) -> String? {
    let uuid = crypt.dmUUID.value ?? ""
    let types = [
      ("CRYPT-LUKS", "crypto_LUKS"), ("CRYPT-TCRYPT-", "crypto_TCRYPT"), ("CRYPT-BITLK-", "BitLocker"),
      ("CRYPT-FVAULT2-", "FVAULT2"),
    ]
    return types.first { uuid.hasPrefix($0.0) }?.1
  }

  /// Whether a signature of that type is what the kernel says, only in other words.
  func agrees(with signature: String) -> Bool {
    if type == signature { return true }
    let families: [Set<String>] = [
      ["ext2", "ext3", "ext4", "ext4dev"], ["vfat", "msdos", "exfat", "fat"], ["ntfs", "ntfs3", "fuseblk"],
      ["iso9660", "udf", "hfsplus"], ["swap", "swsuspend"],
      ["linux_raid_member", "isw_raid_member", "ddf_raid_member"], ["zfs", "zfs_member"],
    ]
    if type == "fuseblk" || families.contains(where: { $0.contains(type) && $0.contains(signature) }) { return true }
    // A path of a multipath device shows what the LUN holds; plain dm-crypt leaves no signature at all.
    return type == "mpath_member"
  }

  /// Whether the data that the kernel found here may reach further devices, which only the device itself tells.
  var hasFurtherMembers: Bool { ["LVM2_member", "btrfs", "zfs_member", "zfs", "bcachefs"].contains(type) }
}
