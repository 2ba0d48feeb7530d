// SPDX-License-Identifier: Apache-2.0

/// A server as the cloud's compute service knows it.
public struct CloudServer: Sendable, Equatable {
  /// A volume's place at a server.
  public struct Attachment: Sendable, Equatable {
    /// The volume's id.
    public var volumeID: String
    /// What the cloud's console calls it, `/dev/vdb`; the guest may call it otherwise.
    public var device: Observed<String> = .unknown
    /// 0 for the system disk, another number or none for a data disk.
    public var bootIndex: Observed<Int> = .unknown
    /// The address of its controller in the guest, `0000:02:02.0`.
    public var pciAddress: Observed<String> = .unknown

    /// An attachment of which only the volume is known yet.
    public init(volumeID: String) { self.volumeID = volumeID }
  }

  /// Its id.
  public var id: String
  /// `ACTIVE`, `SHUTOFF` and others: the compute service's `status`.
  public var status: Observed<String> = .unknown
  /// What is being done to it (`OS-EXT-STS:task_state`); none when it is idle.
  public var taskState: Observed<String> = .unknown
  /// The project that it belongs to (`tenant_id`).
  public var project: Observed<String> = .unknown
  /// `Linux` or `Windows` (`metadata.os_type`).
  public var osType: Observed<String> = .unknown
  /// When its state changed last (`updated`), as the cloud writes it.
  public var changedAt: Observed<String> = .unknown
  /// Its volumes.
  public var attachments: Observed<[Attachment]> = .unknown

  /// A server of which only the id is known yet.
  public init(id: String) { self.id = id }

  /// Whether the server runs; `nil` if that is not known or in between.
  public var isRunning: Bool? {
    switch status.value {
    case "ACTIVE": true
    case "SHUTOFF": false
    default: nil
    }
  }
}

extension CloudServer.Attachment: JSONConvertible {
  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    volumeID = try members.required("volume_id")
    device = try members.observed("device")
    bootIndex = try members.observed("boot_index")
    pciAddress = try members.observed("pci_address")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("boot_index", bootIndex.jsonIfKnown), ("device", device.jsonIfKnown), ("pci_address", pciAddress.jsonIfKnown),
      ("volume_id", volumeID.json))
  }
}

extension CloudServer: JSONConvertible {
  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    id = try members.required("id")
    status = try members.observed("status")
    taskState = try members.observed("task_state")
    project = try members.observed("project")
    osType = try members.observed("os_type")
    changedAt = try members.observed("changed_at")
    attachments = try members.observed("attachments")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("attachments", attachments.jsonIfKnown), ("changed_at", changedAt.jsonIfKnown), ("id", id.json),
      ("os_type", osType.jsonIfKnown), ("project", project.jsonIfKnown), ("status", status.jsonIfKnown),
      ("task_state", taskState.jsonIfKnown))
  }
}
