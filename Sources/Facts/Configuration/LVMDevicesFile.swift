// SPDX-License-Identifier: Apache-2.0

/// LVM's list of the devices that it looks at (lvmdevices(8)).
public struct LVMDevicesFile: Sendable, Equatable, JSONConvertible {
  /// The file.
  public var file: String
  /// Whether LVM goes by it (`devices/use_devicesfile` of lvm.conf(5), and what LVM was built with).
  public var isUsed: Observed<Bool> = .unknown
  /// Whether LVM notices that the file is of another machine, and looks for its physical volumes on all devices then
  /// (`devices/device_ids_refresh`).
  public var isRefreshed: Observed<Bool> = .unknown
  /// The physical volumes that it lists, in the order of lines.
  public var entries: [Entry]

  /// A file of which nothing else is known yet.
  public init(file: String, entries: [Entry]) {
    self.file = file
    self.entries = entries
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    file = try members.required("file")
    isUsed = try members.observed("used")
    isRefreshed = try members.observed("refreshed")
    entries = try members.required("entries")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("entries", entries.json), ("file", file.json), ("refreshed", isRefreshed.jsonIfKnown),
      ("used", isUsed.jsonIfKnown))
  }

  /// One physical volume of the list.
  public struct Entry: Sendable, Equatable, JSONConvertible {
    /// The line.
    public var line: Int
    /// By what its device is known: `sys_wwid`, `sys_serial`, `devname` and others; `nil` where the line says none.
    public var idType: String?
    /// The id of that kind; `nil` where the line says none.
    public var idName: String?
    /// The device's path when the line was written; `nil` where it says none.
    public var deviceName: String?
    /// The physical volume's uuid, without dashes; `nil` where the line says none.
    public var physicalVolume: String?

    /// A physical volume.
    public init(
      line: Int, idType: String? = nil, idName: String? = nil, deviceName: String? = nil, physicalVolume: String? = nil
    ) {
      self.line = line
      self.idType = idType
      self.idName = idName
      self.deviceName = deviceName
      self.physicalVolume = physicalVolume
    }

    /// Reads the document form; throws where it is not one.
    public init(json: JSON) throws(DocumentError) {
      let members = try json.asObject()
      line = try members.required("line")
      idType = try members.optional("id_type")
      idName = try members.optional("id_name")
      deviceName = try members.optional("device_name")
      physicalVolume = try members.optional("physical_volume")
    }

    /// The document form.
    public var json: JSON {
      .members(
        ("device_name", deviceName?.json), ("id_name", idName?.json), ("id_type", idType?.json), ("line", line.json),
        ("physical_volume", physicalVolume?.json))
    }
  }
}
