// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// What a script has set so far.
struct GrubState {
  /// An entry as the script defines it: what it does is done when it is chosen.
  struct Item {
    enum Content {
      case statements([GrubScript.Statement])
      case menu([GrubScript.Statement])
      case kernel(LoadedKernel)
    }
    var title: String
    var id: String?
    var file: String
    var line: Int?
    var isCertain: Bool
    var content: Content
  }

  /// Variables are so many at most.
  static let mostVariables = 512
  /// A value that is longer is not known.
  static let longestValue = 4096

  /// The variables; `nil` is a value that is not known.
  private(set) var variables: [String: [UInt8]?] = [:]
  /// Whether a variable that nothing was read of may have a value all the same.
  var unsetIsUnknown = false
  var functions: [[UInt8]: [GrubScript.Statement]] = [:]
  var items: [Item] = []
  /// What the statements at hand have loaded.
  var kernel: LoadedKernel?
  /// Whether a hypervisor was loaded: the first module is then the kernel.
  var isMultiboot = false
  /// Whether another file's menu has taken this one's place.
  var isOver = false
  /// Whether the last command succeeded.
  var status: Bool? = true

  /// Names of which nothing outside of a running boot loader tells (GRUB manual, "Special environment variables").
  private static let hidden: Set<String> = [
    "cmdpath", "debug", "fw_path", "grub_cpu", "grub_platform", "lang", "lockdown", "locale_dir", "pager", "prefix",
    "random", "root", "shim_lock", "check_signatures", "config_file", "config_directory",
  ]

  func value(_ name: String) -> [UInt8]? {
    if name == "?" { return status.map { [$0 ? 0x30 : 0x31] } }
    if let value = variables[name] { return value }
    // Every release since 2.00 has these features, and scripts that ask for them are of no older one.
    if name.hasPrefix("feature_") { return Array("y".utf8) }
    if unsetIsUnknown || Self.hidden.contains(name) || name.hasPrefix("net_") { return nil }
    return []
  }

  /// Sets a variable; whether there was room.
  mutating func set(_ name: String, _ value: [UInt8]?) -> Bool {
    guard variables[name] != nil || variables.count < Self.mostVariables else { return false }
    let isKnown = (value?.count ?? 0) <= Self.longestValue && !TellingWords.mayBeSecret(name)
    variables[name] = .some(isKnown ? value : nil)
    return true
  }

  mutating func unset(_ name: String) { _ = set(name, []) }

  /// What is known where one of several ways was gone, from a point at which the menu had so many entries.
  static func merged(_ states: [GrubState], itemsBefore count: Int) -> GrubState? {
    guard var merged = states.first else { return nil }
    for other in states.dropFirst() {
      for name in Set(merged.variables.keys).union(other.variables.keys)
      where merged.value(name) != other.value(name) {
        merged.variables[name] = .some(nil)
      }
      merged.unsetIsUnknown = merged.unsetIsUnknown || other.unsetIsUnknown
      merged.functions.merge(other.functions) { one, _ in one }
      merged.kernel = LoadedKernel.merged(merged.kernel, other.kernel)
      merged.isMultiboot = merged.isMultiboot || other.isMultiboot
      merged.isOver = merged.isOver && other.isOver
      merged.items += other.items.dropFirst(count)
      if merged.status != other.status { merged.status = nil }
    }
    return merged
  }
}
