// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import InitramfsArchive

/// The kernels whose modules are installed, and what is built into each.
struct InstalledKernels {
  private(set) var kernels: [InstalledKernel] = []
  private(set) var gaps: [Gap] = []
  /// Kernels that are listed; no server has as many.
  private static let most = 64
  /// `modules.builtin` has some ten kilobytes, a configuration some hundred.
  private static let largest = 4 << 20

  private let root: Root

  init(root: Root) { self.root = root }

  /// Reads the kernels below the first of the folders that is there - `/lib` may be a link to `/usr/lib` - and those of
  /// which there are images in `/boot`, by their releases.
  mutating func run(images: [String]) {
    var folder = "/lib/modules"
    var names = self.names(in: folder)
    if names == nil, let others = self.names(in: "/usr/lib/modules") { (folder, names) = ("/usr/lib/modules", others) }
    let all = Set(names ?? []).union(images).sorted()
    if all.count > Self.most {
      note(folder, .truncated, "\(all.count) kernels, of which \(Self.most) were looked at")
    }
    kernels = all.prefix(Self.most).compactMap { kernel($0, in: folder, hasImage: images.contains($0)) }
  }

  /// The names in a directory; `nil` where it is not there or cannot be listed.
  private mutating func names(in folder: String) -> [String]? {
    do throws(ReadFailure) { return try root.list(folder) } catch {
      if !error.isAbsent { note(error, folder) }
      return nil
    }
  }

  /// A kernel; `nil` where only something of one that was removed is left, as modules that were built for it.
  private mutating func kernel(_ name: String, in folder: String, hasImage: Bool) -> InstalledKernel? {
    let modules = "\(folder)/\(name)/modules.builtin"
    let configuration = "/boot/config-\(name)"
    var kernel = InstalledKernel(version: PlainText.from(name))
    let gapsBefore = gaps.count
    if let found = read(modules, BuiltInModules.init(parsingModules:), \.recordedModules) {
      if found.isCut {
        note(modules, .truncated, "\(modules) is cut off")
      } else {
        kernel.builtIn = .value(found.drivers)
      }
    }
    if kernel.builtIn.isKnown { return kernel }
    if let found = read(configuration, BuiltInModules.init(parsingConfiguration:), \.recordedConfiguration) {
      if found.isCut {
        note(configuration, .truncated, "\(configuration) is cut off")
      } else if gaps.count == gapsBefore {
        kernel.builtIn = .value(found.drivers)
      }
    }
    if kernel.builtIn.isKnown || gaps.count > gapsBefore { return kernel }
    guard hasImage else { return nil }
    note(modules, .unreadable, "neither \(modules) nor \(configuration) is there")
    return kernel
  }

  private mutating func read(
    _ file: String, _ parse: @escaping ([UInt8]) -> BuiltInModules, _ recorded: KeyPath<BuiltInModules, [UInt8]>
  ) -> BuiltInModules? {
    do throws(ReadFailure) {
      let bytes = try root.read(file, limit: Self.largest) { parse($0)[keyPath: recorded] }
      return parse(bytes)
    } catch {
      if !error.isAbsent { note(error, file) }
      return nil
    }
  }

  private mutating func note(_ failure: ReadFailure, _ path: String) {
    note(path, failure.isNotPermitted ? .notPermitted : .unreadable, failure.description)
  }

  private mutating func note(_ path: String, _ reason: Gap.Reason, _ detail: String) {
    gaps.append(.initramfs(path, reason, detail))
  }
}
