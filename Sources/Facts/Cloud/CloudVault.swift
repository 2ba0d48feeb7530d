// SPDX-License-Identifier: Apache-2.0

/// A vault of the cloud's backup service: what the intermediate backup of a server goes to.
public struct CloudVault: Sendable, Equatable {
  /// What is protected in a vault.
  public struct Resource: Sendable, Equatable {
    /// The server's id.
    public var id: String
    /// Volumes of it that are left out.
    public var excludedVolumeIDs: Observed<[String]> = .unknown
    /// The only volumes of it that are taken; none if all are that are not left out.
    public var includedVolumeIDs: Observed<[String]> = .unknown

    /// A protected server.
    public init(id: String) { self.id = id }
  }

  /// Its id.
  public var id: String
  /// `available`, `lock`, `frozen`, `deleting`, `error`.
  public var status: Observed<String> = .unknown
  /// `server`, `disk` and others: what it is for.
  public var objectType: Observed<String> = .unknown
  /// `backup` or `replication`.
  public var protectType: Observed<String> = .unknown
  /// What is protected in it.
  public var resources: Observed<[Resource]> = .unknown

  /// A vault of which only the id is known yet.
  public init(id: String) { self.id = id }
}

extension CloudVault.Resource: JSONConvertible {
  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    id = try members.required("id")
    excludedVolumeIDs = try members.observed("excluded_volume_ids")
    includedVolumeIDs = try members.observed("included_volume_ids")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("excluded_volume_ids", excludedVolumeIDs.jsonIfKnown), ("id", id.json),
      ("included_volume_ids", includedVolumeIDs.jsonIfKnown))
  }
}

extension CloudVault: JSONConvertible {
  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    id = try members.required("id")
    status = try members.observed("status")
    objectType = try members.observed("object_type")
    protectType = try members.observed("protect_type")
    resources = try members.observed("resources")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("id", id.json), ("object_type", objectType.jsonIfKnown), ("protect_type", protectType.jsonIfKnown),
      ("resources", resources.jsonIfKnown), ("status", status.jsonIfKnown))
  }
}
