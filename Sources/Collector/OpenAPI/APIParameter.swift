// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// A parameter of a call, beside its body.
struct APIParameter: Sendable {
  /// Where it stands.
  enum Place: String, Sendable {
    case path
    case query
    case header
  }

  var name: String
  var place: Place
  var description: String
  var schema: JSON

  /// The parameter as the document shows it; one in the path is always required, no other is.
  var json: JSON {
    .members(
      ("name", .string(name)), ("in", .string(place.rawValue)), ("description", .string(description)),
      ("required", place == .path ? true : nil), ("schema", schema))
  }

  static func path(_ name: String, _ description: String, _ schema: JSON) -> APIParameter {
    APIParameter(name: name, place: .path, description: description, schema: schema)
  }

  static func query(_ name: String, _ description: String, _ schema: JSON) -> APIParameter {
    APIParameter(name: name, place: .query, description: description, schema: schema)
  }

  static func header(_ name: String, _ description: String, _ schema: JSON) -> APIParameter {
    APIParameter(name: name, place: .header, description: description, schema: schema)
  }
}

extension APIParameter {
  private static let string = JSON.members(("type", "string"))

  /// Headers that every call takes.
  static let common: [APIParameter] = [
    .header(
      "X-Request-Id",
      "Names the request in the answer, in logs, and to the cloud: 1 to 128 letters, digits, `-`, `_` or `.`. Anything "
        + "else, and its absence, is answered with a new one.", string)
  ]

  /// Headers of the calls that answer in the caller's language.
  static let languages: [APIParameter] = [
    .header(
      "Accept-Language", "The language of findings and refusals: `zh-CN` or `en` (default).",
      .members(("type", "string"), ("examples", ["zh-CN"])))
  ]

  /// Names the project, for callers that have several.
  static let projects: [APIParameter] = [
    .query(
      "project", "The project that is meant, for callers that have several; before the header.",
      .members(("type", "string"), ("examples", ["0123456789abcdef0123456789abcdef"]))),
    projectHeader,
  ]

  static let projectHeader: APIParameter = .header(
    "X-Project-Id", "The project that is meant; the cloud's clients send it.", string)

  static let instanceID: APIParameter = .path(
    "instance_id", "The guest: the server's id, in its project.",
    APISchema.text(
      "A UUID in any case, or another name.", pattern: "^[0-9A-Za-z_.:-]{1,128}$",
      example: "877a2cda-ba63-4e1e-b95f-e67e48b6129a"))

  static let imageID: APIParameter = .path("image_id", "The image.", APISchema.uuid("An image's id."))

  static let projectInPath: APIParameter = .path(
    "project_id", "The cloud's project.", identifier("0123456789abcdef0123456789abcdef"))

  /// The id of a project or a job in a path.
  static func identifier(_ example: String) -> JSON {
    APISchema.text(
      "In the cloud's samples, 32 hexadecimal digits.", pattern: "^[0-9A-Za-z_-]{1,64}$", example: .string(example))
  }
}
