// SPDX-License-Identifier: Apache-2.0

public import Facts

/// The body of `POST /v1/cloudimages/wholeimages/action`: make an image of a whole server.
///
/// Two forms: from a server (`instance_id`) or from a backup (`backup_id`). Every parameter of the API reference is
/// checked in both. Members that the reference does not have are kept and not looked at: they go to the cloud as they
/// are.
public struct WholeImageRequest: Sendable, Equatable {
  /// The path of the call.
  public static let path = "/v1/cloudimages/wholeimages/action"

  static let members = [
    "name", "description", "instance_id", "backup_id", "whole_image_type", "tags", "image_tags",
    "enterprise_project_id", "min_ram", "max_ram", "vault_id",
  ]

  /// The image's name.
  public var name: String
  /// What is said about it; `nil` if nothing.
  public var description: String?
  /// What it is made from.
  public var source: Source
  /// Its tags, from whichever of the two forms they came in; keys are unique.
  public var tags: [ImageTag]
  /// The enterprise project that it is to belong to, a UUID in lower case; `nil` means the default one.
  public var enterpriseProjectID: String?
  /// The least memory of servers made from it, in MB; `nil` means any.
  public var minRAM: Int64?
  /// The most memory of servers made from it, in MB; `nil` means any.
  public var maxRAM: Int64?
  /// The vault of the backup that the cloud makes first, a UUID in lower case; `nil` if none is named.
  ///
  /// Whether one is needed depends on the backup service in use, so it is for the caller to decide. Clients can send it
  /// with a backup too, where it means nothing.
  public var vaultID: String?
  /// The whole request, unknown members too.
  public var json: JSON

  /// Reads a request from a body; throws what is wrong with it.
  public init(body: some Collection<UInt8>) throws(RequestViolations) {
    try self.init(json: try RequestFields.json(body))
  }

  /// Reads a request; throws everything that is wrong with it.
  ///
  /// The violations come in the order of the members above: the reference does not tell which one the cloud names first.
  public init(json: JSON) throws(RequestViolations) {
    var fields = try RequestFields(json, known: Self.members)
    let name = ImageName.read(&fields)
    let description = ImageDescription.read(&fields)
    let source = Self.source(&fields)
    let tags = ImageTags.read(&fields)
    let enterpriseProjectID = Self.enterpriseProject(&fields)
    let memory = MemoryLimits.read(&fields)
    let vaultID = fields.uuid("vault_id", .vaultInvalid)
    try fields.check()
    guard let name, let source else {
      throw RequestViolations(RequestViolation(.malformedRequest, "", "the request could not be read", "无法读取请求"))
    }
    self.name = name
    self.description = description
    self.source = source
    self.tags = tags
    self.enterpriseProjectID = enterpriseProjectID
    minRAM = memory.minimum
    maxRAM = memory.maximum
    self.vaultID = vaultID
    self.json = json
  }

  /// Reads `enterprise_project_id`: absent, empty and `"0"` mean the default project, else it is a UUID.
  private static func enterpriseProject(_ fields: inout RequestFields) -> String? {
    if fields.value("enterprise_project_id") == "0" { return nil }
    return fields.uuid("enterprise_project_id", .enterpriseProjectInvalid, orZero: true)
  }
}
