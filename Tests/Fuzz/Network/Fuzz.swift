// SPDX-License-Identifier: Apache-2.0

import ConfigurationText
import Facts
import NetworkConfiguration

/// Any bytes as each form of network configuration, by the first byte: what is said of interfaces is safe to show, and
/// what goes into a recording says the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  switch start[0] % 8 {
  case 0: checkIfcfg(bytes, .ifcfg)
  case 1: checkIfcfg(bytes, .wicked)
  case 2:
    let file = KeyfileConnection(parsing: bytes)
    let again = KeyfileConnection(parsing: file.recorded)
    precondition(again.error == file.error && again.interface(file: "/a") == file.interface(file: "/a"))
    check([file.interface(file: "/a")])
  case 3:
    let file = NetworkdFile(parsing: bytes)
    precondition(NetworkdFile(parsing: file.recorded).interface(file: "/a") == file.interface(file: "/a"))
    check([file.interface(file: "/a", dropIns: [file])])
  case 4:
    let file = NetdevFile(parsing: bytes)
    let again = NetdevFile(parsing: file.recorded)
    precondition(again.interface?.name == file.interface?.name && again.interface?.kind == file.interface?.kind)
  case 5:
    let file = InterfacesFile(parsing: bytes)
    precondition(InterfacesFile(parsing: file.recorded) == file)
    check(file.interfaces(file: "/a", automatic: Set(file.automatic)))
    for source in file.sources { _ = FilePattern(source.path)?.matches(source.path) }
  case 6: checkNetplan(bytes)
  default:
    for name in UdevRules(parsing: bytes).names { precondition(isSafe(name)) }
  }
  return 0
}

private func checkIfcfg(_ bytes: [UInt8], _ stack: NetworkStack) {
  let file = IfcfgFile(parsing: bytes)
  precondition(IfcfgFile(parsing: file.recorded) == file)
  check([file.interface(file: "/ifcfg-a", stack: stack)])
}

/// The same answer, or the same error on the same line.
private func checkNetplan(_ bytes: [UInt8]) {
  let first = interfaces(bytes)
  precondition(interfaces(NetplanFile.recorded(bytes)) == first)
  if case .success(let interfaces) = first { check(interfaces) }
}

private func interfaces(_ bytes: [UInt8]) -> Result<[NetworkInterface], ConfigurationError> {
  do throws(ConfigurationError) {
    var configuration = NetplanConfiguration()
    configuration.add(try NetplanFile(parsing: bytes), path: "/a.yaml")
    return .success(configuration.interfaces)
  } catch {
    return .failure(error)
  }
}

private func check(_ interfaces: [NetworkInterface]) {
  for interface in interfaces {
    precondition(
      (interface.addresses + [interface.name ?? "", interface.match ?? "", interface.clientIdentifier ?? ""])
        .allSatisfy(isSafe))
    precondition(interface.method != .static || !interface.addresses.isEmpty)
  }
}

private func isSafe(_ text: String) -> Bool {
  text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
}
