// SPDX-License-Identifier: Apache-2.0

/// An image as the cloud's image service knows it.
public struct CloudImage: Sendable, Equatable {
  /// Its id.
  public var id: String
  /// Whether it was made of a whole server (`__whole_image`).
  public var isWholeImage: Observed<Bool> = .unknown
  /// The backup that it was made from (`__backup_id`).
  public var backupID: Observed<String> = .unknown
  /// `active` and others.
  public var status: Observed<String> = .unknown

  /// An image of which only the id is known yet.
  public init(id: String) { self.id = id }
}

extension CloudImage: JSONConvertible {
  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    id = try members.required("id")
    isWholeImage = try members.observed("whole_image")
    backupID = try members.observed("backup_id")
    status = try members.observed("status")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("backup_id", backupID.jsonIfKnown), ("id", id.json), ("status", status.jsonIfKnown),
      ("whole_image", isWholeImage.jsonIfKnown))
  }
}
