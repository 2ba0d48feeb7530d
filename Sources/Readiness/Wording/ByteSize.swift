// SPDX-License-Identifier: Apache-2.0

/// A number of bytes as people write it.
public enum ByteSize {
  /// The number in the largest binary unit that gives at least 1.
  ///
  /// One digit behind the point where that says more, rounded to the nearest: `40 GiB`, `1.5 TiB`, `512 B`.
  public static func text(_ bytes: UInt64) -> String {
    text(bytes, units: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"], gap: " ")
  }

  /// The same without blank and with one letter, as lsblk(8) prints it: `40G`, `1.5T`, `512B`.
  public static func short(_ bytes: UInt64) -> String {
    text(bytes, units: ["B", "K", "M", "G", "T", "P", "E"], gap: "")
  }

  private static func text(_ bytes: UInt64, units: [String], gap: String) -> String {
    var unit = 0
    var shift: UInt64 = 0
    while unit + 1 < units.count, bytes >> (shift + 10) > 0 {
      unit += 1
      shift += 10
    }
    var tenths = bytes
    if shift > 0 {
      // Tenths by whole numbers: a Double cannot hold every size of 64 bits.
      let whole = bytes >> shift
      let rest = bytes & ((1 << shift) - 1)
      tenths = whole * 10 + (shift >= 10 ? ((rest >> (shift - 10)) * 10 + 512) >> 10 : 0)
      if tenths >= 10240, unit + 1 < units.count {
        unit += 1
        tenths = 10
      }
    } else {
      tenths = bytes * 10
    }
    let fraction = tenths % 10
    return "\(tenths / 10)" + (fraction > 0 ? ".\(fraction)" : "") + gap + units[unit]
  }
}
