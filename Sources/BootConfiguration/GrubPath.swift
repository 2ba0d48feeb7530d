// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// A file as GRUB names it: `(DEVICE)/PATH`, or `/PATH` on the device that `root` names (GRUB manual, "File name syntax").
public struct GrubPath: Hashable, Sendable {
  /// The device: a name as `hd0,gpt2` or `lvm/group-volume`, or what was searched for, as `UUID=...`, `LABEL=...`,
  /// `FILE=...`; `nil` where it is not known.
  public var device: String?
  /// The path on it.
  public var path: String

  /// A path on a device.
  public init(device: String?, path: String) {
    self.device = device
    self.path = path
  }

  /// Reads a name; without a device it is on `root`.
  init(_ bytes: [UInt8], root: [UInt8]?) {
    if bytes.first == UInt8(ascii: "("), let end = bytes.firstIndex(of: UInt8(ascii: ")")) {
      device = bytes[1..<end].text
      path = bytes[(end + 1)...].text
    } else {
      device = root.map { $0[...].text }
      path = bytes[...].text
    }
  }
}

/// What a boot loader's script asks for outside of itself.
public enum GrubAnswer<Value> {
  /// It is there.
  case found(Value)
  /// It is certainly not there.
  case absent
  /// That cannot be told.
  case unknown
}

extension GrubAnswer: Sendable where Value: Sendable {}

/// The files around a script, as its boot loader sees them.
public protocol GrubFiles {
  /// Another script, and the name under which it is told of.
  mutating func script(at path: GrubPath) -> GrubAnswer<(script: GrubScript, file: String)>
  /// An environment block.
  mutating func environment(at path: GrubPath) -> GrubAnswer<GrubEnvironment>
  /// Whether there is such a file or directory; `nil` where that cannot be told.
  mutating func holds(_ path: GrubPath) -> Bool?
  /// The entries of the Boot Loader Specification that `blscfg` shows, in any order.
  mutating func entries() -> [BootLoaderEntry]
}
