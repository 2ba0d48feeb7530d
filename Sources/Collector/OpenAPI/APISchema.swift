// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Schemas of values in the description of the API: JSON Schema, draft 2020-12, which OpenAPI 3.1 uses as it is.
enum APISchema {
  /// Eight, four, four, four and twelve hexadecimal digits.
  static let uuidPattern = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

  /// A schema that the document holds under a name.
  static func named(_ name: String) -> JSON { .members(("$ref", .string("#/components/schemas/\(name)"))) }

  /// A text.
  ///
  /// Lengths count Unicode code points, as JSON Schema does and as the collector does.
  static func text(
    _ description: String, pattern: String? = nil, shortest: Int64? = nil, longest: Int64? = nil,
    example: JSON? = nil
  ) -> JSON {
    .members(
      ("type", "string"), ("description", .string(description)), ("pattern", pattern.map { .string($0) }),
      ("minLength", shortest.map { .integer($0) }), ("maxLength", longest.map { .integer($0) }),
      ("examples", example.map { [$0] }))
  }

  /// A UUID.
  static func uuid(_ description: String, example: String? = nil) -> JSON {
    text(description, pattern: "^\(uuidPattern)$", example: example.map { .string($0) })
  }

  /// A time, as `2026-01-10T08:00:00.000Z`.
  static func time(_ description: String) -> JSON {
    .members(("type", "string"), ("format", "date-time"), ("description", .string(description)))
  }

  /// A digest, the way it is made before the colon.
  static func digest(_ description: String) -> JSON { text(description, pattern: "^v[1-9][0-9]*:[0-9a-f]{64}$") }

  /// One of several words.
  static func word(_ description: String, _ words: [String]) -> JSON {
    .members(
      ("type", "string"), ("description", .string(description)), ("enum", .array(words.map { .string($0) })))
  }

  /// A whole number.
  static func number(_ description: String, from lowest: Int64 = 0, upTo highest: Int64? = nil) -> JSON {
    .members(
      ("type", "integer"), ("description", .string(description)), ("minimum", .integer(lowest)),
      ("maximum", highest.map { .integer($0) }))
  }

  /// A truth value.
  static func truth(_ description: String) -> JSON {
    .members(("type", "boolean"), ("description", .string(description)))
  }

  /// Any value at all.
  static func anything(_ description: String) -> JSON { .members(("description", .string(description))) }

  /// An array.
  static func list(_ description: String, of element: JSON, longest: Int64? = nil, shortest: Int64? = nil) -> JSON {
    .members(
      ("type", "array"), ("description", .string(description)), ("items", element),
      ("minItems", shortest.map { .integer($0) }), ("maxItems", longest.map { .integer($0) }))
  }

  /// An object; others than the named members may be there.
  static func object(_ description: String, required: [String] = [], _ properties: [(String, JSON)]) -> JSON {
    .members(
      ("type", "object"), ("description", .string(description)),
      ("required", required.isEmpty ? nil : .array(required.sorted().map { .string($0) })),
      ("properties", .object(JSONObject(properties.map { ($0.0, $0.1) }))))
  }

  /// An object of which every named member is there.
  static func whole(_ description: String, _ properties: [(String, JSON)]) -> JSON {
    object(description, required: properties.map(\.0), properties)
  }

  /// A value of that schema, or null.
  static func orNull(_ schema: JSON) -> JSON {
    guard case .object(var members) = schema, let type = members["type"]?.string else {
      return .members(("anyOf", [schema, .members(("type", "null"))]))
    }
    members["type"] = [.string(type), "null"]
    // `enum` names every value that is allowed, whatever the type says.
    if case .array(let words)? = members["enum"] { members["enum"] = .array(words + [.null]) }
    return .object(members)
  }
}
