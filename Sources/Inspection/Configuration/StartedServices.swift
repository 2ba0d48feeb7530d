// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What the system starts at boot: links below systemd's targets (systemd.unit(5)), scripts of System V's run levels
/// and of OpenRC.
struct StartedServices {
  /// The links that are not masked, by unit, in the order in which they were found.
  private var links: [(unit: String, path: String)] = []
  /// The script's link, where there is one.
  private(set) var script: String?
  /// Whether there is anything of an init system that is known here.
  private(set) var isKnown = false

  /// Looks below targets, and among the scripts for those whose name begins with `script`.
  init(_ files: inout SectionFiles, targets: [String], script name: String) {
    let folders = ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"]
    isKnown = folders.contains(where: files.root.exists)
    for folder in folders {
      for target in targets {
        let wants = "\(folder)/\(target).wants"
        links += files.names(in: wants).map { (unit: $0, path: "\(wants)/\($0)") }
      }
    }
    readScripts(&files, name)
  }

  /// The link to the first of some units that is started.
  func link(to units: [String], where isWanted: (String) -> Bool = { _ in true }) -> String? {
    for unit in units {
      if let link = links.first(where: { $0.unit == unit && isWanted($0.path) }) { return link.path }
    }
    return nil
  }

  /// Leaves out those of some units that are masked: a link in `/etc` leads to `/dev/null`.
  mutating func dropMasked(_ units: [String], _ files: inout SectionFiles) {
    for unit in units where links.contains(where: { $0.unit == unit }) {
      if files.link("/etc/systemd/system/\(unit)") == "/dev/null" { links.removeAll { $0.unit == unit } }
    }
  }

  private mutating func readScripts(_ files: inout SectionFiles, _ name: String) {
    // Debian goes to run level 2, the others to 3 or 5.
    for level in ["/etc/rc2.d", "/etc/rc3.d", "/etc/rc5.d", "/etc/rc.d/rc3.d", "/etc/rc.d/rc5.d"] {
      let names = files.names(in: level)
      isKnown = isKnown || !names.isEmpty
      let found = names.first { $0.hasPrefix("S") && $0.dropFirst(3).hasPrefix(name) }
      if script == nil, let found { script = PlainText.from("\(level)/\(found)") }
    }
    for level in ["/etc/runlevels/default", "/etc/runlevels/boot"] {
      let names = files.names(in: level)
      isKnown = isKnown || !names.isEmpty
      if script == nil, let found = names.first(where: { $0.hasPrefix(name) }) {
        script = PlainText.from("\(level)/\(found)")
      }
    }
  }
}
