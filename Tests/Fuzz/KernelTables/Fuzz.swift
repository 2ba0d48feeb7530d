// SPDX-License-Identifier: Apache-2.0

import Facts

@testable import Inspection

/// Any bytes as mountinfo, swaps, fstab, a recording's manifest and os-release, by the first byte.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  switch start[0] % 5 {
  case 0:
    let table = MountInfo(parsing: bytes)
    for entry in table.entries { check(entry.mountPoint) }
    precondition(bytes.last == 0x0A || table.truncated)
  case 1: for swap in SwapTable(parsing: bytes).swaps { check(swap.path) }
  case 2: for entry in FileSystemTable(parsing: bytes).entries { check(entry.spec) }
  case 3:
    guard let json = try? JSON(parsing: bytes), let manifest = try? RecordingManifest(json: json) else { return 0 }
    precondition((try? RecordingManifest(json: manifest.json)) == manifest)
  default: for value in GuestIdentity.assignments(bytes).values { check(value) }
  }
  return 0
}

/// What goes into the facts is safe to show.
private func check(_ text: String) {
  precondition(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
}
