// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GuestSigning

/// What must outlive the agent: its key, and of which server it is.
///
/// A whole image copies this with the disk. Because the key is bound to the server's id, a copy knows that it is one.
struct AgentState: Sendable {
  /// Names the form of the document.
  static let schema = "wholeimage.agent-state/1"

  /// The server that the key was made for.
  var instanceID: String
  /// The UUID of that server's firmware, as far as it was known.
  var hardwareUUID: String?
  /// The key.
  var key: GuestSecretKey
  /// The collector that has enrolled the key; `nil` before one has.
  var enrolledWith: String?
  /// The boot in which the key reported last, and its number.
  var bootID: String
  var bootNumber: Int64
  /// The proof that this server is a copy, until a collector has taken it.
  var lineage: Lineage?

  /// A new key for a server.
  init(instanceID: String, hardwareUUID: String?, bootID: String) {
    self.instanceID = instanceID
    self.hardwareUUID = hardwareUUID
    self.bootID = bootID
    key = GuestSecretKey()
    bootNumber = 1
  }

  /// A new key for the server that the state was copied to; the old key proves whose copy it is, and is not in it.
  func copy(instanceID: String, hardwareUUID: String?, bootID: String) -> AgentState {
    var copy = AgentState(instanceID: instanceID, hardwareUUID: hardwareUUID, bootID: bootID)
    copy.lineage = Lineage(
      of: copy.key.publicKey, instanceID: instanceID, signedWith: key, of: self.instanceID)
    return copy
  }

  /// A new key for the same server, since the old one was revoked.
  func renewed() -> AgentState {
    var renewed = AgentState(instanceID: instanceID, hardwareUUID: hardwareUUID, bootID: bootID)
    renewed.bootNumber = bootNumber
    return renewed
  }
}

extension AgentState {
  /// Reads the document; throws where it is not one.
  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    let schema: String = try members.required("schema")
    guard schema == Self.schema else { throw DocumentError(path: "schema", reason: "not \(Self.schema)") }
    instanceID = try members.required("instance_id")
    guard Self.isInstanceID(instanceID) else { throw DocumentError(path: "instance_id", reason: "no instance id") }
    hardwareUUID = try members.optional("hardware_uuid")
    let seed: String = try members.required("key")
    guard let key = Base64.bytes(seed).flatMap({ GuestSecretKey(seed: $0) }) else {
      throw DocumentError(path: "key", reason: "no key")
    }
    self.key = key
    enrolledWith = try members.optional("enrolled")
    bootID = try members.required("boot_id")
    guard case .integer(let number)? = members["boot_number"], (0..<SignedRequest.highestNumber).contains(number) else {
      throw DocumentError(path: "boot_number", reason: "no number of a boot")
    }
    bootNumber = number
    guard let proof = members["lineage"], proof != .null else { return }
    do throws(DocumentError) { lineage = try Lineage(document: proof) } catch { throw error.under("lineage") }
  }

  /// The document.
  var json: JSON {
    .members(
      ("schema", Self.schema.json), ("instance_id", instanceID.json), ("hardware_uuid", hardwareUUID?.json ?? .null),
      ("key", Base64.text(key.seed).json), ("enrolled", enrolledWith?.json ?? .null), ("boot_id", bootID.json),
      ("boot_number", .integer(bootNumber)), ("lineage", lineage?.document ?? .null))
  }

  private static func isInstanceID(_ text: String) -> Bool { (1...128).contains(text.utf8.count) }
}

extension Lineage {
  fileprivate init(document: JSON) throws(DocumentError) {
    let members = try document.asObject()
    let text: String = try members.required("signature")
    guard let signature = Base64.bytes(text), signature.count == 64 else {
      throw DocumentError(path: "signature", reason: "no signature")
    }
    self.init(
      parentInstanceID: try members.required("parent_instance_id"), parentKeyID: try members.required("parent_key_id"),
      signature: signature)
  }

  /// The form in the state and in the request to be enrolled.
  var document: JSON {
    .members(
      ("parent_instance_id", parentInstanceID.json), ("parent_key_id", parentKeyID.json),
      ("signature", Base64.text(signature).json))
  }
}
