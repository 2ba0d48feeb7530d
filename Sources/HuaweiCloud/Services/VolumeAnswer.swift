// SPDX-License-Identifier: Apache-2.0

public import Facts

extension CloudVolume {
  /// The path of `GET /v2/{project_id}/cloudvolumes/{volume_id}` (EVS API reference, "Querying Details About a Disk").
  public static func path(project: String, id: String) -> String { "/v2/\(project)/cloudvolumes/\(id)" }

  /// Reads the answer; `nil` if it is not about that volume.
  ///
  /// - Parameter server: whose attachment counts for the time of attaching.
  public init?(answer: JSON, id: String, server: String?) {
    guard let volume = answer["volume"], volume["id"]?.string?.lowercased() == id else { return nil }
    self.init(id: id)
    serviceType = volume.answeredText("service_type")
    dedicatedStorageID = volume.answeredText("dedicated_storage_id")
    // Answers about common storage leave it out.
    if volume["dedicated_storage_id"] == nil, serviceType.isKnown { dedicatedStorageID = .none }
    isShared = volume.answeredFlag("multiattach")
    if !isShared.isKnown { isShared = volume.answeredFlag("shareable") }
    status = volume.answeredText("status")
    wwn = volume.answeredText("wwn")
    let own = volume["attachments"]?.array?.first { $0["server_id"]?.string?.lowercased() == server }
    attachedAt = own?.answeredText("attached_at") ?? .unknown
  }
}
