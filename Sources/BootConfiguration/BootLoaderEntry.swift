// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// An entry of the Boot Loader Specification, type 1: a file `loader/entries/*.conf` (UAPI.1, "Type #1 Boot Loader
/// Entry Keys"), with the variables that GRUB of RHEL and Fedora replaces in it.
///
/// Arguments of the kernel that are not looked at may be secrets, and are left out as they are read.
public struct BootLoaderEntry: Equatable, Sendable {
  /// The name of its file without `.conf` and without the count of tries (`+3-1`).
  public let id: String
  /// The file.
  public let file: String
  /// What the menu shows.
  public var title: String? { titleBytes.map { $0[...].text } }
  /// The version, most often the kernel's release.
  public var version: String? { versionBytes.map { $0[...].text } }
  /// Whether something is started that is no kernel with its parts: a program of the firmware, a unified image.
  public private(set) var isProgram = false
  /// Why it starts nothing, or cannot be trusted.
  public private(set) var error: BootFileError?

  private var titleBytes: [UInt8]?
  private(set) var versionBytes: [UInt8]?
  private(set) var machineID: [UInt8]?
  private(set) var sortKey: [UInt8]?
  /// The path of the kernel, as written.
  private(set) var kernel: [UInt8]?
  /// The initial RAM file systems, as written: a line may hold several of GRUB's.
  private(set) var initramfs: [[UInt8]] = []
  /// The arguments that are read, a line each.
  private(set) var options: [[UInt8]] = []

  /// Reads a file of that name at a path.
  public init(parsing bytes: [UInt8], name: String, file: String) {
    id = Self.id(of: name)
    self.file = file
    guard !bytes.isEmpty else {
      error = BootFileError(.empty)
      return
    }
    for line in bytes.lines where line.trimmed.first != UInt8(ascii: "#") {
      let (key, value) = line.headAndRest
      if !value.isEmpty { take(key.text, value) }
    }
    if kernel == nil, !isProgram { error = BootFileError(.noKernel) }
    // A person may leave out the last line break; where anything is missing besides, the rest of the file is.
    let isWhole = isProgram || kernel != nil && !initramfs.isEmpty && !options.isEmpty
    if bytes.last != 0x0A, !isWhole { error = BootFileError(.cutOff) }
    // Without any argument the kernel knows no root: the line is most likely lost.
    if kernel != nil, !isProgram, options.isEmpty { error = BootFileError(.cutOff) }
  }

  private mutating func take(_ key: String, _ value: Bytes) {
    switch key {
    case "title": titleBytes = Array(value)
    case "version": versionBytes = Array(value)
    case "machine-id": machineID = Array(value)
    case "sort-key": sortKey = Array(value)
    case "linux": kernel = Array(value)
    case "initrd": if initramfs.count < 64 { initramfs.append(Array(value)) }
    case "options":
      let kept = KernelArguments.words(value).filter { KernelArguments.isTelling($0) || $0.first == UInt8(ascii: "$") }
      if options.count < 64 { options.append(Self.joined(kept)) }
    case "efi", "uki", "uki-url": isProgram = true
    default: break
    }
  }

  private static func joined(_ words: [[UInt8]]) -> [UInt8] {
    let quoted = words.map { $0.contains(where: \.isBlank) || $0.isEmpty ? [0x22] + $0 + [0x22] : $0 }
    return Array(quoted.joined(separator: [0x20]))
  }

  private static func id(of name: String) -> String {
    let stem = name.hasSuffix(".conf") ? String(name.dropLast(5)) : name
    guard let plus = stem.utf8.lastIndex(of: UInt8(ascii: "+")) else { return stem }
    let count = stem.utf8[stem.utf8.index(after: plus)...]
    let isCount = count.first?.isDigit ?? false && count.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "-") }
    return isCount ? String(stem[..<plus]) : stem
  }

  /// Whether a value holds a variable: systemd-boot knows none, GRUB's `blscfg` does.
  public var hasVariables: Bool {
    (options + initramfs).contains { KernelArguments.words($0[...]).contains { $0.first == UInt8(ascii: "$") } }
  }

  /// What systemd-boot loads: the values stand for themselves, on the partition that the file is on.
  public var plainKernel: LoadedKernel? {
    guard let kernel else { return nil }
    func file(_ bytes: [UInt8]) -> LoadedFile {
      let path = bytes[...].text
      return LoadedFile(written: path, place: GrubPath(device: nil, path: path))
    }
    let arguments = KernelArguments(parsing: Array(options.joined(separator: [0x20])))
    return LoadedKernel(kernel: file(kernel), arguments: arguments, initramfs: initramfs.map(file))
  }

  /// The file for a recording.
  public var recorded: [UInt8] {
    if error?.reason == .empty { return [] }
    var bytes: [UInt8] = []
    func put(_ key: String, _ value: [UInt8]) { bytes += Array(key.utf8) + [0x20] + value + [0x0A] }
    let texts = [
      ("title", titleBytes), ("version", versionBytes), ("machine-id", machineID), ("sort-key", sortKey),
    ]
    for (key, value) in texts { if let value { put(key, value) } }
    if let kernel { put("linux", kernel) }
    for file in initramfs { put("initrd", file) }
    // A line of which nothing is read still says that there are arguments.
    for line in options { put("options", line.isEmpty ? Array("quiet".utf8) : line) }
    if isProgram { put("efi", [UInt8(ascii: "/")]) }
    if bytes.isEmpty || error?.reason == .cutOff { bytes.append(UInt8(ascii: "#")) }
    if error?.reason == .noKernel, bytes.last != 0x0A { bytes.append(0x0A) }
    return bytes
  }
}
