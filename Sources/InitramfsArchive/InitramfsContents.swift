// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What an initial RAM file system holds, as far as it decides whether a clone finds its disks and is reached.
public struct InitramfsContents: Sendable, Equatable {
  /// Which of `InstalledKernel.drivers` are there as modules, by the releases of the kernels whose modules are inside.
  ///
  /// Releases are bytes as in the path.
  public internal(set) var drivers: [[UInt8]: Set<String>] = [:]
  /// Rule files that are not empty and give interfaces lasting names, by their paths within, in the archive's order.
  public internal(set) var persistentRules: [[UInt8]] = []
  /// Whether an image of a file system is inside, in which modules may be that are not seen.
  public internal(set) var holdsImage = false
  /// Whether there is more than what a processor or the firmware's tables are given early.
  public internal(set) var holdsMore = false

  /// Nothing yet.
  init() {}

  /// The releases in the order of their bytes.
  public var releases: [[UInt8]] { drivers.keys.sorted { $0.lexicographicallyPrecedes($1) } }

  /// Takes in one entry of the archive.
  mutating func note(
    _ path: ArraySlice<UInt8>, _ entry: CpioParser.Entry, _ limits: ArchiveLimits
  ) throws(ArchiveError) {
    guard !entry.isFolder else { return }
    let path = Self.relative(path)
    // Early parts: microcode and ACPI tables (arch/x86/microcode.rst, acpi/initrd_table_override.rst), and dracut's mark.
    if !path.starts(with: "kernel/".utf8), !path.elementsEqual("early_cpio".utf8) { holdsMore = true }
    let name = path.suffix(from: path.lastIndex(of: Self.slash).map { $0 + 1 } ?? path.startIndex)
    if Self.isImage(name) { holdsImage = true }
    try noteModule(path, name, entry, limits)
    if entry.isFile, entry.size > 0, path.starts(with: "etc/udev/rules.d/".utf8), Self.isPersistentNames(name) {
      guard persistentRules.count < limits.rules else {
        throw ArchiveError(.tooLarge, "more than \(limits.rules) rule files")
      }
      if !persistentRules.contains(Array(path)) { persistentRules.append(Array(path)) }
    }
  }

  private mutating func noteModule(
    _ path: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>, _ entry: CpioParser.Entry, _ limits: ArchiveLimits
  ) throws(ArchiveError) {
    guard let start = Self.modules(in: path) else { return }
    let rest = path[start...]
    guard let end = rest.firstIndex(of: Self.slash), end > start else { return }
    let release = Array(rest[..<end])
    if drivers[release] == nil {
      guard drivers.count < limits.releases else {
        throw ArchiveError(.tooLarge, "modules of more than \(limits.releases) kernels")
      }
      drivers[release] = []
    }
    guard entry.isFile, let driver = KernelModule.name(ofFile: name), InstalledKernel.drivers.contains(driver) else {
      return
    }
    drivers[release]?.insert(driver)
  }

  private static let slash = UInt8(ascii: "/")
  private static let folder = Array("lib/modules/".utf8)

  /// The path without what stands for the root at its start.
  private static func relative(_ path: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var path = path
    while true {
      if path.first == slash {
        path = path.dropFirst()
      } else if path.starts(with: "./".utf8) {
        path = path.dropFirst(2)
      } else {
        return path
      }
    }
  }

  /// Where the release begins in a path below `lib/modules`, wherever that lies: below `usr`, or a folder of its own.
  private static func modules(in path: ArraySlice<UInt8>) -> Int? {
    var start = path.startIndex
    while path.endIndex - start > folder.count {
      if path[start...].starts(with: folder) { return start + folder.count }
      guard let next = path[start...].firstIndex(of: slash) else { return nil }
      start = next + 1
    }
    return nil
  }

  /// Whether a name is one of images of file systems, as dracut and live systems put them into an archive.
  private static func isImage(_ name: ArraySlice<UInt8>) -> Bool {
    ["squashfs", "erofs", "squash-root.img", "squashfs-root.img", "erofs-root.img", ".sfs", ".sqfs"].contains {
      name.hasSuffix($0)
    }
  }

  /// Whether a file of that name is one of those that the cloud's document names.
  private static func isPersistentNames(_ name: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: name, as: UTF8.self)
    return text.hasSuffix(".rules") && text.contains("persistent") && text.contains("net")
  }
}

/// Names of kernel modules.
public enum KernelModule {
  /// The name that the kernel gives to the module in a file: `virtio_blk` for `virtio-blk.ko.xz`; `nil` if it is none.
  public static func name(ofFile file: ArraySlice<UInt8>) -> String? {
    for suffix in [".ko", ".ko.gz", ".ko.xz", ".ko.zst"] where file.hasSuffix(suffix) {
      let name = file.dropLast(suffix.utf8.count).map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
      return String(decoding: name, as: UTF8.self)
    }
    return nil
  }
}

extension ArraySlice<UInt8> {
  fileprivate func hasSuffix(_ text: String) -> Bool {
    count >= text.utf8.count && suffix(text.utf8.count).elementsEqual(text.utf8)
  }
}
