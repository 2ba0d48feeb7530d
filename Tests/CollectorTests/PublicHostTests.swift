// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import Collector

@Suite struct PublicHostTests {
  @Test(
    arguments: [
      ([], "anything.example", true), (["c.example"], "c.example", true), (["c.example"], "C.EXAMPLE:8470", true),
      (["c.example"], "d.example", false), (["c.example"], "c.example.evil", false), (["c.example"], "", false),
      (["c.example:8470"], "c.example:8470", true), (["c.example:8470"], "c.example", false),
      (["[2001:db8::1]"], "[2001:DB8::1]:8470", true), (["[2001:db8::1]:1"], "[2001:db8::1]:1", true),
      (["2001:db8::1"], "[2001:db8::1]", false), (["a", "b"], "b:1", true),
    ] as [([String], String, Bool)])
  func publicHosts(names: [String], host: String, isOurs: Bool) throws {
    #expect(try PublicHosts(names).contain(host) == isOurs)
  }

  @Test func aRequestForAnotherHostIsRefusedWhereNamesAreGiven() async throws {
    try await SignedRequestTests.withKeys(configure: { $0.publicHosts = ["collector.example", "localhost:1"] }) {
      api async throws in
      let elsewhere = try await api.signed(.terraform, .get, "/v1/guests")
      #expect(elsewhere.status == 401)
      #expect(elsewhere.text.contains("signed for another host"))
      let found = try await api.collector.identity.identify(
        SignedRequestTests.request(
          try KeyHolder.terraform.headers("GET", "/v1/guests", host: "collector.example:8470"),
          host: "collector.example:8470"), bodyLimit: 0, from: RemoteAddress(nil), at: api.clock.clock().now())
      #expect(found.caller.name == "key:AKTERRAFORM")
      // Tokens are not bound to a host.
      #expect(try await api.get("/v1/guests", headers: CredentialsTests.bearer("terraform")).status == 200)
    }
  }
}
