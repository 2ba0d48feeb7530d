// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

@Suite struct JSONWriterTests {
  @Test func canonicalFormSortsKeysByBytes() {
    let value = JSON.members(("b", 1), ("a", 2), ("Z", 3), ("é", 4), ("中", 5), ("aa", 6))
    #expect(value.text == #"{"Z":3,"a":2,"aa":6,"b":1,"é":4,"中":5}"#)
  }

  @Test func canonicalFormKeepsTextAndEscapesControls() {
    let value: JSON = .string("a/b\"c\\d\n\r\t\u{1}\u{7F}数据😀")
    #expect(value.text == #""a/b\"c\\d\n\r\t\u0001\u007f数据😀""#)
  }

  @Test func numbersAreExact() {
    let value: JSON = .array([.integer(.min), .integer(.max), .unsigned(.max), JSON(UInt64(7)), .number(1.5)])
    #expect(value.text == "[-9223372036854775808,9223372036854775807,18446744073709551615,7,1.5]")
  }

  @Test func equalNumbersAreEqualValues() {
    #expect(JSON(UInt64(7)) == .integer(7))
    #expect(JSON(UInt64(Int64.max)) == .integer(.max))
    #expect(JSON(UInt64(Int64.max) + 1) == .unsigned(9_223_372_036_854_775_808))
  }

  @Test func prettyFormIsForPeople() {
    let value = JSON.members(("a", .array([1, .members(("b", .null))])), ("c", .array([])), ("d", .members()))
    #expect(
      String(decoding: value.prettyBytes, as: UTF8.self) == """
        {
          "a": [
            1,
            {
              "b": null
            }
          ],
          "c": [],
          "d": {}
        }

        """)
  }

  @Test(arguments: FactsFixtures.names) func whatIsWrittenReadsBackTheSame(_ name: String) throws {
    let document = try FactsFixtures.document(name)
    #expect(try JSON(parsing: document.canonicalBytes) == document)
    #expect(try JSON(parsing: document.prettyBytes) == document)
    #expect(try document.prettyBytes == FactsFixtures.bytes(name), "fixtures are kept in the form that is written")
  }

  @Test func equalValuesGiveEqualBytesWhateverTheOrderOfTheSource() throws {
    let one = try JSON(parsing: Array(#"{"x":{"b":1,"a":2},"y":[1,2]}"#.utf8))
    let other = try JSON(parsing: Array(#" { "y" : [1, 2], "x" : {"a":2, "b":1} } "#.utf8))
    #expect(one == other)
    #expect(one.canonicalBytes == other.canonicalBytes)
  }

  @Test func membersCanBeSetAndRemoved() {
    var object = JSONObject([("b", 2), ("a", 1), ("b", 3), ("c", nil)])
    #expect(object.members.map(\.key) == ["a", "b"])
    #expect(object["b"] == 3)
    object["a"] = nil
    object["0"] = .null
    object["missing"] = nil
    #expect(object.members.map(\.key) == ["0", "b"])
    #expect(object["a"] == nil)
  }

  /// Texts are looked at eight bytes at a time: every character at every place, against one that looks at each.
  @Test func escapesAtEveryPlace() {
    let scalars = (0..<0x100).compactMap(Unicode.Scalar.init) + ["整", "\u{10FFFF}"]
    for scalar in scalars {
      for before in 0..<17 {
        let text = String(repeating: "a", count: before) + String(scalar) + "é!"
        var expected = "\""
        for scalar in text.unicodeScalars {
          switch scalar {
          case "\"": expected += #"\""#
          case "\\": expected += #"\\"#
          case "\n": expected += #"\n"#
          case "\r": expected += #"\r"#
          case "\t": expected += #"\t"#
          case "\0"..<" ", "\u{7F}":
            let digits = String(scalar.value, radix: 16)
            expected += #"\u00"# + String(repeating: "0", count: 2 - digits.count) + digits
          default: expected.unicodeScalars.append(scalar)
          }
        }
        #expect(JSON.string(text).text == expected + "\"")
      }
    }
  }
}
