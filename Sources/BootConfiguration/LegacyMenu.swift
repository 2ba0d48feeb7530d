// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// `menu.lst` or `grub.conf` of GRUB 0.97 (GRUB legacy manual, "Commands").
///
/// Arguments of the kernel that are not looked at may be secrets, and are left out as they are read.
public struct LegacyMenu: Equatable, Sendable {
  private struct Line: Equatable {
    var number: Int
    var command: String
    var words: [[UInt8]]
  }

  private var lines: [Line] = []
  /// Why it cannot be trusted.
  public private(set) var error: BootFileError?

  private static let kept: Set<String> = [
    "default", "title", "root", "rootnoverify", "uuid", "kernel", "initrd", "module", "modulenounzip", "configfile",
  ]
  private static let mostLines = 8192

  /// Reads the file.
  public init(parsing bytes: [UInt8]) {
    for (index, raw) in bytes.lines.enumerated() where raw.trimmed.first != UInt8(ascii: "#") {
      // The command and its words may be parted by an equals sign.
      let line = raw.trimmed
      let end = line.firstIndex { $0.isBlank || $0 == UInt8(ascii: "=") } ?? line.endIndex
      let command = line[..<end].text
      guard Self.kept.contains(command), lines.count < Self.mostLines else { continue }
      let rest = line[end...].drop { $0.isBlank || $0 == UInt8(ascii: "=") }
      lines.append(Line(number: index + 1, command: command, words: Self.words(command, rest)))
    }
    if bytes.isEmpty {
      error = BootFileError(.empty)
    } else if bytes.last != 0x0A, !["initrd", "module", "modulenounzip"].contains(lines.last?.command ?? "") {
      error = BootFileError(.cutOff)
    }
  }

  private static func words(_ command: String, _ rest: Bytes) -> [[UInt8]] {
    guard command != "title" else { return [Array(rest.trimmed)] }
    let words = rest.words.map(Array.init)
    guard ["kernel", "module", "modulenounzip"].contains(command) else { return words }
    let options = words.prefix { $0.first == UInt8(ascii: "-") }.count
    let arguments = KernelArguments.words(Array(words.dropFirst(options + 1).joined(separator: [0x20]))[...])
    return Array(words.dropFirst(options).prefix(1)) + arguments.filter(KernelArguments.isTelling)
  }

  /// The menu, of a file of that name.
  public func menu(file: String) -> GrubMenu {
    var entries: [GrubEntry] = []
    var start: [UInt8]? = Array("0".utf8)
    var device: [UInt8]?
    var isMultiboot = false
    for line in lines {
      let first = line.words.first ?? []
      switch line.command {
      case "default": start = first[...].isText("saved") ? nil : first
      case "title":
        guard entries.count < 512 else { continue }
        entries.append(GrubEntry(title: first[...].text, file: file, line: line.number, isCertain: true))
        device = nil
        isMultiboot = false
      case "root", "rootnoverify":
        device = first.filter { $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: ")") }
      case "uuid": device = Array("UUID=".utf8) + first
      case "kernel":
        guard !entries.isEmpty, !first.isEmpty else { continue }
        isMultiboot = false
        entries[entries.count - 1].kernel = Self.kernel(line.words, device)
      case "module", "modulenounzip":
        guard !entries.isEmpty, !first.isEmpty else { continue }
        let last = entries.count - 1
        if isMultiboot {
          if entries[last].kernel?.initramfs.count ?? 0 < 64 {
            entries[last].kernel?.initramfs.append(Self.file(first, device))
          }
        } else {
          // What was called a kernel is the hypervisor.
          entries[last].kernel = Self.kernel(line.words, device)
          isMultiboot = true
        }
      case "initrd":
        guard !entries.isEmpty else { continue }
        entries[entries.count - 1].kernel?.initramfs = line.words.prefix(64).map { Self.file($0, device) }
      default: break
      }
    }
    return GrubMenu(entries: entries, start: GrubMenu.way(to: start, in: entries), doubts: [])
  }

  private static func kernel(_ words: [[UInt8]], _ device: [UInt8]?) -> LoadedKernel {
    LoadedKernel(
      kernel: file(words.first ?? [], device), arguments: KernelArguments(words: Array(words.dropFirst())))
  }

  private static func file(_ name: [UInt8], _ device: [UInt8]?) -> LoadedFile {
    let place = GrubPath(name, root: device)
    return LoadedFile(written: place.path, place: place)
  }

  /// The file for a recording, on the lines of the original.
  public var recorded: [UInt8] {
    if error?.reason == .empty { return [] }
    var numbered = NumberedLines()
    for line in lines {
      let words = line.words.map { word in
        line.command != "title" && word.contains(where: \.isBlank) ? [0x22] + word + [0x22] : word
      }
      numbered.put(Array(line.command.utf8) + [0x20] + words.joined(separator: [0x20]), at: line.number)
    }
    if error?.reason == .cutOff { return numbered.bytes + [UInt8(ascii: "\n"), UInt8(ascii: "#")] }
    return numbered.bytes.isEmpty ? Array("#\n".utf8) : numbered.bytes
  }
}
