// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// The list of devices that LVM looks at, `/etc/lvm/devices/system.devices` (lvmdevices(8)): a line for each physical
/// volume with `IDTYPE=`, `IDNAME=`, `DEVNAME=`, `PVID=` and `PART=`, each value up to the next blank and `.` for none;
/// besides lines that tell the file's version and the machine that it was written on.
public struct DevicesFile: Equatable, Sendable {
  /// One physical volume.
  public struct Entry: Equatable, Sendable {
    /// The line.
    public var line: Int
    /// What the device is known by (`sys_wwid`, `sys_serial`, `devname`, ...); `nil` where the line says none.
    public var idType: String?
    /// The id of that kind; `nil` where the line says none.
    public var idName: String?
    /// The device's path when the line was written; `nil` where it says none.
    public var deviceName: String?
    /// The physical volume's uuid, 32 characters without dashes; `nil` where the line says none.
    public var physicalVolume: String?
  }

  /// The physical volumes, in the order of lines.
  public private(set) var entries: [Entry] = []
  /// Whether the file says on which machine it was written, by the UUID of its firmware (`PRODUCT_UUID=`).
  ///
  /// lvm2 that writes this line looks for its physical volumes on all devices of another machine. A `HOSTNAME=` alone does
  /// not count: a copy has the same one until it is renamed.
  public private(set) var namesMachine = false
  /// How many lines with a physical volume there are beyond those that are listed.
  public private(set) var entriesLeftOut = 0

  /// As many are listed.
  public static let mostEntries = 4096

  /// Reads the file; lines without both an id and its kind are passed over, as lvm2 does.
  public init(parsing bytes: [UInt8]) {
    for (index, line) in bytes.lines.enumerated() where line.first != UInt8(ascii: "#") {
      if line.hasPrefix("PRODUCT_UUID") {
        namesMachine = namesMachine || Self.value(of: line) != nil
        continue
      }
      var fields: [String: Bytes] = [:]
      for word in line.words {
        guard let equals = word.firstIndex(of: UInt8(ascii: "=")) else { continue }
        let key = word[..<equals].text
        if fields[key] == nil { fields[key] = word }
      }
      guard fields["IDTYPE"] != nil, fields["IDNAME"] != nil else { continue }
      guard entries.count < Self.mostEntries else {
        entriesLeftOut += 1
        continue
      }
      func value(_ key: String) -> String? { fields[key].flatMap(Self.value) }
      entries.append(
        Entry(
          line: index + 1, idType: value("IDTYPE"), idName: value("IDNAME"), deviceName: value("DEVNAME"),
          physicalVolume: value("PVID")))
    }
  }

  /// What stands behind the first equals sign; `nil` for nothing and for a dot at its start.
  private static func value(of field: Bytes) -> String? {
    guard let equals = field.firstIndex(of: UInt8(ascii: "=")) else { return nil }
    let value = field[field.index(after: equals)...].trimmed.prefix { !$0.isBlank }
    return value.isEmpty || value.first == UInt8(ascii: ".") ? nil : value.text
  }
}
