// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText
internal import Facts

/// A file that an entry loads.
public struct LoadedFile: Equatable, Sendable {
  /// Its name as written, with variables replaced where they are known.
  public var written: String
  /// Where it is; `nil` where that cannot be told.
  public var place: GrubPath?

  /// A file by its name.
  public init(written: String, place: GrubPath?) {
    self.written = written
    self.place = place
  }
}

/// A kernel with what it is given.
public struct LoadedKernel: Equatable, Sendable {
  /// The kernel.
  public var kernel: LoadedFile
  /// Its arguments.
  public var arguments: KernelArguments
  /// The initial RAM file systems, in their order.
  public var initramfs: [LoadedFile]
  /// Whether it is certain that these are loaded and no others.
  public var isCertain = true

  /// A kernel, and what goes with it.
  public init(kernel: LoadedFile, arguments: KernelArguments, initramfs: [LoadedFile] = []) {
    self.kernel = kernel
    self.arguments = arguments
    self.initramfs = initramfs
  }

  /// What is known where one of two is loaded; `nil` is nothing at all.
  static func merged(_ one: LoadedKernel?, _ other: LoadedKernel?) -> LoadedKernel? {
    guard var merged = one ?? other else { return nil }
    guard let one, let other else {
      merged.isCertain = false
      return merged
    }
    guard one != other else { return one }
    merged.isCertain = false
    if one.kernel != other.kernel { merged.kernel.place = nil }
    if one.arguments.root != other.arguments.root { merged.arguments.root = .unknown }
    merged.arguments.isForRepair = one.arguments.isForRepair && other.arguments.isForRepair
    if one.initramfs != other.initramfs {
      for index in merged.initramfs.indices { merged.initramfs[index].place = nil }
    }
    return merged
  }
}

/// An entry of GRUB's menu, or a menu within it.
public struct GrubEntry: Equatable, Sendable {
  /// Its title.
  public var title: String
  /// What it is chosen by besides its title.
  public var id: String?
  /// The file that it is in.
  public var file: String
  /// The line on which it begins; `nil` for a file of its own.
  public var line: Int?
  /// Whether it is certain that the menu shows it.
  public var isCertain: Bool
  /// What it loads; `nil` where that is no kernel.
  public var kernel: LoadedKernel?
  /// The entries of a menu within the menu.
  public var entries: [GrubEntry]?
}

/// Something of a menu that was not understood.
public struct GrubDoubt: Hashable, Sendable {
  /// The file.
  public var file: String
  /// The line, from 1; 0 for the file as a whole.
  public var line: Int
  /// What is wrong there.
  public var reason: BootFileError.Reason
}

/// What GRUB shows, and what it starts when nobody chooses.
public struct GrubMenu: Equatable, Sendable {
  /// The entries in their order.
  public var entries: [GrubEntry]
  /// The way to the entry that is started, by places in the menu and the menus within it; `nil` where that cannot be told.
  public var start: [Int]?
  /// What was not understood.
  public var doubts: [GrubDoubt]

  /// The way to the entry that `default` means (GRUB manual, "default").
  ///
  /// By id, by title, by number, and by `A>B` into a menu within the menu. What is not found is the first one.
  static func way(to wanted: [UInt8]?, in entries: [GrubEntry]) -> [Int]? {
    var way: [Int] = []
    var rest = wanted
    var level = entries
    while true {
      guard let wanted = rest else { return nil }
      let (name, inner) = split(wanted)
      guard let place = place(of: name, in: level) else { return nil }
      way.append(place)
      guard let entries = level[place].entries else { return way }
      // In the menu within, nothing is named: the first one.
      rest = inner ?? []
      level = entries
      if level.isEmpty { return way }
    }
  }

  private static func place(of name: [UInt8], in entries: [GrubEntry]) -> Int? {
    guard !entries.isEmpty else { return nil }
    let text = name[...].text
    // Ids of entries may begin with a digit: a number is what remains.
    if !name.isEmpty,
      let place = entries.firstIndex(where: { $0.id == text }) ?? entries.firstIndex(where: { $0.title == text })
    {
      return entries[place].isCertain ? place : nil
    }
    let number = GrubTest.number(name) ?? 0
    if entries.indices.contains(number) { return entries[...number].allSatisfy(\.isCertain) ? number : nil }
    return entries.allSatisfy(\.isCertain) ? 0 : nil
  }

  /// The first name of a way, and what stands behind the first `>` that is not doubled.
  private static func split(_ way: [UInt8]) -> ([UInt8], [UInt8]?) {
    var name: [UInt8] = []
    var index = 0
    while index < way.count {
      if way[index] == UInt8(ascii: ">") {
        guard index + 1 < way.count, way[index + 1] == UInt8(ascii: ">") else {
          return (name, Array(way[(index + 1)...]))
        }
        index += 1
      }
      name.append(way[index])
      index += 1
    }
    return (name, nil)
  }
}
