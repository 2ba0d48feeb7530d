// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import GuestSigning

@Suite struct LineageTests {
  static let (parent, child) = (GuestSecretKey(), GuestSecretKey())

  @Test func theParentVouchesForOneKeyAndOneInstance() throws {
    let lineage = try #require(
      Lineage(of: Self.child.publicKey, instanceID: "copy", signedWith: Self.parent, of: "original"))
    #expect(lineage.parentInstanceID == "original" && lineage.parentKeyID == Self.parent.publicKey.id)
    let parent = Self.parent.publicKey
    #expect(lineage.isValid(for: Self.child.publicKey, instanceID: "copy", parent: parent))
    #expect(!lineage.isValid(for: Self.child.publicKey, instanceID: "other", parent: parent))
    #expect(!lineage.isValid(for: GuestSecretKey().publicKey, instanceID: "copy", parent: parent))
    #expect(!lineage.isValid(for: Self.child.publicKey, instanceID: "copy", parent: Self.child.publicKey))
    var forged = lineage
    forged.signature[5] ^= 1
    #expect(!forged.isValid(for: Self.child.publicKey, instanceID: "copy", parent: parent))
    forged.signature = []
    #expect(!forged.isValid(for: Self.child.publicKey, instanceID: "copy", parent: parent))
  }

  /// A signed request can never be taken for a proof of lineage, nor the other way round.
  @Test func statementsAreNoRequests() {
    let statement = Lineage.statement(key: "a", instanceID: "b", parentKeyID: "c")
    #expect(statement == "wholeimage lineage 1\nkey a\ninstance b\nparent c\n")
    #expect(SignedRequestTests.request.base(keyID: "a").hasPrefix("\"@method\""))
  }
}
