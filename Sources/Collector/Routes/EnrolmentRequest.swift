// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GuestSigning
internal import HTTPTypes

/// The body of `POST /v1/guests/{instance_id}/enrolment`.
struct EnrolmentRequest: Sendable, Equatable {
  /// The key to enrol.
  var key: GuestPublicKey
  /// The proof that the guest is a copy of another one; `nil` if it says nothing of the kind.
  var lineage: Lineage?

  /// Reads the body; 400 if it is none, or has a member that is not known.
  init(_ json: JSON) throws(CallError) {
    do throws(DocumentError) {
      let members = try json.asObject()
      try Credentials.allow(["public_key", "lineage"], in: members)
      let text: String = try members.required("public_key")
      guard let key = Base64.bytes(text).flatMap({ GuestPublicKey(bytes: $0) }) else {
        throw DocumentError(path: "public_key", reason: "expected the 32 bytes of an Ed25519 key in base64")
      }
      self.key = key
      guard let proof = members["lineage"], proof != .null else { return }
      do throws(DocumentError) { lineage = try Lineage(json: proof) } catch { throw error.under("lineage") }
    } catch {
      throw CallError(.badRequest, .wrongValue, "The body is no enrolment: \(PlainText.from(error.description)).")
    }
  }
}

extension Lineage {
  fileprivate init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    try Credentials.allow(["parent_instance_id", "parent_key_id", "signature"], in: members)
    let instance: String = try members.required("parent_instance_id")
    guard let parent = InstanceID.canonical(instance) else {
      throw DocumentError(path: "parent_instance_id", reason: InstanceID.rule)
    }
    let keyID: String = try members.required("parent_key_id")
    guard GuestPublicKey.isID(keyID) else {
      throw DocumentError(path: "parent_key_id", reason: "expected 64 lower-case hexadecimal digits")
    }
    let text: String = try members.required("signature")
    guard let signature = Base64.bytes(text), signature.count == 64 else {
      throw DocumentError(path: "signature", reason: "expected 64 bytes in base64")
    }
    self.init(parentInstanceID: parent, parentKeyID: keyID, signature: signature)
  }
}
