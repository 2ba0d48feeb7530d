// SPDX-License-Identifier: Apache-2.0

/// How the guest starts, as its boot loader's files and the running kernel say.
public struct BootFacts: Sendable, Equatable, JSONConvertible {
  /// The boot loader whose configuration was found; `none` where none was recognised.
  public var loader: Observed<BootLoader> = .unknown
  /// `root=` of the running kernel's command line (`/proc/cmdline`); `none` where it has no such argument.
  public var runningRoot: Observed<String> = .unknown
  /// `console=` of the running kernel's command line, in its order.
  public var consoles: [String]?
  /// Every entry that can be chosen at boot and starts a Linux kernel, in the order of the menu.
  public var entries: [BootEntry]?

  /// Facts of which nothing was observed yet.
  public init() {}

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    loader = try members.observed("loader")
    runningRoot = try members.observed("running_root")
    consoles = try members.optional("consoles")
    entries = try members.optional("entries")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("consoles", consoles?.json), ("entries", entries?.json), ("loader", loader.jsonIfKnown),
      ("running_root", runningRoot.jsonIfKnown))
  }
}

/// A boot loader, by the form of its configuration.
public enum BootLoader: String, Sendable, CaseIterable, JSONConvertible {
  /// `grub.cfg`, with or without entries of the Boot Loader Specification.
  case grub2
  /// `menu.lst` or `grub.conf` of GRUB 0.97.
  case grubLegacy = "grub_legacy"
  /// `loader/loader.conf` and `loader/entries/*.conf`, read by systemd-boot.
  case systemdBoot = "systemd_boot"
  /// One that a later release knows.
  case other

  /// Reads the word; one that is not known is `other`, so that a newer agent's report is still read.
  public init(json: JSON) throws(DocumentError) { self = Self(rawValue: try String(json: json)) ?? .other }
}
