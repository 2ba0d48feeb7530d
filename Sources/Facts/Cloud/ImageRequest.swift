// SPDX-License-Identifier: Apache-2.0

/// What is asked for: the part of a request that rules look at, free of any cloud's wire format.
public struct ImageRequest: Sendable, Equatable {
  /// The form of a request: which rules apply depends on nothing else of it.
  public enum Form: String, Sendable, CaseIterable, JSONConvertible {
    /// A whole image of a server.
    case server
    /// A whole image from a backup of the older backup service.
    case csbsBackup = "csbs_backup"
    /// A whole image from a backup of the newer backup service.
    case cbrBackup = "cbr_backup"
    /// Sharing an image with other projects.
    case share
    /// Exporting an image to a file.
    case export
    /// Copying an image within its region.
    case copyInRegion = "copy_in_region"
    /// Publishing an image in the market.
    case publish
    /// Starting, stopping or rebooting a server, or detaching its system disk.
    case startServer = "start_server"

    /// Whether a whole image is to be made, so that what is inside the guest matters.
    public var makesImage: Bool { [.server, .csbsBackup, .cbrBackup].contains(self) }
  }

  /// The form.
  public var form: Form
  /// The server that is named.
  public var serverID: String?
  /// The backup that is named.
  public var backupID: String?
  /// The vault that is named.
  public var vaultID: String?
  /// The image that is named.
  public var imageID: String?
  /// Whether a vault must be named: there is no other service that the intermediate backup could go to.
  public var needsVault = false
  /// The decision whose image is being made of the same server or backup; of this collector's own decisions.
  public var heldBy: String?

  /// A request of that form.
  public init(
    form: Form, serverID: String? = nil, backupID: String? = nil, vaultID: String? = nil, imageID: String? = nil
  ) {
    self.form = form
    self.serverID = serverID
    self.backupID = backupID
    self.vaultID = vaultID
    self.imageID = imageID
  }
}

extension ImageRequest: JSONConvertible {
  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    form = try members.required("form")
    serverID = try members.optional("server_id")
    backupID = try members.optional("backup_id")
    vaultID = try members.optional("vault_id")
    imageID = try members.optional("image_id")
    needsVault = try members.optional("needs_vault") ?? false
    heldBy = try members.optional("held_by")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("backup_id", backupID?.json), ("form", form.json), ("held_by", heldBy?.json), ("image_id", imageID?.json),
      ("needs_vault", needsVault ? true : nil), ("server_id", serverID?.json), ("vault_id", vaultID?.json))
  }
}
