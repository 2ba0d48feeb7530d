// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

@Suite struct JSONReaderTests {
  @Test(arguments: [
    ("null", JSON.null), ("true", .bool(true)), ("false", .bool(false)), ("0", .integer(0)), ("-0", .integer(0)),
    ("-17", .integer(-17)), ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .unsigned(9_223_372_036_854_775_808)), ("18446744073709551615", .unsigned(.max)),
    ("1.5", .number(1.5)), ("1e3", .number(1000)), ("-2.5E-1", .number(-0.25)), ("\"\"", .string("")),
    ("[]", .array([])), ("{}", .object(JSONObject())), (" [ 1 ,\n2\t] ", .array([.integer(1), .integer(2)])),
    (#"{"b":1,"a":[null]}"#, .members(("a", .array([.null])), ("b", .integer(1)))),
  ]) func values(_ text: String, _ expected: JSON) throws {
    #expect(try JSON(parsing: Array(text.utf8)) == expected)
  }

  @Test(arguments: [
    (#""a\"b\\c\/d""#, "a\"b\\c/d"), (#""\b\f\n\r\t""#, "\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u4e2d""#, "Aé中"),
    (#""\ud83d\ude00""#, "😀"), (#""\u0000""#, "\0"), ("\"数据\"", "数据"),
  ]) func strings(_ text: String, _ expected: String) throws {
    #expect(try JSON(parsing: Array(text.utf8)) == .string(expected))
  }

  @Test(arguments: [
    ("", JSONSyntaxError.Code.unexpectedEnd), ("  ", .unexpectedEnd), ("[1", .unexpectedEnd), ("[1,", .unexpectedEnd),
    ("{\"a\"", .unexpectedEnd), ("{\"a\":", .unexpectedEnd), ("{\"a\":1", .unexpectedEnd), ("\"abc", .unexpectedEnd),
    ("tru", .unexpectedEnd), ("-", .unexpectedEnd), ("trux", .unexpectedByte), ("[1 2]", .unexpectedByte),
    ("{a:1}", .unexpectedByte), ("{\"a\" 1}", .unexpectedByte), ("+1", .unexpectedByte), ("[,]", .unexpectedByte),
    ("[1,]", .unexpectedByte), ("NaN", .unexpectedByte), ("01", .badNumber), ("1.", .badNumber), ("1e", .badNumber),
    ("1e999", .badNumber), ("18446744073709551616", .badNumber), ("-9223372036854775809", .badNumber),
    ("\"\\x41\"", .badString), ("\"\\ud800\"", .badString), ("\"\\ud800\\u0041\"", .badString),
    ("\"\\udc00\"", .badString), ("\"\\u12g4\"", .badString), ("\"a\nb\"", .badString), ("1 2", .trailingBytes),
    ("{} x", .trailingBytes), (#"{"a":1,"a":1}"#, .duplicateKey), (#"{"b":1,"a":2,"b":3}"#, .duplicateKey),
    (#"{"a":1,"\u0061":1}"#, .duplicateKey),
  ]) func refusals(_ text: String, _ code: JSONSyntaxError.Code) {
    let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: Array(text.utf8)) }
    #expect(error?.code == code, "\(text)")
  }

  @Test func bytesThatAreNotUTF8AreRefused() {
    for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] {
      let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: bytes) }
      #expect(error?.code == .badString)
    }
  }

  @Test func nestingIsBounded() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array(String(repeating: "[", count: depth).utf8) + Array(String(repeating: "]", count: depth).utf8)
    }
    _ = try JSON(parsing: nested(64))
    let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: nested(100_000)) }
    #expect(error?.code == .tooDeep)
    let shallow = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: nested(4), depthLimit: 2) }
    #expect(shallow?.code == .tooDeep)
  }

  @Test func anyCutDocumentIsRefused() throws {
    let bytes = try FactsFixtures.document("lvm-two-disks").canonicalBytes
    for length in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: JSONSyntaxError.self) { try JSON(parsing: bytes.prefix(length)) }
    }
  }

  @Test func aLongNumberIsRefusedQuickly() {
    let digits = [UInt8](repeating: UInt8(ascii: "9"), count: 1_000_000)
    let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: digits) }
    #expect(error?.code == .badNumber)
  }
}
