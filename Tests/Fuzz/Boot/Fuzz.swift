// SPDX-License-Identifier: Apache-2.0

import BootConfiguration
import Facts

/// Any bytes as each file of a boot loader, by the first byte: what is said of entries is safe to show, and what goes
/// into a recording says the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  switch start[0] % 6 {
  case 0:
    let script = GrubScript(parsing: bytes)
    let again = GrubScript(parsing: script.recorded)
    precondition(again.error == script.error && again.isCutOff == script.isCutOff && again.isEmpty == script.isEmpty)
    let shown = menu(script)
    precondition(menu(again) == shown)
    check(shown.entries, depth: 0)
  case 1:
    let block = GrubEnvironment(parsing: bytes)
    precondition(GrubEnvironment(parsing: block.recorded) == block)
  case 2:
    let entry = BootLoaderEntry(parsing: bytes, name: "a.conf", file: "/a.conf")
    precondition(BootLoaderEntry(parsing: entry.recorded, name: "a.conf", file: "/a.conf") == entry)
    precondition(isSafe(entry.title ?? "") && isSafe(entry.version ?? ""))
    if let kernel = entry.plainKernel { check(kernel) }
    _ = BootLoaderOrder.forSystemdBoot([entry, entry])
  case 3:
    let file = LoaderConfiguration(parsing: bytes)
    precondition(LoaderConfiguration(parsing: file.recorded) == file)
    _ = file.start(among: [BootLoaderEntry(parsing: bytes, name: "a.conf", file: "/a.conf")])
  case 4:
    let file = LegacyMenu(parsing: bytes)
    let menu = file.menu(file: "/menu.lst")
    let again = LegacyMenu(parsing: file.recorded)
    precondition(again.menu(file: "/menu.lst") == menu && again.error == file.error)
    check(menu.entries, depth: 0)
  default:
    let arguments = KernelArguments(parsing: bytes)
    precondition(KernelArguments(parsing: KernelArguments.recorded(bytes)) == arguments)
    precondition(isSafe(arguments.root.value ?? "") && arguments.consoles.allSatisfy(isSafe))
  }
  return 0
}

private func menu(_ script: GrubScript) -> GrubMenu {
  var machine = GrubMachine(files: Around(script: script), platform: "pc")
  return machine.run(script, file: "/grub.cfg", at: GrubPath(device: "/dev/vda1", path: "/boot/grub/grub.cfg"))
}

/// Every other script is this one, and every file is there or not by its name's length.
private struct Around: GrubFiles {
  var script: GrubScript

  mutating func script(at place: GrubPath) -> GrubAnswer<(script: GrubScript, file: String)> {
    switch place.path.utf8.count % 3 {
    case 0: .found((script, "/other.cfg"))
    case 1: .absent
    default: .unknown
    }
  }
  mutating func environment(at place: GrubPath) -> GrubAnswer<GrubEnvironment> {
    place.path.utf8.count % 2 == 0 ? .absent : .unknown
  }
  mutating func holds(_ place: GrubPath) -> Bool? {
    place.path.utf8.count % 3 == 0 ? nil : place.path.utf8.count % 3 == 1
  }
  mutating func entries() -> [BootLoaderEntry] {
    [BootLoaderEntry(parsing: Array("linux /a\noptions $kernelopts\n".utf8), name: "a.conf", file: "/a.conf")]
  }
}

private func check(_ entries: [GrubEntry], depth: Int) {
  precondition(entries.count <= 512 && depth < 16)
  for entry in entries {
    precondition(isSafe(entry.title) && isSafe(entry.id ?? ""))
    if let kernel = entry.kernel { check(kernel) }
    check(entry.entries ?? [], depth: depth + 1)
  }
}

private func check(_ kernel: LoadedKernel) {
  precondition(isSafe(kernel.kernel.written) && kernel.initramfs.allSatisfy { isSafe($0.written) })
  precondition(isSafe(kernel.arguments.root.value ?? ""))
}

private func isSafe(_ text: String) -> Bool {
  text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
}
