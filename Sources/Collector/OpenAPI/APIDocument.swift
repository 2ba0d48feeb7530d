// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes

/// The description of what one listener serves: OpenAPI 3.1.
///
/// It is held against the table of routes by a test, in both directions.
struct APIDocument: Sendable {
  var title: String
  var description: String
  var operations: [APIOperation]

  /// `--listen`: the collector's own API, and the image service.
  static let main = APIDocument(
    title: "wholeimage collector",
    description: """
      Stands in front of the image service of the cloud: whole images are ordered here as they are there, and are \
      refused where one would lose data. Every call of that service which is not described here is handed on as it \
      is, unless the collector was started with `--gate-only`.
      """,
    operations: OrderOperations.all + FollowOnOperations.all + DecisionOperations.all + GuestOperations.all
      + EnrolmentOperations.all + PageOperations.all + ServiceOperations.all + [ServiceOperations.metrics])

  /// `--ecs-listen`: the compute service.
  static let compute = APIDocument(
    title: "wholeimage collector, in front of the compute service",
    description: """
      Stands in front of the compute service of the cloud: what would disturb a server while its image is made is \
      refused. Every call of that service which is not described here is handed on as it is, unless the collector was \
      started with `--gate-only`.
      """,
    operations: ServerOperations.all + ServiceOperations.all)

  /// The document.
  var json: JSON {
    let used = Set(operations.map(\.tag))
    let tags = APIOperation.Tag.allCases.filter(used.contains).map { tag in
      JSON.members(("name", .string(tag.rawValue)), ("description", .string(tag.description)))
    }
    return .members(
      ("openapi", "3.1.0"),
      (
        "info",
        .members(
          ("title", .string(title)), ("version", .string(CollectorVersion.number)),
          ("description", .string(description)),
          ("license", .members(("name", "Apache-2.0"), ("identifier", "Apache-2.0"))))
      ),
      ("servers", [.members(("url", "/"))]), ("tags", .array(tags)), ("paths", paths), ("components", components),
      (
        "security",
        [.members(("bearer", [])), .members(("token", [])), .members(("signature", [])), .members(("guest", []))]
      ))
  }

  private var paths: JSON {
    var paths = JSONObject()
    for operation in operations {
      var item = paths[operation.path]?.object ?? JSONObject()
      item[operation.method.rawValue.lowercased()] = operation.json
      paths[operation.path] = .object(item)
    }
    return .object(paths)
  }

  /// The schemas that the operations refer to, and those that these refer to.
  private var components: JSON {
    let all = JSONObject(
      (OrderSchemas.all + JobSchemas.all + DecisionSchemas.all + GuestSchemas.all + EnrolmentOperations.schemas
        + APIError.schemas).map { ($0.0, Optional($0.1)) })
    var used = Set<String>()
    var open = Self.references(in: .array(operations.map(\.json)))
    while let name = open.popFirst() {
      guard used.insert(name).inserted, let schema = all[name] else { continue }
      open.formUnion(Self.references(in: schema))
    }
    let schemas = all.members.filter { used.contains($0.key) }.map { ($0.key, Optional($0.value)) }
    return .members(("schemas", .object(JSONObject(schemas))), ("securitySchemes", Self.securitySchemes))
  }

  /// The names of the schemas that a value refers to.
  private static func references(in json: JSON) -> Set<String> {
    switch json {
    case .array(let elements): return elements.reduce(into: []) { $0.formUnion(references(in: $1)) }
    case .object(let members):
      if let reference = members["$ref"]?.string, let name = reference.split(separator: "/").last {
        return [String(name)]
      }
      return members.members.reduce(into: []) { $0.formUnion(references(in: $1.value)) }
    default: return []
    }
  }

  /// Who calls (README, "Call the collector"); without a credentials file nobody has to tell.
  private static let securitySchemes = JSON.members(
    (
      "bearer",
      .members(
        ("type", "http"), ("scheme", "bearer"), ("description", "A token of the collector's own credentials file."))
    ),
    (
      "token",
      .members(
        ("type", "apiKey"), ("in", "header"), ("name", "X-Auth-Token"),
        (
          "description",
          """
          A token of the cloud's identity service, for its project; or one of the collector's own, from clients that \
          know only this header.
          """
        ))
    ),
    (
      "signature",
      .members(
        ("type", "apiKey"), ("in", "header"), ("name", "Authorization"),
        (
          "description",
          """
          `SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…`, as the cloud's clients sign: over the method, the \
          path, the query, the signed headers (`Host` and `X-Sdk-Date` among them) and the body's SHA-256.
          """
        ))
    ),
    (
      "guest",
      .members(
        ("type", "apiKey"), ("in", "header"), ("name", "Signature"),
        (
          "description",
          """
          The key of an enrolled guest, for reports about itself: HTTP Message Signatures (RFC 9421) with `ed25519`.           `Signature-Input` is always `guest=("@method" "@path" "@query" "content-digest" "wholeimage-boot-id"           "wholeimage-boot-number" "wholeimage-report-sequence" "wholeimage-inspected-ago-ms");keyid="KEY";alg="ed25519"`,           where KEY is the SHA-256 of the public key in lower-case hexadecimal digits.
          """
        ))
    ))
}
