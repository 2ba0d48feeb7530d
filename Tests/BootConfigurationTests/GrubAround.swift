// SPDX-License-Identifier: Apache-2.0

import BootConfiguration

/// Files around a script, for a test.
struct GrubAround: GrubFiles {
  var scripts: [GrubPath: String] = [:]
  var block: [String: String]? = [:]
  var present: [GrubPath: Bool] = [:]
  var shown: [BootLoaderEntry] = []

  mutating func script(at place: GrubPath) -> GrubAnswer<(script: GrubScript, file: String)> {
    guard let text = scripts[place] else { return .absent }
    return .found((GrubScript(parsing: Array(text.utf8)), place.path))
  }

  mutating func environment(at place: GrubPath) -> GrubAnswer<GrubEnvironment> {
    guard let block else { return .unknown }
    return .found(GrubEnvironment(parsing: Self.bytes(block)))
  }

  mutating func holds(_ place: GrubPath) -> Bool? {
    place.path.hasSuffix("/grubenv") ? block.map { _ in true } : present[place] ?? false
  }

  mutating func entries() -> [BootLoaderEntry] { shown }

  static func bytes(_ variables: [String: String]) -> [UInt8] {
    let text = "# GRUB Environment Block\n" + variables.map { "\($0)=\($1)\n" }.sorted().joined()
    return Array(text.utf8) + [UInt8](repeating: UInt8(ascii: "#"), count: 1024 - text.utf8.count)
  }

  /// The menu of a script that lies at `/boot/grub/grub.cfg` of `/dev/vda1`.
  func menu(_ text: String, platform: String? = "pc") -> GrubMenu {
    var machine = GrubMachine(files: self, platform: platform)
    return machine.run(
      GrubScript(parsing: Array(text.utf8)), file: "/boot/grub/grub.cfg",
      at: GrubPath(device: "/dev/vda1", path: "/boot/grub/grub.cfg"))
  }
}
