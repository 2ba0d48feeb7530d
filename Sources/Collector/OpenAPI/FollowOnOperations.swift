// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes

/// The cloud's own calls that are decided on before they are handed on: what a whole image must not undergo.
enum FollowOnOperations {
  static let all: [APIOperation] =
    ["v1", "v2.1"].flatMap { [export(version: $0), copy(version: $0)] } + [shareImages, shareImage]

  private static let answers = [
    APIAnswer(cloud: "2XX", "Allowed; the cloud's own answer."),
    APIAnswer(cloud: "4XX", "The cloud itself refused.", APISchema.named("CloudError")),
    APIAnswer(cloud: "5XX", "The cloud itself failed.", APISchema.named("CloudError")),
  ]

  private static func operation(
    _ path: String, _ id: String, _ summary: String, _ description: String, parameters: [APIParameter], body: JSON,
    example: JSON, errors: [APIError]
  ) -> APIOperation {
    APIOperation(
      method: .post, path: path, id: id, tag: .operations, summary: summary, description: description,
      roles: [.orchestrator], parameters: parameters + APIParameter.projects + APIParameter.languages,
      body: APIBody(
        description: "The cloud's own request; every member of it goes on.", schema: body,
        limit: PassThrough.wholeLimit, examples: [("request", example)]),
      answers: answers,
      errors: APIError.images + errors + APIError.own(.factsIncomplete, .cloudFactsUnavailable, .serviceUnreachable))
  }

  private static func export(version: String) -> APIOperation {
    operation(
      "/\(version)/cloudimages/{image_id}/file", version == "v1" ? "exportImage" : "exportImageV21",
      "Export an image to a bucket", "A whole image cannot be exported.", parameters: [APIParameter.imageID],
      body: APISchema.object(
        "Where to.", [("bucket_url", APISchema.text("`bucket:file`.")), ("file_format", APISchema.text("As `qcow2`."))]),
      example: .members(("bucket_url", "images:web.qcow2"), ("file_format", "qcow2")),
      errors: [APIError(400, "IMG.0128", "it is a whole image")])
  }

  private static func copy(version: String) -> APIOperation {
    operation(
      "/\(version)/cloudimages/{image_id}/copy", version == "v1" ? "copyImageInRegion" : "copyImageInRegionV21",
      "Copy an image within its region",
      "A whole image cannot be copied within its region. To another region (`…/cross_region_copy`) it can.",
      parameters: [APIParameter.imageID],
      body: APISchema.object("The copy.", [("name", APISchema.text("Its name."))]),
      example: .members(("name", "copy-of-web")), errors: [APIError(400, "IMG.0130", "it is a whole image")])
  }

  private static let share = APIError(
    400, "IMG.0135", "the image was made from a CSBS backup, or from a backup that was itself shared in")

  private static let receivers = APISchema.list("Who receives them.", of: APISchema.text("An id."))

  private static let shareImages = operation(
    "/v1/cloudimages/members", "shareImages", "Share images",
    "Every image is decided on; if one may not be shared, none is.", parameters: [],
    body: APISchema.object(
      "What is shared with whom.", required: ["images"],
      [
        ("images", APISchema.list("The images.", of: APISchema.uuid("An image's id."), shortest: 1)),
        ("projects", receivers), ("domains", receivers), ("organizations", receivers),
      ]),
    example: .members(
      ("images", ["fe84dd80-0229-4918-8d3d-cbb33154b565"]), ("projects", ["fedcba9876543210fedcba9876543210"])),
    errors: [share, APIError(400, "IMG.0027", "`images` names none")])

  private static let shareImage = operation(
    "/v2/images/{image_id}/members", "shareImage", "Share an image, in the native form",
    "A whole image can be shared if it was made of a server's backup of the newer service that is the project's own.",
    parameters: [APIParameter.imageID],
    body: APISchema.whole("With whom.", [("member", APISchema.text("The project that receives it.", shortest: 1))]),
    example: .members(("member", "fedcba9876543210fedcba9876543210")), errors: [share])
}
