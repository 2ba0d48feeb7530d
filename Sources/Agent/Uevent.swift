// SPDX-License-Identifier: Apache-2.0

/// A message of the kernel about a device: `add@/devices/…`, then `KEY=value` fields, each ended by a zero byte
/// (lib/kobject_uevent.c of the kernel).
enum Uevent {
  /// Longest message that is read, in bytes; the kernel's own limit is 2048 bytes of fields and a path before them.
  static let limit = 8192

  /// Whether a message is about a block device: one added, removed, renamed, resized or otherwise changed.
  ///
  /// A message that has no subsystem, which the kernel never sends, may be about one.
  static func isAboutBlockDevice(_ message: some Collection<UInt8>) -> Bool {
    let fields = message.split(separator: 0)
    guard let subsystem = fields.first(where: { $0.starts(with: key) }) else { return !fields.isEmpty }
    return subsystem.dropFirst(key.count).elementsEqual("block".utf8)
  }

  private static let key = Array("SUBSYSTEM=".utf8)
}
