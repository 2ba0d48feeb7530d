// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud
internal import Readiness

/// What can be asked about.
enum Operation: String, Sendable, CaseIterable {
  /// Make an image of a whole server.
  case createWholeImage = "create_whole_image"
  /// Share an image with other projects.
  case share
  /// Export an image to a file.
  case export
  /// Copy an image within its region.
  case copyInRegion = "copy_in_region"
  /// Publish an image in the market.
  case publish
  /// Start, stop or reboot a server, or detach its system disk.
  case startServer = "start_server"

  /// The form of request of an operation on one image; `nil` for the others.
  var imageForm: ImageRequest.Form? {
    switch self {
    case .share: .share
    case .export: .export
    case .copyInRegion: .copyInRegion
    case .publish: .publish
    case .createWholeImage, .startServer: nil
    }
  }
}

/// One thing that is asked, by whom, and as whom the cloud is asked about it.
struct Question: Sendable {
  var operation: Operation
  /// What rules look at.
  var request: ImageRequest
  /// The request as it was received.
  var document: JSON
  var project: String
  var caller: String
  var asker: CloudFactsReader.Asker
  var language: Language

  /// What the decision is filed under: the server, else the backup, else the image.
  var subject: String { request.serverID ?? request.backupID ?? request.imageID ?? "" }
}

extension ImageRequest {
  /// The part of a whole-image request that rules look at.
  ///
  /// - Parameter needsVault: whether a server's image needs a vault, there being no older backup service.
  init(_ request: WholeImageRequest, needsVault: Bool) {
    switch request.source {
    case .server(let id):
      self.init(form: .server, serverID: id, vaultID: request.vaultID)
      self.needsVault = needsVault
    case .backup(let id, .cbr): self.init(form: .cbrBackup, backupID: id, vaultID: request.vaultID)
    case .backup(let id, .csbs): self.init(form: .csbsBackup, backupID: id, vaultID: request.vaultID)
    }
  }
}
