// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Which programs configure the network of a machine, by what is started when it boots.
///
/// Where nothing tells, whatever has files is taken to be in charge: a file too much is a finding that a person can
/// judge, one too few a clone that nobody reaches.
struct StacksInCharge {
  private var started: Set<NetworkStack> = []
  private let hasNetplan: Bool

  private static let units: [String: NetworkStack] = [
    "NetworkManager.service": .networkManager, "systemd-networkd.service": .networkd,
    "networking.service": .ifupdown, "wicked.service": .wicked, "network.service": .ifcfg,
  ]

  /// Looks at the units that are enabled (systemctl(1): links below the directories of the targets).
  init(files: inout SectionFiles, hasNetplan: Bool) {
    self.hasNetplan = hasNetplan
    let folder = "/etc/systemd/system"
    for target in ["multi-user.target", "network-online.target", "network.target"] {
      started.formUnion(files.names(in: "\(folder)/\(target).wants").compactMap { Self.units[$0] })
    }
    // On SUSE the name of the service is a link to the one that was chosen.
    if let target = files.link("\(folder)/network.service")?.split(separator: "/").last {
      started.formUnion(Self.units[String(target)].map { [$0] } ?? [])
    }
  }

  /// Whether files of a stack are read when the machine starts.
  func isEffective(_ stack: NetworkStack) -> Bool {
    if stack == .netplan || started.isEmpty { return true }
    switch stack {
    // NetworkManager reads the files of the network scripts too.
    case .ifcfg: return !started.isDisjoint(with: [.ifcfg, .networkManager])
    // netplan starts what it writes for.
    case .networkd: return hasNetplan || started.contains(.networkd)
    case .netplan, .networkManager, .ifupdown, .wicked, .other: return started.contains(stack)
    }
  }

  /// The stack that configures the first network card; without any file one that was started all the same.
  func first(of interfaces: [NetworkInterface]) -> NetworkStack? {
    let order: [NetworkStack] = [.netplan, .networkManager, .ifcfg, .wicked, .networkd, .ifupdown]
    let used = Set(
      interfaces.filter { $0.effective && $0.kind != .loopback && $0.kind != .virtual }.map(\.stack))
    return order.first(where: used.contains) ?? order.first(where: started.contains)
  }
}
