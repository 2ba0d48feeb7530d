// SPDX-License-Identifier: Apache-2.0

/// A volume as the cloud's block storage service knows it.
public struct CloudVolume: Sendable, Equatable {
  /// Its id.
  public var id: String
  /// `EVS`, `DSS` or `DESS`: what it lies on.
  public var serviceType: Observed<String> = .unknown
  /// The pool of dedicated storage that it lies on; none on the common one.
  public var dedicatedStorageID: Observed<String> = .unknown
  /// Whether several servers may use it at once.
  public var isShared: Observed<Bool> = .unknown
  /// `in-use`, `available` and others.
  public var status: Observed<String> = .unknown
  /// The name that a SCSI disk has for itself.
  public var wwn: Observed<String> = .unknown
  /// When it was attached to the server in question, as the cloud writes it.
  public var attachedAt: Observed<String> = .unknown

  /// A volume of which only the id is known yet.
  public init(id: String) { self.id = id }

  /// Whether it lies on dedicated storage; `nil` if the cloud does not say.
  public var isOnDedicatedStorage: Bool? {
    if let id = dedicatedStorageID.value, !id.isEmpty { return true }
    guard let type = serviceType.value else { return nil }
    if type != "EVS" { return true }
    return dedicatedStorageID.isKnown ? false : nil
  }
}

extension CloudVolume: JSONConvertible {
  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    id = try members.required("id")
    serviceType = try members.observed("service_type")
    dedicatedStorageID = try members.observed("dedicated_storage_id")
    isShared = try members.observed("shared")
    status = try members.observed("status")
    wwn = try members.observed("wwn")
    attachedAt = try members.observed("attached_at")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("attached_at", attachedAt.jsonIfKnown), ("dedicated_storage_id", dedicatedStorageID.jsonIfKnown),
      ("id", id.json), ("service_type", serviceType.jsonIfKnown), ("shared", isShared.jsonIfKnown),
      ("status", status.jsonIfKnown), ("wwn", wwn.jsonIfKnown))
  }
}
