// SPDX-License-Identifier: Apache-2.0

internal import Facts

typealias PreparedService = WindowsPreparation.Service

/// A value of the registry that is read, by the names of its key and of itself, in which case does not count.
enum RegistryFact: Equatable {
  /// Whether Remote Desktop is refused, as it is set on the server.
  case remoteDesktop
  /// Whether Remote Desktop is refused, as a group policy has it, which outranks what is set on the server.
  case remoteDesktopPolicy
  /// How far setup came.
  case imageState
  /// How far Sysprep came.
  case generalizationState
  /// When a service is started.
  case start(PreparedService)

  /// The fact at a key and a value; without a value the one that the key is known for.
  init?(key: String, value: String?) {
    let key = key.lowercased()
    let parts = key.split(separator: "\\").map(String.init)
    guard parts.count > 2, ["hklm", "hkey_local_machine"].contains(parts[0]) else { return nil }
    let value = value?.lowercased()
    if parts.count == 5, parts[1...3] == ["system", "currentcontrolset", "services"], value ?? "start" == "start" {
      guard let service = PreparedService(name: parts[4]) else { return nil }
      self = .start(service)
      return
    }
    let known: [(end: String, value: String, fact: RegistryFact)] = [
      ("\\control\\terminal server", "fdenytsconnections", .remoteDesktop),
      ("\\windows nt\\terminal services", "fdenytsconnections", .remoteDesktopPolicy),
      ("\\currentversion\\setup\\state", "imagestate", .imageState),
      ("\\setup\\status\\sysprepstatus", "generalizationstate", .generalizationState),
    ]
    let found = known.first { key.hasSuffix($0.end) && (value ?? $0.value) == $0.value }
    guard let found else { return nil }
    self = found.fact
  }

  /// The member of the facts that it is, as gaps name it.
  var member: String {
    switch self {
    case .remoteDesktop, .remoteDesktopPolicy: "remote_desktop"
    case .imageState: "image_state"
    case .generalizationState: "generalization_state"
    case .start(let service): service.member
    }
  }

  /// The number that data of the type REG_DWORD stand for: `0x1`.
  static func number(_ data: String) -> Int? {
    guard data.lowercased().hasPrefix("0x"), data.utf8.count <= 10 else { return nil }
    return Int(data.dropFirst(2), radix: 16)
  }

  /// Whether a line says that a key or a value is not there; `reg` says so in the language of the system.
  static func saysMissing(_ text: String) -> Bool {
    text.contains("unable to find the specified registry key or value") || text.contains("系统找不到指定的注册表项或值")
  }
}

extension WindowsService.Start {
  /// The start of a number, as the registry and `sc` have it.
  init?(number: Int) {
    switch number {
    case 0: self = .boot
    case 1: self = .system
    case 2: self = .automatic
    case 3: self = .manual
    case 4: self = .disabled
    default: return nil
    }
  }
}
