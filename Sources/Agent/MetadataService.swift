// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import Facts
internal import NIOCore
internal import NIOHTTP1

/// The cloud's metadata service, which answers each server with its own data (OpenStack, "Metadata service"; the cloud's
/// manual calls it "Obtaining metadata").
///
/// Asked by the reporter, since the inspector has no network, and only if the operator wants it.
struct MetadataService: Sendable {
  /// The link-local address at which every server finds it.
  static let address = "http://169.254.169.254/openstack/latest/meta_data.json"
  /// A larger answer is none of a metadata service's.
  static let answerLimit = 256 << 10

  var url = Self.address
  var timeout = TimeAmount.seconds(2)

  /// The id of this server; `nil` if the service does not tell.
  ///
  /// Never through a proxy: the service would tell the proxy's.
  func instanceID() async -> String? {
    var configuration = HTTPClient.Configuration()
    configuration.httpVersion = .http1Only
    configuration.redirectConfiguration = .disallow
    configuration.timeout = .init(connect: timeout, read: timeout)
    configuration.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let id = try? await answer(with: client)
    try? await client.shutdown()
    return id ?? nil
  }

  private func answer(with client: HTTPClient) async throws -> String? {
    let response = try await client.execute(HTTPClientRequest(url: url), timeout: timeout)
    guard response.status == .ok else { return nil }
    let body = try await response.body.collect(upTo: Self.answerLimit)
    return Self.instanceID(in: Array(body.readableBytesView))
  }

  /// The member `uuid` of the service's answer; `nil` if there is none.
  static func instanceID(in answer: [UInt8]) -> String? {
    guard let uuid = (try? JSON(parsing: answer))?["uuid"]?.string, isUUID(uuid) else { return nil }
    return uuid.lowercased()
  }

  private static func isUUID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return false }
    return bytes.enumerated().allSatisfy { index, byte in
      [8, 13, 18, 23].contains(index)
        ? byte == UInt8(ascii: "-") : Character(Unicode.Scalar(byte)).isHexDigit
    }
  }

  /// Facts with the id that the service told, and that it did.
  static func facts(_ document: JSON, with instanceID: String) -> JSON {
    guard case .object(var members) = document, case .object(var guest)? = members["guest"] else { return document }
    guest["instance_id"] = .string(instanceID)
    guest["instance_id_source"] = "metadata_service"
    members["guest"] = .object(guest)
    return .object(members)
  }

  /// Facts of a server that the service has not named yet: whoever has it asked wants no other's word.
  static func factsWithoutID(_ document: JSON) throws(DocumentError) -> JSON {
    var facts = try GuestFacts(json: document)
    (facts.guest.instanceID, facts.guest.instanceIDSource) = (.unknown, .unknown)
    facts.gaps =
      (facts.gaps ?? []) + [
        Gap(
          Gap.Subject(.section, "guest", member: "instance_id"), .unreadable,
          detail: "the metadata service (\(address)) does not tell this server's id")
      ]
    facts.countArrays()
    return facts.json
  }
}
