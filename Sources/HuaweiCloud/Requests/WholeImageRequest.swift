// SPDX-License-Identifier: Apache-2.0

public import Facts

/// The body of `POST /v1/cloudimages/wholeimages/action`: make an image of a whole server.
///
/// Two forms: from a server (`instance_id`) or from a backup (`backup_id`). Clients share one merged body, so an empty
/// string means absent. What is not looked at here goes to the cloud as it is.
public struct WholeImageRequest: Sendable, Equatable {
  /// The path of the call.
  public static let path = "/v1/cloudimages/wholeimages/action"

  /// What the image is to be made from.
  public enum Source: Sendable, Equatable {
    /// A server: its id, in lower case.
    case server(id: String)
    /// A backup: its id.
    case backup(id: String)
  }

  /// The image's name.
  public var name: String
  /// What it is made from.
  public var source: Source
  /// The whole request, unknown members too.
  public var json: JSON

  /// Reads a request from a body; throws what is wrong with it.
  public init(body: some Collection<UInt8>) throws(RequestViolations) {
    func refusal(_ code: CloudErrorCode, _ message: String) -> RequestViolations {
      RequestViolations(RequestViolation(code, "", message))
    }
    guard !body.isEmpty else { throw refusal(.emptyBody, "the request has no body") }
    let json: JSON
    do throws(JSONSyntaxError) { json = try JSON(parsing: body) } catch {
      throw refusal(.malformedRequest, "the request's body is \(error)")
    }
    try self.init(json: json)
  }

  /// Reads a request; throws everything that is wrong with it.
  public init(json: JSON) throws(RequestViolations) {
    guard case .object(let members) = json else {
      throw RequestViolations(
        RequestViolation(.malformedRequest, "", "the request must be an object, found \(json.kindName)"))
    }
    var violations: [RequestViolation] = []
    let name = Self.name(in: members, &violations)
    let source = Self.source(in: members, &violations)
    if let violations = RequestViolations(violations) { throw violations }
    guard let name, let source else {
      throw RequestViolations(RequestViolation(.malformedRequest, "", "the request could not be read"))
    }
    self.name = name
    self.source = source
    self.json = json
  }

  private static func name(in members: JSONObject, _ violations: inout [RequestViolation]) -> String? {
    guard let value = members["name"], value != .null else {
      violations.append(RequestViolation(.nameMissing, "name", "is missing"))
      return nil
    }
    guard case .string(let name) = value else {
      violations.append(RequestViolation(.nameWrong, "name", "must be a string, found \(value.kindName)"))
      return nil
    }
    if let violation = ImageName.violation(in: name) { violations.append(violation) }
    return name
  }

  private static func source(in members: JSONObject, _ violations: inout [RequestViolation]) -> Source? {
    let before = violations.count
    let server = identifier("instance_id", in: members, &violations)
    let backup = identifier("backup_id", in: members, &violations)
    guard violations.count == before else { return nil }
    switch (server, backup) {
    case (let id?, nil): return .server(id: id.lowercased())
    case (nil, let id?): return .backup(id: id.lowercased())
    case (nil, nil):
      violations.append(RequestViolation(.serverMissing, "instance_id", "is missing"))
    case (_?, _?):
      let message = "stands beside backup_id; a whole image is made from a server or from a backup"
      violations.append(RequestViolation(.creationTypeWrong, "instance_id", message))
    }
    return nil
  }

  /// The value of an id member; `nil` if it is absent, `null` or empty.
  private static func identifier(
    _ key: String, in members: JSONObject, _ violations: inout [RequestViolation]
  ) -> String? {
    guard let value = members[key], value != .null else { return nil }
    guard case .string(let text) = value else {
      violations.append(RequestViolation(.resourceIDMalformed, key, "must be a string, found \(value.kindName)"))
      return nil
    }
    guard !text.isEmpty else { return nil }
    guard CloudIdentifiers.isUUID(text) else {
      let shown = PlainText.from(String(text.prefix(64)))
      violations.append(RequestViolation(.resourceIDMalformed, key, "must be a UUID, found \"\(shown)\""))
      return nil
    }
    return text
  }
}

extension RequestViolations {
  init(_ violation: RequestViolation) {
    first = violation
    others = []
  }
}
