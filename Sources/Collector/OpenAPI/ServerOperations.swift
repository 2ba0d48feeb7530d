// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes

/// The compute service's own calls that are decided on before they are handed on: what would disturb a server whose
/// image is being made.
enum ServerOperations {
  static let all = [actOnServers, actOnServer, detach, detachNatively]

  private static let answers = [
    APIAnswer(cloud: "2XX", "Allowed; the cloud's own answer."),
    APIAnswer(cloud: "4XX", "The cloud itself refused.", APISchema.named("CloudError")),
    APIAnswer(cloud: "5XX", "The cloud itself failed.", APISchema.named("CloudError")),
  ]

  private static func operation(
    _ method: HTTPRequest.Method, _ path: String, _ id: String, _ summary: String, _ description: String,
    parameters: [APIParameter], body: APIBody?
  ) -> APIOperation {
    APIOperation(
      method: method, path: path, id: id, tag: .servers, summary: summary, description: description,
      roles: [.orchestrator],
      parameters: [APIParameter.projectInPath] + parameters + [APIParameter.projectHeader] + APIParameter.languages,
      body: body, answers: answers,
      errors: APIError.own(.serverHeldByImage, .serviceUnreachable) + [
        APIError(400, "Ecs.0005", "the path or the body cannot be read"),
        APIError(400, "IMG.0017", "the path cannot be read in one way only"),
      ])
  }

  private static let serverID = APIParameter.path("server_id", "The server.", APISchema.uuid("A server's id."))
  private static let volumeID = APIParameter.path("volume_id", "The volume.", APISchema.uuid("A volume's id."))

  private static let actOnServers = operation(
    .post, "/v1/{project_id}/cloudservers/action", "actOnServers", "Start, stop or reboot servers",
    "If the image of one of them is being made, nothing is done to any; the message names it.", parameters: [],
    body: APIBody(
      description: "One member, named for the action: `os-start`, `os-stop`, `reboot`, or another, which passes.",
      schema: action(["os-start", "os-stop", "reboot"]), limit: PassThrough.wholeLimit,
      examples: [
        (
          "start",
          .members(
            ("os-start", .members(("servers", [.members(("id", "877a2cda-ba63-4e1e-b95f-e67e48b6129a"))]))))
        )
      ]))

  /// An object of one member: the action, with the servers that it is for.
  private static func action(_ names: [String]) -> JSON {
    let server = APISchema.whole("A server.", [("id", APISchema.uuid("Its id."))])
    let servers = APISchema.whole(
      "For which servers.", [("servers", APISchema.list("At least one.", of: server, shortest: 1))])
    return .members(
      ("type", "object"), ("minProperties", 1), ("maxProperties", 1),
      ("properties", .object(JSONObject(names.map { ($0, Optional(servers)) }))))
  }

  private static let actOnServer = operation(
    .post, "/v2.1/{project_id}/servers/{server_id}/action", "actOnServer", "Do something to a server",
    "`os-start`, `os-stop` and `reboot` are refused while the server's image is being made; other actions pass.",
    parameters: [serverID],
    body: APIBody(
      description: "One member, named for the action.",
      schema: .members(("type", "object"), ("minProperties", 1), ("maxProperties", 1)), limit: PassThrough.wholeLimit,
      examples: [("start", .members(("os-start", .null)))]))

  private static let detachment = "The system disk stays while the server's image is being made; others may go."

  private static let detach = operation(
    .delete, "/v1/{project_id}/cloudservers/{server_id}/detachvolume/{volume_id}", "detachVolume", "Detach a volume",
    detachment, parameters: [serverID, volumeID], body: nil)

  private static let detachNatively = operation(
    .delete, "/v2.1/{project_id}/servers/{server_id}/os-volume_attachments/{volume_id}", "detachVolumeNatively",
    "Detach a volume, in the native form", detachment, parameters: [serverID, volumeID], body: nil)
}
