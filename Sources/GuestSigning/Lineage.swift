// SPDX-License-Identifier: Apache-2.0

/// The proof that a new guest is a copy of another one: the other one's key vouches for the new key and its id.
///
/// A whole image copies the agent with its key. The copy uses that key for this one signature and forgets it.
public struct Lineage: Sendable, Equatable {
  /// The instance id that the copied key belongs to.
  public var parentInstanceID: String
  /// The copied key's name.
  public var parentKeyID: String
  /// The copied key's signature over ``statement(key:instanceID:parentKeyID:)``, 64 bytes.
  public var signature: [UInt8]

  /// A proof as it was received.
  public init(parentInstanceID: String, parentKeyID: String, signature: [UInt8]) {
    self.parentInstanceID = parentInstanceID
    self.parentKeyID = parentKeyID
    self.signature = signature
  }

  /// Makes the proof; `nil` if the cryptographic library fails.
  public init?(
    of child: GuestPublicKey, instanceID: String, signedWith parent: GuestSecretKey, of parentInstanceID: String
  ) {
    let parentKeyID = parent.publicKey.id
    let statement = Self.statement(key: child.id, instanceID: instanceID, parentKeyID: parentKeyID)
    guard let signature = parent.signature(over: statement) else { return nil }
    self.init(parentInstanceID: parentInstanceID, parentKeyID: parentKeyID, signature: signature)
  }

  /// What the parent's key signs; its first line keeps it apart from the signature of a request.
  public static func statement(key: String, instanceID: String, parentKeyID: String) -> String {
    "wholeimage lineage 1\nkey \(key)\ninstance \(instanceID)\nparent \(parentKeyID)\n"
  }

  /// Whether the proof is the parent's, for that key and instance.
  public func isValid(for child: GuestPublicKey, instanceID: String, parent: GuestPublicKey) -> Bool {
    parent.id == parentKeyID
      && parent.isValid(
        signature, over: Self.statement(key: child.id, instanceID: instanceID, parentKeyID: parentKeyID))
  }
}
