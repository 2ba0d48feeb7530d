// SPDX-License-Identifier: Apache-2.0

import Facts
import HuaweiCloud
import Testing

/// What a request comes out as, and bodies that are unusual in form.
@Suite struct RequestShapeTests {
  static let server = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"
  static let backup = "9b27efab-4a17-4c06-bfa2-3e0cf021d3c3"

  static func violations(_ body: String) -> RequestViolations? {
    do throws(RequestViolations) { _ = try WholeImageRequest(body: body.utf8) } catch { return error }
    return nil
  }

  @Test func everyMember() throws {
    let body = """
      {"name":"\\u6574\\u673a 1","description":"two\\u0020words","instance_id":"","backup_id":"\(Self.backup.uppercased())",
       "whole_image_type":"CBR","enterprise_project_id":"\(Self.server.uppercased())","min_ram":1024.0,"max_ram":2048,
       "vault_id":"\(Self.server)","tags":["a.1.2","b","a.3"],"image_tags":[],"later":{"x":[null]}}
      """
    let request = try WholeImageRequest(body: body.utf8)
    #expect(request.name == "整机 1")
    #expect(request.description == "two words")
    #expect(request.source == .backup(id: Self.backup, type: .cbr))
    #expect(request.enterpriseProjectID == Self.server)
    #expect(request.minRAM == 1024)
    #expect(request.maxRAM == 2048)
    #expect(request.vaultID == Self.server)
    #expect(request.tags == [ImageTag(key: "a", value: "3"), ImageTag(key: "b", value: "")])
    #expect(request.json == (try JSON(parsing: body.utf8)))
  }

  @Test func leastMembers() throws {
    let empty = #""description":"","tags":[],"enterprise_project_id":"0","min_ram":0,"max_ram":0,"vault_id":"""#
    for more in ["", "," + empty] {
      let request = try WholeImageRequest(body: #"{"name":"n","instance_id":"\#(Self.server)"\#(more)}"#.utf8)
      #expect(request.source == .server(id: Self.server))
      #expect(request.description == nil && request.enterpriseProjectID == nil && request.vaultID == nil)
      #expect(request.minRAM == nil && request.maxRAM == nil && request.tags == [])
    }
  }

  @Test func bothFormsOfTagsComeOutTheSame() throws {
    let plain = #"{"name":"n","instance_id":"\#(Self.server)","tags":["k.v.w","整"]}"#
    let pairs =
      #"{"name":"n","instance_id":"\#(Self.server)","image_tags":[{"key":"k","value":"v.w"},{"key":"整","value":""}]}"#
    #expect(try WholeImageRequest(body: plain.utf8).tags == WholeImageRequest(body: pairs.utf8).tags)
  }

  @Test(
    arguments: [
      (#""backup_id":"B""#, "CSBS"), (#""backup_id":"B","whole_image_type":"""#, "CSBS"),
      (#""backup_id":"B","whole_image_type":null"#, "CSBS"), (#""backup_id":"B","whole_image_type":"CSBS""#, "CSBS"),
      (#""backup_id":"B","whole_image_type":"CBR""#, "CBR"), (#""backup_id":"B","instance_id":"""#, "CSBS"),
      (#""backup_id":"B","instance_id":null"#, "CSBS"),
    ])
  func backupTypes(members: String, type: String) throws {
    let body = #"{"name":"n",\#(members)}"#
      .split(separator: "\"B\"", omittingEmptySubsequences: false).joined(separator: "\"\(Self.backup)\"")
    let request = try WholeImageRequest(body: body.utf8)
    #expect(
      request.source == .backup(id: Self.backup, type: try #require(WholeImageRequest.BackupType(rawValue: type))))
  }

  @Test(arguments: [
    (#"{"name":"n"}"#, "IMG.0012", "instance_id is missing, and so is backup_id"),
    (#"{"name":"n","instance_id":"","backup_id":""}"#, "IMG.0012", "instance_id is missing"),
    (#"{"name":"n","whole_image_type":"CBR"}"#, "IMG.0019", "backup_id is missing"),
    (#"{"name":"n","backup_id":"","whole_image_type":"CSBS"}"#, "IMG.0019", "backup_id is missing"),
    (
      #"{"name":"n","backup_id":"x","instance_id":"y"}"#, "IMG.0031",
      "instance_id must be a UUID, found \"y\"; backup_id"
    ),
    (#"{"name":"n","backup_id":true}"#, "IMG.0031", "backup_id must be a string, found the boolean true"),
    (#"{"Name":"n","name":"n"}"#, "IMG.0001", "\"Name\" must be written name"),
    (#"{"name":"n","INSTANCE_ID":"x"}"#, "IMG.0001", "\"INSTANCE_ID\" must be written instance_id"),
    (#"{"name":"n","in\u017ftance_id":"x"}"#, "IMG.0001", "must be written instance_id"),
    (#"{"name":"n","name":"n"}"#, "IMG.0001", "duplicate key"),
    (#"{"name":"n","n\u0061me":"n"}"#, "IMG.0001", "duplicate key"),
    (#"{"name":"n","x":{"y":1,"y":1}}"#, "IMG.0001", "duplicate key"),
    (#"{"name":"\ud83d"}"#, "IMG.0001", "bad string"), (#"{"name":"\udc00\ud83d"}"#, "IMG.0001", "bad string"),
    (#"{"name":"n","min_ram":01}"#, "IMG.0001", "bad number"), (#"{"name":"n","min_ram":NaN}"#, "IMG.0001", "at byte"),
    (#"{"name":"n",}"#, "IMG.0001", "unexpected byte"), (#"{'name':'n'}"#, "IMG.0001", "unexpected byte"),
    ("\u{FEFF}{}", "IMG.0001", "unexpected byte"), (" ", "IMG.0001", "unexpected end"),
    (#"{"name":"n"}{"name":"m"}"#, "IMG.0001", "trailing bytes"), ("null", "IMG.0001", "must be an object, found null"),
  ])
  func wrongBodies(body: String, code: String, words: String) throws {
    let violations = try #require(Self.violations(body))
    #expect(violations.code.rawValue == code)
    #expect(violations.description.contains(words), "\(violations)")
  }

  @Test func bytesThatAreNotUTF8() {
    #expect(throws: RequestViolations.self) {
      try WholeImageRequest(body: Array(#"{"name":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8))
    }
  }

  @Test func messagesNameFieldLimitAndValue() throws {
    let long = String(repeating: "é", count: 200)
    let body =
      #"{"name":"\#(long)","instance_id":"\u0007\u202e","tags":["k.\#(long)"],"min_ram":"8","max_ram":-1,"vault_id":[]}"#
    let violations = try #require(Self.violations(body))
    let words = violations.description
    for part in [
      "name has 200 characters, at most 128 are allowed: \"éé", "name has the character \"é\"",
      "instance_id must be a UUID, found \"\\x07\\xe2\\x80\\xae\"",
      "tags[0] has a value of 200 characters, at most 43 are allowed", "found \"8\"", "found the number -1",
      "vault_id must be a string, found an array", "…",
    ] { #expect(words.contains(part), "\(part) in \(words)") }
    #expect(!words.contains(String(repeating: "é", count: 65)))
  }

  @Test func manyViolationsAreCounted() throws {
    let tags = [String](repeating: "?", count: 1000).map { "\"\($0)\"" }.joined(separator: ",")
    let violations = try #require(Self.violations(#"{"name":"n","instance_id":"\#(Self.server)","tags":[\#(tags)]}"#))
    #expect(violations.others.count == 31)
    #expect(violations.omitted == 968)
    #expect(violations.description.hasSuffix("; and 968 more"))
    #expect(violations.description.utf8.count < 10_000)
  }

  @Test func oneHugeCharacterIsShownShort() throws {
    let marks = String(repeating: "\u{301}", count: 100_000)
    let violations = try #require(Self.violations(#"{"name":"a\#(marks)","instance_id":"a\#(marks)"}"#))
    #expect(violations.description.utf8.count < 2000)
  }

  @Test func unknownMembersAreKept() throws {
    let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
    let body = #"{"name":"n","instance_id":"\#(Self.server)","deep":\#(deep),"Other":1.5e3,"n":18446744073709551615}"#
    let request = try WholeImageRequest(body: body.utf8)
    #expect(request.json["n"] == .unsigned(.max))
    #expect(request.json["Other"] == .number(1500))
    #expect(request.json["deep"]?.array?.count == 1)
    let deeper = String(repeating: "[", count: 100_000)
    #expect(Self.violations(#"{"deep":\#(deeper)"#)?.code == .malformedRequest)
  }

  @Test func theModelReadsItsOwnJSON() throws {
    let body = #"{"name":"整","backup_id":"\#(Self.backup)","tags":["a.b"],"x":1}"#
    let request = try WholeImageRequest(body: body.utf8)
    #expect(try WholeImageRequest(json: request.json) == request)
    #expect(try WholeImageRequest(body: request.json.canonicalBytes) == request)
  }

  @Test func changedBodiesAreReadOrRefused() throws {
    var random = SeededGenerator(seed: 17)
    let good = Array(
      #"{"name":"整 1","backup_id":"\#(Self.backup)","tags":["a.b"],"min_ram":1,"max_ram":2.0,"x":{"y":"\ud83d\ude00"}}"#
        .utf8)
    var (read, refused) = (0, 0)
    for _ in 0..<20_000 {
      var body = good
      for _ in 0...Int.random(in: 0..<3, using: &random) {
        let index = Int.random(in: 0..<body.count, using: &random)
        if Bool.random(using: &random) {
          body[index] = UInt8.random(in: 0...255, using: &random)
        } else {
          body.swapAt(index, Int.random(in: 0..<body.count, using: &random))
        }
      }
      do throws(RequestViolations) {
        let request = try WholeImageRequest(body: body)
        read += 1
        #expect(try WholeImageRequest(body: request.json.canonicalBytes) == request)
      } catch {
        refused += 1
        #expect(!error.description.isEmpty && error.description.utf8.count < 4000)
      }
    }
    #expect(read > 100 && refused > 100)
  }
}
