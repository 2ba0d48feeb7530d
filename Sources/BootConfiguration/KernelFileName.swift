// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// What the name of a kernel's file says.
public enum KernelFileName {
  private static let stems = [
    "vmlinuz", "vmlinux", "bzImage", "Image", "image", "kernel", "zImage", "kernel-genkernel",
  ]

  /// The release of the kernel, as `uname -r`; `nil` where the name does not tell.
  ///
  /// Debian, Ubuntu, RHEL and SUSE name it `vmlinuz-RELEASE`; kernel-install(8) puts it into
  /// `/MACHINE-ID/RELEASE/linux`. A rescue kernel's name holds the machine's id in its place.
  public static func release(of path: String) -> String? {
    let parts = path.split(separator: "/")
    guard let name = parts.last else { return nil }
    if name == "linux", parts.count >= 3 { return plausible(parts[parts.count - 2]) }
    for stem in stems where name.hasPrefix(stem + "-") {
      return plausible(name.dropFirst(stem.utf8.count + 1))
    }
    return nil
  }

  /// A release begins with a number that is followed by a dot.
  static func plausible(_ text: some StringProtocol) -> String? {
    let digits = text.utf8.prefix { $0.isDigit }
    guard !digits.isEmpty, digits.count < 4, text.utf8.dropFirst(digits.count).first == UInt8(ascii: ".") else {
      return nil
    }
    return String(text)
  }
}
