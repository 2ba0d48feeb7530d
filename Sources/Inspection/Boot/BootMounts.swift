// SPDX-License-Identifier: Apache-2.0

internal import BootConfiguration
internal import Facts

/// Where the running system sees the files that a boot loader names.
///
/// A loader knows file systems and paths on them; the mount table says where these are.
struct BootMounts {
  /// Paths at which a file may be.
  struct Candidates {
    var paths: [String]
    /// Whether it is certain that the file is nowhere else.
    var isComplete: Bool
  }

  /// Where boot loaders' files are, in the order in which they are looked for where the file system is not known.
  static let usual = ["", "/boot", "/boot/efi", "/efi"]
  /// A path that is longer is looked for nowhere.
  private static let longestPath = 1024
  private static let mostCandidates = 48

  private let mounts: [Mount]
  private let names: DeviceNames
  /// What is mounted where.
  let points: MountPoints
  /// Whether every file system of this machine is mounted.
  private let sees: Bool

  /// Takes in the mounts and the devices.
  init(_ points: MountPoints, mounts: [Mount], names: DeviceNames, devices: [Device], groups: [VolumeGroup]) {
    self.points = points
    self.mounts = mounts
    self.names = names
    let mounted = Set(mounts.map(\.device))
    let parents = Set(devices.flatMap { $0.parents.value ?? [] })
    let volumes = groups.flatMap { $0.logicalVolumes.value ?? [] }
    sees =
      volumes.allSatisfy { $0.hidden == .value(true) || $0.active == .value(true) }
      && devices.allSatisfy { device in
        // A disc of the cloud's with configuration holds no system.
        if device.kind == .rom { return true }
        guard device.content.isKnown else { return false }
        guard let content = device.content.value, !parents.contains(device.name) else { return true }
        return !["filesystem", "crypto", "raid"].contains(content.usage) || mounted.contains(device.name)
          || content.type == "LVM2_member"
      }
  }

  /// The path on its file system of a file of the running system, as a boot loader names it.
  func place(of path: String) -> GrubPath {
    let mount = mounts.filter { MountPoints.lies(path, below: $0.mountPoint) }
      .max { $0.mountPoint.utf8.count < $1.mountPoint.utf8.count }
    guard let mount, mount.mountPoint == points.point(of: path) else { return GrubPath(device: nil, path: path) }
    let rest = mount.mountPoint == "/" ? path : String(path.dropFirst(mount.mountPoint.count))
    let part = mount.root.value ?? "/"
    return GrubPath(device: "/dev/\(mount.device)", path: part == "/" ? rest : part + rest)
  }

  /// Where a file may be that a boot loader names.
  func candidates(for place: GrubPath) -> Candidates {
    let path = place.path.hasPrefix("/") ? place.path : "/" + place.path
    let parts = path.split(separator: "/")
    guard path.utf8.count <= Self.longestPath, !parts.contains(".."), !path.contains("\\x"), !parts.isEmpty else {
      return Candidates(paths: [], isComplete: false)
    }
    // GRUB then looks where it looked before, and that is not known.
    if isLost(place) { return Candidates(paths: [], isComplete: false) }
    guard let device = device(of: place) else {
      let all = Self.usual.map { $0 + path } + mounts.flatMap { paths(of: path, in: $0) }
      var seen: Set<String> = []
      let each = all.filter { seen.insert($0).inserted }
      return Candidates(paths: Array(each.prefix(Self.mostCandidates)), isComplete: sees)
    }
    let own = mounts.filter { $0.device == device }
    var found = Candidates(paths: [], isComplete: false)
    for mount in own {
      let part = mount.root.value ?? "/"
      // On SUSE a path begins in the part that is started from, with the others where they are mounted.
      let isRelative = mount.type == "btrfs" && mount.mountPoint == "/" && !parts[0].hasPrefix("@")
      for candidate in paths(of: path, in: mount) {
        let point = points.point(of: candidate)
        let isOwn = point == mount.mountPoint || mount.type == "btrfs" && own.contains { $0.mountPoint == point }
        guard isOwn else { continue }
        found.paths.append(candidate)
        if part == "/" || MountPoints.lies(path, below: part) || isRelative { found.isComplete = true }
      }
    }
    found.paths = Array(found.paths.prefix(Self.mostCandidates))
    return found
  }

  /// The paths in a mount: from the root of the file system, of btrfs also from the part that is mounted.
  private func paths(of path: String, in mount: Mount) -> [String] {
    let folder = mount.mountPoint == "/" ? "" : mount.mountPoint
    let part = mount.root.value ?? "/"
    if part == "/" { return [folder + path] }
    var paths: [String] = []
    if MountPoints.lies(path, below: part) { paths.append(folder + path.dropFirst(part.count)) }
    if mount.type == "btrfs" { paths.append(folder + path) }
    return paths
  }

  /// The device that GRUB means: by what was searched for, or by a name of LVM.
  private func device(of place: GrubPath) -> String? {
    guard let device = place.device else { return nil }
    if device.hasPrefix("UUID=") || device.hasPrefix("LABEL=") || device.hasPrefix("/dev/") {
      return names.device(spec: device).value
    }
    return device.hasPrefix("lvm/") ? names.device(path: "/dev/mapper/" + device.dropFirst(4)) : nil
  }

  /// Whether a search leads to no device of this machine: GRUB then looks where it looked before.
  func isLost(_ place: GrubPath) -> Bool {
    guard let device = place.device, device.hasPrefix("UUID=") || device.hasPrefix("LABEL=") else { return false }
    return names.device(spec: device).value == nil
  }
}
