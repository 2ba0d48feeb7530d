// SPDX-License-Identifier: Apache-2.0

import ConfigurationText
import GuestConfiguration

/// Any bytes as each file that says what a copy has in common with its parent, by the first byte: what is said is safe
/// to show, lists are bounded, and what goes into a recording says the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  switch start[0] % 7 {
  case 0:
    let file = CloudConfiguration(parsing: bytes)
    precondition(CloudConfiguration(parsing: file.recorded) == file)
    precondition((file.dataSources ?? []).allSatisfy(isSafe) && file.errors.count <= 5)
  case 1:
    let file = DataSourceIdentification(parsing: bytes)
    precondition(isSafe(file.dataSource ?? ""))
  case 2:
    let arguments = CloudArguments(parsing: bytes)
    precondition(CloudArguments(parsing: arguments.recorded) == arguments)
    precondition(isSafe(arguments.dataSource ?? ""))
  case 3: _ = MachineIdentifier(parsing: bytes)
  case 4:
    let file = DevicesFile(parsing: bytes)
    precondition(file.entries.count <= DevicesFile.mostEntries)
    for entry in file.entries {
      precondition(
        [entry.idType, entry.idName, entry.deviceName, entry.physicalVolume].allSatisfy { isSafe($0 ?? "") })
    }
  case 5:
    let settings = LVMSettings(parsing: bytes)
    precondition(LVMSettings(parsing: settings.recorded) == settings)
  default:
    let file = MultipathBindings(parsing: bytes)
    precondition(file.bindings.count <= MultipathBindings.mostBindings)
    precondition(file.bindings.allSatisfy { isSafe($0.alias) && isSafe($0.wwid) })
  }
  return 0
}

private func isSafe(_ text: String) -> Bool {
  text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
}
