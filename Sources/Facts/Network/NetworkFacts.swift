// SPDX-License-Identifier: Apache-2.0

/// How the interfaces of a guest are configured, as its files say.
public struct NetworkFacts: Sendable, Equatable, JSONConvertible {
  /// What cloud-init does with the configuration.
  public enum Renderer: String, Sendable, JSONConvertible {
    /// It writes the configuration for every new server.
    case renders
    /// It is there and told to leave the configuration alone (`network: {config: disabled}`).
    case disabled
    /// It writes what its own files hold (`network:` in `/etc/cloud`), which is the same for every server.
    case fixed
  }

  /// The stack in charge; `none` where there is no configuration of any.
  public var stack: Observed<NetworkStack> = .unknown
  /// What cloud-init does with the configuration; `none` where there is no cloud-init.
  public var cloudInit: Observed<Renderer> = .unknown
  /// What the files say of interfaces, in the order of files and lines.
  public var interfaces: [NetworkInterface]?
  /// Rule files of udev that give interfaces lasting names, by their names; empty ones too.
  public var persistentRules: [PersistentNameRules]?

  /// Facts of which nothing was observed yet.
  public init() {}

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    stack = try members.observed("stack")
    cloudInit = try members.observed("cloud_init")
    interfaces = try members.optional("interfaces")
    persistentRules = try members.optional("persistent_rules")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("cloud_init", cloudInit.jsonIfKnown), ("interfaces", interfaces?.json),
      ("persistent_rules", persistentRules?.json), ("stack", stack.jsonIfKnown))
  }
}

/// A program, or a form of files, by which interfaces are configured.
public enum NetworkStack: String, Sendable, CaseIterable, JSONConvertible {
  /// `/etc/netplan/*.yaml`.
  case netplan
  /// NetworkManager's keyfiles.
  case networkManager = "network_manager"
  /// systemd-networkd's `.network` files.
  case networkd
  /// `/etc/network/interfaces`.
  case ifupdown
  /// `/etc/sysconfig/network-scripts/ifcfg-*`, read by NetworkManager or by the network scripts.
  case ifcfg
  /// `/etc/sysconfig/network/ifcfg-*`, read by wicked.
  case wicked
  /// One that a later release knows.
  case other

  /// Reads the word; one that is not known is `other`, so that a newer agent's report is still read.
  public init(json: JSON) throws(DocumentError) { self = Self(rawValue: try String(json: json)) ?? .other }
}
