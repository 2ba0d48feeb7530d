// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension Root {
  /// This machine, whose modules of the kernel a sandbox hides (`ProtectKernelModules=` of systemd.exec(5)) and shows
  /// at another place (`BindReadOnlyPaths=`); where nothing is mounted there they are looked for where they belong.
  public func showingModules(at place: String) -> Root {
    var (mounted, around) = (stat(), stat())
    guard isLive, stat(place, &mounted) == 0, stat(place + "/..", &around) == 0, mounted.st_dev != around.st_dev
    else { return self }
    var root = self
    root.modulesPlace = place
    return root
  }

  /// Where a path of this machine is to be opened.
  func place(of path: String) -> String {
    guard let modulesPlace else { return path }
    for folder in ["/lib/modules", "/usr/lib/modules"] where MountPoints.lies(path, below: folder) {
      return modulesPlace + path.dropFirst(folder.count)
    }
    return path
  }

  /// Whether what is open is what a sandbox puts over a path that it hides: something empty that nobody has a right to,
  /// which those who may read all see as empty (`InaccessiblePaths=` of systemd.exec(5)).
  func isHidden(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & 0o7777 == 0
  }
}
