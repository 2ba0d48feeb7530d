// SPDX-License-Identifier: Apache-2.0

public import Facts

extension CloudServer {
  /// The path of `GET /v1/{project_id}/cloudservers/{server_id}` (ECS API reference, "Querying Details About an ECS").
  public static func path(project: String, id: String) -> String { "/v1/\(project)/cloudservers/\(id)" }

  /// The path of `GET /v1/{project_id}/cloudservers/{server_id}/block_device` ("Querying Disks Attached to an ECS").
  public static func disksPath(project: String, id: String) -> String {
    path(project: project, id: id) + "/block_device"
  }

  /// Reads the answer; `nil` if it is not about that server.
  public init?(answer: JSON, id: String) {
    guard let server = answer["server"], server["id"]?.string?.lowercased() == id else { return nil }
    self.init(id: id)
    status = server.answeredText("status")
    taskState = server.answeredText("OS-EXT-STS:task_state")
    project = server.answeredText("tenant_id")
    osType = server["metadata"]?.answeredText("os_type") ?? .unknown
    changedAt = server.answeredText("updated")
    attachments = Self.attachments(in: server["os-extended-volumes:volumes_attached"], id: "id")
  }

  /// Takes in what the second answer says of the disks; `false` if the two do not name the same volumes.
  public mutating func takeDisks(answer: JSON) -> Bool {
    guard let disks = Self.attachments(in: answer["volumeAttachments"], id: "volumeId").value else { return false }
    if let named = attachments.value, Set(named.map(\.volumeID)) != Set(disks.map(\.volumeID)) { return false }
    attachments = .value(disks)
    return true
  }

  private static func attachments(in json: JSON?, id: String) -> Observed<[Attachment]> {
    guard let elements = json?.array else { return .unknown }
    var attachments: [Attachment] = []
    for element in elements {
      guard let volume = element.answeredID(id).value else { return .unknown }
      var attachment = Attachment(volumeID: volume)
      attachment.device = element.answeredText("device")
      attachment.bootIndex = element.answeredNumber("bootIndex")
      attachment.pciAddress = element.answeredText("pciAddress")
      attachments.append(attachment)
    }
    return .value(attachments)
  }
}
