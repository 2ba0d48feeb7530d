// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// The order in which entries of the Boot Loader Specification are shown.
public enum BootLoaderOrder {
  /// As `blscfg` of GRUB shows them: by the names of their files, read as `NAME-VERSION-RELEASE`, the newest first.
  static func forGrub(_ entries: [BootLoaderEntry]) -> [BootLoaderEntry] {
    entries.sorted { one, other in
      for (a, b) in zip(nameVersionRelease(one.id), nameVersionRelease(other.id)) {
        let order = compare(a, b)
        if order != 0 { return order > 0 }
      }
      return one.id.utf8.lexicographicallyPrecedes(other.id.utf8)
    }
  }

  /// As systemd-boot shows them: those with a sort key first, by it, by machine and the newest version first; then the
  /// others by the names of their files, the newest first (UAPI.1, "Sorting").
  public static func forSystemdBoot(_ entries: [BootLoaderEntry]) -> [BootLoaderEntry] {
    entries.sorted { one, other in
      guard (one.sortKey == nil) == (other.sortKey == nil) else { return one.sortKey != nil }
      if let key = one.sortKey, let otherKey = other.sortKey {
        if key != otherKey { return key.lexicographicallyPrecedes(otherKey) }
        let (machine, otherMachine) = (one.machineID ?? [], other.machineID ?? [])
        if machine != otherMachine { return machine.lexicographicallyPrecedes(otherMachine) }
        let order = compare((one.versionBytes ?? [])[...], (other.versionBytes ?? [])[...])
        if order != 0 { return order > 0 }
      }
      let order = compare(Array(one.id.utf8)[...], Array(other.id.utf8)[...])
      return order == 0 ? one.id.utf8.lexicographicallyPrecedes(other.id.utf8) : order > 0
    }
  }

  private static func nameVersionRelease(_ id: String) -> [Bytes] {
    let bytes = Array(id.utf8)[...]
    let hyphen = UInt8(ascii: "-")
    guard let last = bytes.lastIndex(of: hyphen) else { return [bytes, [], []] }
    guard let before = bytes[..<last].lastIndex(of: hyphen) else { return [bytes[..<last], bytes[(last + 1)...], []] }
    return [bytes[..<before], bytes[(before + 1)..<last], bytes[(last + 1)...]]
  }

  /// Compares versions piece by piece: numbers by value and above letters, letters by their order, `~` below the end
  /// (rpm-version(7)).
  static func compare(_ one: Bytes, _ other: Bytes) -> Int {
    var (a, b) = (one, other)
    let tilde = UInt8(ascii: "~")
    func isPart(_ byte: UInt8) -> Bool { byte.isDigit || byte.isLetter || byte == tilde }
    while true {
      a = a.drop { !isPart($0) }
      b = b.drop { !isPart($0) }
      if a.first == tilde || b.first == tilde {
        guard a.first == tilde else { return 1 }
        guard b.first == tilde else { return -1 }
        a = a.dropFirst()
        b = b.dropFirst()
        continue
      }
      guard let first = a.first, let otherFirst = b.first else { return a.isEmpty ? (b.isEmpty ? 0 : -1) : 1 }
      guard first.isDigit == otherFirst.isDigit else { return first.isDigit ? 1 : -1 }
      let isNumber = first.isDigit
      let piece = a.prefix { isNumber ? $0.isDigit : $0.isLetter }
      let otherPiece = b.prefix { isNumber ? $0.isDigit : $0.isLetter }
      a = a.dropFirst(piece.count)
      b = b.dropFirst(otherPiece.count)
      let (x, y) = isNumber ? (piece.drop { $0 == 0x30 }, otherPiece.drop { $0 == 0x30 }) : (piece, otherPiece)
      if isNumber, x.count != y.count { return x.count > y.count ? 1 : -1 }
      if x.elementsEqual(y) { continue }
      return x.lexicographicallyPrecedes(y) ? -1 : 1
    }
  }
}
