// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

@Suite struct FactPathTests {
  static let document = JSON.members(
    ("a", .members(("b", 1), ("c", .null))),
    ("list", [.members(("x", 1), ("y", [.members(("z", 1)), .members(("z", 2))])), .members(("x", 2))]))

  @Test(arguments: [
    ("a.b", #"{"a":{"c":null},"list":[{"x":1,"y":[{"z":1},{"z":2}]},{"x":2}]}"#),
    ("a.c", #"{"a":{"b":1},"list":[{"x":1,"y":[{"z":1},{"z":2}]},{"x":2}]}"#),
    ("a", #"{"list":[{"x":1,"y":[{"z":1},{"z":2}]},{"x":2}]}"#),
    ("list[].x", #"{"a":{"b":1,"c":null},"list":[{"y":[{"z":1},{"z":2}]},{}]}"#),
    ("list[].y[].z", #"{"a":{"b":1,"c":null},"list":[{"x":1,"y":[{},{}]},{"x":2}]}"#),
    ("list[]", #"{"a":{"b":1,"c":null},"list":[]}"#),
  ]) func erases(_ path: String, _ expected: String) {
    #expect(FactPath(path).erased(from: Self.document)?.text == expected)
  }

  @Test(arguments: ["b", "a.x", "a.b.c", "a[].b", "list.x", "list[].x.y", "list[].y.z"])
  func saysWhenNothingMatches(_ path: String) {
    #expect(FactPath(path).erased(from: Self.document) == nil)
    #expect(FactPath(path).erasedOnce(from: Self.document) == [])
  }

  @Test func erasesOnePlaceAtATime() {
    #expect(
      FactPath("list[].y[].z").erasedOnce(from: Self.document).map(\.text) == [
        #"{"a":{"b":1,"c":null},"list":[{"x":1,"y":[{},{"z":2}]},{"x":2}]}"#,
        #"{"a":{"b":1,"c":null},"list":[{"x":1,"y":[{"z":1},{}]},{"x":2}]}"#,
      ])
    #expect(FactPath("list[].x").erasedOnce(from: Self.document, limit: 1).count == 1)
  }

  @Test func everyDeclaredPathOccursInSomeFixture() throws {
    let documents = try FactsFixtures.names.map { try FactsFixtures.document($0) }
    for rule in RuleSet.current.rules {
      for path in rule.reads {
        #expect(documents.contains { path.erased(from: $0) != nil }, "\(rule.id): \(path)")
      }
    }
  }
}
