// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc

/// What shows that the program runs in a sandbox: things that every machine has, and that cannot be seen.
///
/// The options of systemd.exec(5) and systemd.resource-control(5) that do so: `PrivateDevices=`, `DevicePolicy=`,
/// `InaccessiblePaths=`, `ProcSubset=`, `ProtectProc=`.
struct SandboxSigns {
  /// A device that sysfs shows and that could not be opened.
  struct Unopened {
    var path: String
    var code: Int32
  }

  private(set) var visibility: [Visibility] = []

  /// Looks for them among what has been found missing; a tree made by hand has none.
  init(root: Root, gaps: [Gap], devices: Int, unopened: [Unopened]) {
    guard root.treePath == nil else { return }
    if gaps.contains(where: { $0.subject == .init(.section, Section.devices.rawValue) }) {
      note("/sys/class/block cannot be read")
    } else if devices == 0 {
      note("/sys/class/block is empty")
    }
    if !root.exists("/proc/partitions") {
      note("/proc shows processes only")
    } else if !root.exists("/proc/1/mountinfo") {
      note("/proc hides the processes of others")
    }
    note(unopened.filter { $0.code == ENOENT }, "not in /dev")
    // Root, and whoever may read all, is refused nothing by the nodes' own modes.
    if root.answer(.userID, { String(geteuid()) }) == "0"
      || root.answer(.readsAll, { ReadCapability.isHeld ? "yes" : "no" }) == "yes"
    {
      note(unopened.filter { $0.code == EPERM || $0.code == EACCES }, "not allowed to be opened")
    }
  }

  private mutating func note(_ devices: [Unopened], _ what: String) {
    guard let first = devices.first else { return }
    let more = devices.count > 1 ? " and \(devices.count - 1) more are" : " is"
    note("\(first.path)\(more) \(what)")
  }

  private mutating func note(_ detail: String) { visibility.append(Visibility(.sandbox, detail: detail)) }
}
