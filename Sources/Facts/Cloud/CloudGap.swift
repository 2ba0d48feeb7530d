// SPDX-License-Identifier: Apache-2.0

/// Something that the cloud should have told and did not.
public struct CloudGap: Sendable, Equatable, JSONConvertible {
  /// What kind of thing it is about.
  public enum Kind: String, Sendable, CaseIterable, JSONConvertible {
    /// A server.
    case server
    /// A volume.
    case volume
    /// A backup.
    case backup
    /// A vault.
    case vault
    /// An image.
    case image
  }

  /// Why it is not known.
  public enum Reason: String, Sendable, CaseIterable, JSONConvertible {
    /// No URL of that service is configured.
    case notConfigured = "not_configured"
    /// The service could not be reached, or failed.
    case unreachable
    /// The service did not answer in time.
    case timedOut = "timed_out"
    /// The service refused to tell: no right, or too many requests.
    case refused
    /// The answer makes no sense, or lacks what is asked for.
    case malformed
  }

  /// What it is about.
  public var kind: Kind
  /// Its id.
  public var id: String
  /// Which member; empty means all of it.
  public var member: String
  /// Why it is not known.
  public var reason: Reason
  /// What happened, for a person.
  public var detail: String

  /// A gap.
  public init(_ kind: Kind, _ id: String, member: String = "", _ reason: Reason, detail: String) {
    self.kind = kind
    self.id = id
    self.member = member
    self.reason = reason
    self.detail = detail
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    kind = try members.required("kind")
    id = try members.required("id")
    member = try members.optional("member") ?? ""
    reason = try members.required("reason")
    detail = try members.optional("detail") ?? ""
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("detail", detail.json), ("id", id.json), ("kind", kind.json), ("member", member.json), ("reason", reason.json))
  }
}
