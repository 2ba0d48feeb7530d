// SPDX-License-Identifier: Apache-2.0

import Facts
import HuaweiCloud
import Testing

/// Every parameter of a whole-image request at, below and above its limits, in both forms of the request.
@Suite struct RequestLimitsTests {
  static let id = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"

  /// The codes of everything that is wrong with a request of these further members; the same in both forms.
  static func codes(_ members: [(String, JSON)]) throws -> [String] {
    var found: [[String]] = []
    for source in ["instance_id", "backup_id"] {
      let json = JSON.object(JSONObject([("name", "n"), (source, .string(id))] + members))
      do throws(RequestViolations) {
        _ = try WholeImageRequest(body: json.canonicalBytes)
        found.append([])
      } catch {
        #expect(error.omitted == 0)
        found.append(([error.first] + error.others).map(\.code.rawValue))
      }
    }
    try #require(found.count == 2)
    #expect(found[0] == found[1])
    return found[0]
  }

  static func text(_ count: Int, _ character: String = "a") -> JSON {
    .string(String(repeating: character, count: count))
  }

  @Test(
    arguments: [
      ("name", text(1), []), ("name", text(127), []), ("name", text(128), []), ("name", text(129), ["IMG.0002"]),
      ("name", text(128, "整"), []), ("name", text(129, "整"), ["IMG.0002"]), ("name", text(0), ["IMG.0013"]),
      ("name", text(129, "?"), ["IMG.0002", "IMG.0003"]), ("name", " ", ["IMG.0003"]), ("name", "a  b", []),
      ("name", " a?", ["IMG.0003", "IMG.0003"]), ("name", "a\u{301}", ["IMG.0003"]), ("name", "\u{4E00}\u{9FFF}", []),
      ("name", "\u{4DFF}", ["IMG.0003"]), ("name", "\u{A000}", ["IMG.0003"]), ("name", "a\u{3000}b", ["IMG.0003"]),
      ("name", 7, ["IMG.0062"]), ("name", ["n"], ["IMG.0062"]), ("name", .null, ["IMG.0013"]),

      ("description", text(0), []), ("description", text(1023), []), ("description", text(1024), []),
      ("description", text(1025), ["IMG.0004"]), ("description", text(1024, "整"), []),
      ("description", text(1025, "整"), ["IMG.0004"]), ("description", text(1024, "😀"), []),
      ("description", "a b\t\"&/\\", []), ("description", "a\rb", ["IMG.0054"]), ("description", "a\nb", ["IMG.0054"]),
      ("description", "a<b", ["IMG.0054"]), ("description", "a>b", ["IMG.0054"]),
      ("description", "a\r\nb", ["IMG.0054"]), ("description", text(1025, "<"), ["IMG.0004", "IMG.0054"]),
      ("description", .null, []), ("description", 7, ["IMG.0054"]), ("description", false, ["IMG.0054"]),

      ("enterprise_project_id", "", []), ("enterprise_project_id", "0", []), ("enterprise_project_id", .null, []),
      ("enterprise_project_id", .string(id), []), ("enterprise_project_id", "00", ["IMG.0155"]),
      ("enterprise_project_id", "1", ["IMG.0155"]), ("enterprise_project_id", 0, ["IMG.0155"]),
      ("enterprise_project_id", "877a2cda-ba63-4e1e-b95f-e67e48b6129", ["IMG.0155"]),

      ("vault_id", "", []), ("vault_id", .string(id), []), ("vault_id", .null, []), ("vault_id", "0", ["IMG.0184"]),
      ("vault_id", .string(id + "0"), ["IMG.0184"]), ("vault_id", [], ["IMG.0184"]),

      ("whole_image_type", "CBR", []), ("whole_image_type", "CSBS", []), ("whole_image_type", "", []),
      ("whole_image_type", .null, []), ("whole_image_type", "cbr", ["IMG.0021"]),
      ("whole_image_type", "CBR ", ["IMG.0021"]), ("whole_image_type", "CBRX", ["IMG.0021"]),
      ("whole_image_type", 1, ["IMG.0021"]),
    ] as [(String, JSON, [String])])
  func member(name: String, value: JSON, expected: [String]) throws {
    #expect(try Self.codes([(name, value)]) == expected)
  }

  @Test(arguments: ["min_ram", "max_ram"])
  func memory(name: String) throws {
    let table: [(JSON, Bool)] = [
      (0, true), (1, true), (1024, true), (.integer(.max), true), (.number(1024), true), (.number(0), true),
      (.null, true), (-1, false), (.integer(.min), false), (.unsigned(.max), false), (.number(0.5), false),
      (.number(-1), false), (.number(1e30), false), ("1024", false), ("", false), (true, false), ([], false),
    ]
    for (value, isGood) in table {
      #expect(try Self.codes([(name, value)]) == (isGood ? [] : ["IMG.0055"]), "\(value)")
    }
  }

  @Test(
    arguments: [
      (1024, 2048, []), (1024, 1024, []), (1025, 1024, ["IMG.0055"]), (1024, 0, []), (0, 1024, []), (0, 0, []),
      (1, nil, []), (nil, 1, []), (.number(2.0), 1, ["IMG.0055"]),
    ] as [(JSON?, JSON?, [String])])
  func memoryOrder(minimum: JSON?, maximum: JSON?, expected: [String]) throws {
    var members: [(String, JSON)] = []
    if let minimum { members.append(("min_ram", minimum)) }
    if let maximum { members.append(("max_ram", maximum)) }
    #expect(try Self.codes(members) == expected)
  }

  @Test(
    arguments: [
      ("k", "v", []), (String(repeating: "k", count: 36), String(repeating: "v", count: 43), []),
      (String(repeating: "k", count: 37), "", ["IMG.0115"]), ("k", String(repeating: "v", count: 44), ["IMG.0115"]),
      (String(repeating: "整", count: 36), String(repeating: "机", count: 43), []),
      (String(repeating: "整", count: 37), "v", ["IMG.0115"]), ("", "v", ["IMG.0115"]), ("k", "", []),
      ("K_9-整", "V_9-.整..", []), ("a b", "v", ["IMG.0115"]), ("k", "a b", ["IMG.0115"]), ("k", "a/b", ["IMG.0115"]),
      ("é", "v", ["IMG.0115"]), ("k", "😀", ["IMG.0115"]), ("k", "a\nb", ["IMG.0115"]),
      (String(repeating: "?", count: 37), String(repeating: "?", count: 44), .init(repeating: "IMG.0115", count: 4)),
    ] as [(String, String, [String])])
  func tag(key: String, value: String, expected: [String]) throws {
    #expect(try Self.codes([("tags", [.string("\(key).\(value)")])]) == expected)
    let pair: JSON = .members(("key", .string(key)), ("value", .string(value)), ("more", 1))
    #expect(try Self.codes([("image_tags", [pair])]) == expected)
  }

  @Test(
    arguments: [
      (#"[]"#, []), (#"["k"]"#, []), (#"["k."]"#, []), (#"[""]"#, ["IMG.0115"]), (#"[".v"]"#, ["IMG.0115"]),
      (#"[7]"#, ["IMG.0115"]), (#"[null]"#, ["IMG.0115"]), (#""k.v""#, ["IMG.0115"]), (#"{}"#, ["IMG.0115"]),
      (#"["a?.v","b.v","c.?"]"#, ["IMG.0115", "IMG.0115"]), (#"null"#, []),
    ] as [(String, [String])])
  func plainTags(text: String, expected: [String]) throws {
    #expect(try Self.codes([("tags", JSON(parsing: text.utf8))]) == expected)
  }

  @Test(
    arguments: [
      (#"[]"#, []), (#"[{"key":"k"}]"#, []), (#"[{"key":"k","value":null}]"#, []), (#"null"#, []),
      (#"[{"value":"v"}]"#, ["IMG.0115"]), (#"[{"key":null,"value":"v"}]"#, ["IMG.0115"]),
      (#"[{"key":7,"value":"v"}]"#, ["IMG.0115"]), (#"[{"key":"k","value":7}]"#, ["IMG.0115"]),
      (#"[{"key":"a.b","value":""}]"#, ["IMG.0115"]), (#"["k.v"]"#, ["IMG.0115"]), (#"{"key":"k"}"#, ["IMG.0115"]),
    ] as [(String, [String])])
  func tagPairs(text: String, expected: [String]) throws {
    #expect(try Self.codes([("image_tags", JSON(parsing: text.utf8))]) == expected)
  }

  @Test(arguments: [(9, []), (10, []), (11, ["IMG.0116"]), (5000, ["IMG.0116"])] as [(Int, [String])])
  func tagCount(count: Int, expected: [String]) throws {
    let plain = (0..<count).map { JSON.string("k\($0).v") }
    #expect(try Self.codes([("tags", .array(plain))]) == expected)
    let pairs = (0..<count).map { JSON.members(("key", .string("k\($0)")), ("value", "v")) }
    #expect(try Self.codes([("image_tags", .array(pairs))]) == expected)
    // A repeated key is an update, so it does not count.
    #expect(try Self.codes([("tags", .array(Array(plain.prefix(10)) + plain.prefix(10)))]) == [])
  }

  @Test func bothFormsOfTags() throws {
    let (plain, pair): (JSON, JSON) = (["k.v"], [.members(("key", "k"), ("value", "v"))])
    #expect(try Self.codes([("tags", plain), ("image_tags", pair)]) == ["IMG.0115"])
    #expect(try Self.codes([("tags", []), ("image_tags", pair)]) == [])
    #expect(try Self.codes([("tags", plain), ("image_tags", [])]) == [])
  }
}
