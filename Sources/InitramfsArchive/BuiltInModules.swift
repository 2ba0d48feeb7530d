// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Which of `InstalledKernel.drivers` are built into a kernel, by the files that lie beside it.
public struct BuiltInModules: Sendable, Equatable {
  /// Those that are, sorted.
  public private(set) var drivers: [String] = []
  /// The file ends in the middle of a line, or holds nothing.
  public private(set) var isCut: Bool

  /// Reads `modules.builtin`: a module's path a line (kbuild/kbuild.rst).
  public init(parsingModules bytes: [UInt8]) {
    isCut = bytes.last != Self.lineBreak
    take(
      bytes.split(separator: Self.lineBreak).compactMap { line in
        KernelModule.name(
          ofFile: line.suffix(from: line.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? line.startIndex))
      })
  }

  /// Reads a kernel's configuration: `CONFIG_NAME=y` a line for what is built in (kbuild/kconfig-language.rst).
  public init(parsingConfiguration bytes: [UInt8]) {
    isCut = bytes.last != Self.lineBreak
    take(
      bytes.split(separator: Self.lineBreak).flatMap { line -> [String] in
        guard line.starts(with: "CONFIG_".utf8), line.suffix(2).elementsEqual("=y".utf8) else { return [] }
        return Self.options[String(decoding: line.dropFirst(7).dropLast(2), as: UTF8.self)] ?? []
      })
  }

  /// The lines from which the same is read, for recordings.
  public var recordedModules: [UInt8] {
    let lines = drivers.map { "kernel/\($0).ko\n" }.joined()
    return recorded(lines.isEmpty ? "kernel/none.ko\n" : lines)
  }

  /// The same of a configuration.
  public var recordedConfiguration: [UInt8] {
    let options = Self.options.filter { $0.value.allSatisfy(drivers.contains) }.keys.sorted()
    return recorded("#\n" + options.map { "CONFIG_\($0)=y\n" }.joined())
  }

  private func recorded(_ lines: String) -> [UInt8] { isCut ? Array(lines.utf8.dropLast()) : Array(lines.utf8) }

  private static let lineBreak = UInt8(ascii: "\n")

  private static let options: [String: [String]] = [
    "BLK_DEV_NVME": ["nvme"], "VIRTIO": ["virtio", "virtio_ring"], "VIRTIO_BLK": ["virtio_blk"],
    "VIRTIO_NET": ["virtio_net"], "VIRTIO_PCI": ["virtio_pci"], "SCSI_VIRTIO": ["virtio_scsi"],
    "XEN_BLKDEV_FRONTEND": ["xen_blkfront"], "XEN_NETDEV_FRONTEND": ["xen_netfront"],
  ]

  private mutating func take(_ names: [String]) {
    drivers = Set(names).intersection(InstalledKernel.drivers).sorted()
  }
}
