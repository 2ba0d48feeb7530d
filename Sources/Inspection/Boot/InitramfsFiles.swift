// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Which files in `/boot` are initial RAM file systems, by the names that distributions give them.
enum InitramfsFiles {
  /// Whether a file of that name is one that a clone may start with: `initrd.img-R` of Debian and Ubuntu, `initrd-R` of
  /// SUSE, `initramfs-R.img` of dracut, `initramfs-linux.img` of Arch, `initramfs-lts` of Alpine.
  ///
  /// Those for a crash kernel, for repairs and the ones kept of before are not, unless an entry names them.
  static func isInitramfs(_ name: String) -> Bool {
    guard ["initrd.img-", "initrd-", "initramfs-"].contains(where: name.hasPrefix) else { return false }
    if ["initramfs-0-rescue-", "initrd-0-rescue-"].contains(where: name.hasPrefix) { return false }
    if name.contains("kdump") || name.hasSuffix("-fallback.img") { return false }
    return !leftOver.contains(where: name.hasSuffix)
  }

  /// The release that a name tells of; `nil` where it tells none.
  static func release(_ name: String) -> String? {
    guard let prefix = ["initrd.img-", "initrd-", "initramfs-"].first(where: name.hasPrefix) else { return nil }
    let rest = name.dropFirst(prefix.count)
    let release = rest.hasSuffix(".img") ? rest.dropLast(4) : rest
    return release.isEmpty ? nil : String(release)
  }

  /// The release of the kernel whose image has that name; `nil` where it tells none, as `vmlinuz-linux`.
  static func releaseOfImage(_ name: String) -> String? {
    guard name.hasPrefix("vmlinuz-"), !leftOver.contains(where: name.hasSuffix) else { return nil }
    let release = name.dropFirst(8)
    guard let first = release.first, first.isASCII, first.isNumber, !release.hasPrefix("0-rescue") else { return nil }
    return String(release)
  }

  /// Endings of files that are kept of before, or are not in their place yet.
  private static let leftOver = [
    ".old", ".bak", ".orig", ".rpmsave", ".dpkg-bak", ".dpkg-new", ".dpkg-old", ".tmp", ".new", "~",
  ]

  /// Whether one name is of a newer kernel than another: numbers in them count as numbers.
  static func isNewer(_ one: String, _ other: String) -> Bool {
    let (left, right) = (parts(one), parts(other))
    for (a, b) in zip(left, right) where a != b {
      guard a.isNumber, b.isNumber else {
        return a.isNumber != b.isNumber ? a.isNumber : a.text > b.text
      }
      let (x, y) = (a.text.drop { $0 == "0" }, b.text.drop { $0 == "0" })
      if x.count != y.count { return x.count > y.count }
      if x != y { return x > y }
    }
    return left.count > right.count
  }

  private struct Part: Equatable {
    var text: Substring
    var isNumber: Bool
  }

  private static func parts(_ name: String) -> [Part] {
    var parts: [Part] = []
    var rest = name[...]
    while let first = rest.first {
      let isNumber = first.isASCII && first.isNumber
      let text = rest.prefix { ($0.isASCII && $0.isNumber) == isNumber }
      parts.append(Part(text: text, isNumber: isNumber))
      rest = rest.dropFirst(text.count)
    }
    return parts
  }
}
