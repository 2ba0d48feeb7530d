// SPDX-License-Identifier: Apache-2.0

public import Facts

/// Images that are to be shared, and with whom.
///
/// `POST /v1/cloudimages/members` names several images in its body, `POST /v2/images/{image_id}/members` one in its
/// path. An image that cannot be read makes the whole request wrong: the gate decides on every one of them.
public struct ImageSharing: Sendable, Equatable {
  /// The images' ids, in lower case, each once; at least one.
  public var images: [String]
  /// The projects that they are shared with.
  public var projects: [String]
  /// The accounts that they are shared with.
  public var domains: [String]
  /// The organizations that they are shared with.
  public var organizations: [String]
  /// The whole request.
  public var json: JSON

  /// Reads the body that names several images; throws everything that is wrong with it.
  public init(body: some Collection<UInt8>) throws(RequestViolations) {
    try self.init(json: try RequestFields.json(body))
  }

  /// Reads the request that names several images; throws everything that is wrong with it.
  public init(json: JSON) throws(RequestViolations) {
    var fields = try RequestFields(json, known: ["images", "projects", "domains", "organizations"])
    var images: [String] = []
    var seen: Set<String> = []
    let elements = fields.array("images", .imageIDMalformed)
    for (index, element) in elements.enumerated() {
      guard case .string(let text) = element, CloudIdentifiers.isUUID(text) else {
        fields.violations.append(
          .imageIDMalformed, "images[\(index)]", "must be a UUID, found \(ShownValue.of(element))",
          "必须是 UUID，实际为 \(ShownValue.chinese(element))")
        continue
      }
      if seen.insert(text.lowercased()).inserted { images.append(text.lowercased()) }
    }
    if fields.violations.count == 0, images.isEmpty {
      fields.violations.append(.imageMissing, "images", "names no image", "没有指定镜像")
    }
    projects = Self.receivers("projects", &fields)
    domains = Self.receivers("domains", &fields)
    organizations = Self.receivers("organizations", &fields)
    try fields.check()
    self.images = images
    self.json = json
  }

  /// Reads the native body `{"member":"<project_id>"}` for the image of the path; throws what is wrong with it.
  public init(image: String, body: some Collection<UInt8>) throws(RequestViolations) {
    let json = try RequestFields.json(body)
    var fields = try RequestFields(json, known: ["member"])
    let member = fields.text("member", .malformedRequest)
    if fields.violations.count == 0, member?.isEmpty ?? true {
      fields.violations.append(.malformedRequest, "member", "is missing", "缺失")
    }
    try fields.check()
    images = [image]
    projects = member.map { [$0] } ?? []
    domains = []
    organizations = []
    self.json = json
  }

  private static func receivers(_ key: String, _ fields: inout RequestFields) -> [String] {
    var receivers: [String] = []
    for (index, element) in fields.array(key, .malformedRequest).enumerated() {
      guard case .string(let text) = element else {
        fields.violations.append(
          .malformedRequest, "\(key)[\(index)]", "must be a string, found \(ShownValue.of(element))",
          "必须是字符串，实际为 \(ShownValue.chinese(element))")
        continue
      }
      receivers.append(text)
    }
    return receivers
  }
}
