// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

@testable import Agent

@Suite struct MetadataServiceTests {
  @Test(
    arguments: [
      (#"{"uuid":"877A2CDA-ba63-4e1e-b95f-e67e48b6129a","name":"x"}"#, "877a2cda-ba63-4e1e-b95f-e67e48b6129a"),
      (#"{"uuid":"877a2cda"}"#, nil), (#"{"uuid":7}"#, nil), ("{}", nil), ("[]", nil), ("", nil), ("<html>", nil),
      (#"{"uuid":"877a2cda-ba63-4e1e-b95f-e67e48b6129/"}"#, nil),
    ] as [(String, String?)])
  func answers(text: String, expected: String?) {
    #expect(MetadataService.instanceID(in: Array(text.utf8)) == expected)
  }

  /// Nothing listens there: the answer comes soon, and is none.
  @Test func aServiceThatIsAway() async {
    let service = MetadataService(url: "http://127.0.0.1:9/openstack/latest/meta_data.json")
    #expect(await service.instanceID() == nil)
  }

  @Test func whoSaysSoIsInTheFacts() throws {
    let facts = JSON.members(("guest", .members(("instance_id", "old"), ("hostname", "h"))), ("devices", []))
    let told = MetadataService.facts(facts, with: "new")
    #expect(told["guest"]?["instance_id"] == "new" && told["guest"]?["instance_id_source"] == "metadata_service")
    #expect(told["guest"]?["hostname"] == "h" && told["devices"] == [])
    #expect(MetadataService.facts([], with: "new") == [])
  }
}
