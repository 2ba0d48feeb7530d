// SPDX-License-Identifier: Apache-2.0

/// The order in which people expect names: `vda2` before `vda10`, `sdz` before `sdaa`.
public enum NaturalOrder {
  /// Whether one name comes before another; a strict order, equal only for equal names.
  public static func precedes(_ first: String, _ second: String) -> Bool {
    let left = Array(first.utf8)
    let right = Array(second.utf8)
    var i = 0
    var j = 0
    while i < left.count, j < right.count {
      if isDigit(left[i]), isDigit(right[j]) {
        let one = digits(left, &i)
        let two = digits(right, &j)
        if one.count != two.count { return one.count < two.count }
        if one != two { return one.lexicographicallyPrecedes(two) }
      } else if isLetter(left[i]), isLetter(right[j]) {
        let one = letters(left, &i)
        let two = letters(right, &j)
        // The kernel counts disks in letters: after sdz comes sdaa.
        if let family = diskFamily(one), family == diskFamily(two), one.count != two.count {
          return one.count < two.count
        }
        if one != two { return one.lexicographicallyPrecedes(two) }
      } else {
        if left[i] != right[j] { return left[i] < right[j] }
        i += 1
        j += 1
      }
    }
    if left.count - i != right.count - j { return left.count - i < right.count - j }
    return left.lexicographicallyPrecedes(right)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }

  /// What the kernel's names of SCSI, virtio, IDE and Xen disks begin with, if these letters begin so.
  private static func diskFamily(_ letters: ArraySlice<UInt8>) -> String? {
    ["sd", "vd", "hd", "xvd"].first { letters.starts(with: $0.utf8) }
  }

  /// A run of digits without its leading zeros.
  private static func digits(_ bytes: [UInt8], _ index: inout Int) -> ArraySlice<UInt8> {
    let start = index
    while index < bytes.count, isDigit(bytes[index]) { index += 1 }
    return bytes[start..<index].drop { $0 == UInt8(ascii: "0") }
  }

  private static func letters(_ bytes: [UInt8], _ index: inout Int) -> ArraySlice<UInt8> {
    let start = index
    while index < bytes.count, isLetter(bytes[index]) { index += 1 }
    return bytes[start..<index]
  }
}
