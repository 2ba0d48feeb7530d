// SPDX-License-Identifier: Apache-2.0

/// What only the cloud knows of one request: the document `wholeimage.cloud-facts/1`.
///
/// A member that is `none` was asked for and does not exist; one that is unknown has a gap, or was not needed.
public struct CloudFacts: Sendable, Equatable {
  /// The document's schema.
  public static let schema = "wholeimage.cloud-facts/1"

  /// When the last answer came, RFC 3339 in UTC.
  public var collectedAt: String
  /// The server that the image is made of, or that the backup was made of.
  public var server: Observed<CloudServer> = .unknown
  /// The server's volumes, or those in the backup; one that the cloud does not know any more is left out.
  public var volumes: Observed<[CloudVolume]> = .unknown
  /// The backup that the image is made from, or that an image was made from.
  public var backup: Observed<CloudBackup> = .unknown
  /// The vault that the request names.
  public var vault: Observed<CloudVault> = .unknown
  /// The image that is to be exported, copied or shared.
  public var image: Observed<CloudImage> = .unknown
  /// What is not known, and why.
  public var gaps: [CloudGap] = []

  /// Nothing is known yet.
  public init(collectedAt: String) { self.collectedAt = collectedAt }

  /// Digest of all of it but the time.
  public var digest: String {
    guard case .object(var members) = json else { return Digest.of(json) }
    members["collected_at"] = nil
    return Digest.of(.object(members))
  }

  /// The volume of that id.
  public func volume(_ id: String) -> CloudVolume? { volumes.value?.first { $0.id == id } }

  /// The gaps about a kind of thing.
  public func gaps(about kind: CloudGap.Kind) -> [CloudGap] { gaps.filter { $0.kind == kind } }
}

extension CloudFacts: JSONConvertible {
  /// Reads a document of cloud facts.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    let schema: String = try members.required("schema")
    guard schema == Self.schema else {
      throw DocumentError(path: "schema", reason: "expected \"\(Self.schema)\", found \"\(PlainText.from(schema))\"")
    }
    collectedAt = try members.optional("collected_at") ?? ""
    server = try members.observed("server")
    volumes = try members.observed("volumes")
    backup = try members.observed("backup")
    vault = try members.observed("vault")
    image = try members.observed("image")
    gaps = try members.optional("gaps") ?? []
  }

  /// The document.
  public var json: JSON {
    .members(
      ("backup", backup.jsonIfKnown), ("collected_at", collectedAt.json), ("gaps", gaps.json),
      ("image", image.jsonIfKnown), ("schema", Self.schema.json), ("server", server.jsonIfKnown),
      ("vault", vault.jsonIfKnown), ("volumes", volumes.jsonIfKnown))
  }
}
