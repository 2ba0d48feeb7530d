// SPDX-License-Identifier: Apache-2.0

import Facts
import HuaweiCloud
import Testing

/// Holds the Chinese words of what is wrong with a request to the English ones.
@Suite struct ChineseWordsTests {
  /// Whether a text has a Chinese character.
  static func isChinese(_ text: String) -> Bool {
    text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
  }

  /// Numbers and quoted values, which are the same in every language.
  static func values(in text: String) -> [String] {
    var values: [String] = []
    for (index, part) in text.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
      if index % 2 == 1 {
        values.append(String(part))
      } else {
        values += part.split { !$0.isASCII || !$0.isNumber }.map(String.init)
      }
    }
    return values
  }

  static func expectTheSame(_ english: String, _ chinese: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(isChinese(chinese), "\(english)", sourceLocation: sourceLocation)
    for value in values(in: english) {
      #expect(chinese.contains(value), "\(value) of \(english) in \(chinese)", sourceLocation: sourceLocation)
    }
  }

  static let server = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"
  static let long = String(repeating: "n", count: 1100)

  @Test(arguments: [
    "", "[]", #"{"name":"n","name":"n"}"#, "{}", #"{"name":5}"#, #"{"name":""}"#, #"{"name":" n"}"#, #"{"name":"n/n"}"#,
    #"{"name":"\#(long)","description":"\#(long)"}"#, #"{"name":"n","description":"<"}"#, #"{"Name":"n"}"#,
    #"{"name":"n","instance_id":"x","backup_id":[]}"#, #"{"name":"n","whole_image_type":"cbr"}"#,
    #"{"name":"n","whole_image_type":"CBR"}"#, #"{"name":"n","instance_id":"\#(server)","backup_id":"\#(server)"}"#,
    #"{"name":"n","tags":["a.b"],"image_tags":[{"key":"a"}]}"#,
    #"{"name":"n","tags":[1,".v","\#(long).\#(long)","?.?"]}"#,
    #"{"name":"n","image_tags":[1,{},{"key":1},{"key":"a","value":{}}]}"#, #"{"name":"n","tags":{}}"#,
    #"{"name":"n","tags":["a","b","c","d","e","f","g","h","i","j","k"]}"#,
    #"{"name":"n","min_ram":-1,"max_ram":true}"#, #"{"name":"n","min_ram":2,"max_ram":1}"#,
    #"{"name":"n","enterprise_project_id":"x","vault_id":false}"#,
  ])
  func wholeImages(body: String) {
    let error = #expect(throws: RequestViolations.self) { try WholeImageRequest(body: body.utf8) }
    for violation in (error.map { [$0.first] + $0.others } ?? []) {
      Self.expectTheSame(violation.message, violation.chinese)
    }
    #expect(error?.chinese.contains(error?.first.field ?? "?") == true)
  }

  @Test func manyAreCounted() {
    let tags = repeatElement(#""?""#, count: 100).joined(separator: ",")
    let error = #expect(throws: RequestViolations.self) { try WholeImageRequest(body: #"{"tags":[\#(tags)]}"#.utf8) }
    #expect(error?.omitted == 70)
    #expect(error?.chinese.hasSuffix("；另有 70 处") == true)
  }

  @Test(arguments: [
    "[]", "{}", #"{"a":1,"b":2}"#, #"{" os-start":{}}"#, #"{"OS-START":{}}"#, #"{"os-start":{"servers":[]}}"#,
    #"{"os-start":{"servers":[5,{},{"ID":"x"},{"id":"x"}]}}"#,
  ])
  func serverActions(body: String) {
    let error = #expect(throws: RequestViolations.self) { try ServerAction(body: body.utf8) }
    for violation in (error.map { [$0.first] + $0.others } ?? []) {
      Self.expectTheSame(violation.message, violation.chinese)
    }
  }

  @Test(arguments: [#"{}"#, #"{"images":[1]}"#, #"{"images":["\#(server)"],"projects":[{}]}"#])
  func sharing(body: String) {
    let error = #expect(throws: RequestViolations.self) { try ImageSharing(body: body.utf8) }
    for violation in (error.map { [$0.first] + $0.others } ?? []) {
      Self.expectTheSame(violation.message, violation.chinese)
    }
    let member = #expect(throws: RequestViolations.self) { try ImageSharing(image: Self.server, body: "{}".utf8) }
    #expect(member.map { Self.isChinese($0.chinese) } == true)
  }

  @Test(arguments: ["x", "/%", "/a//b", "/./a", "/a;b"])
  func paths(path: String) {
    let error = #expect(throws: RequestViolations.self) { try CallPath(path) }
    Self.expectTheSame(error?.description ?? "", error?.chinese ?? "")
  }

  @Test(arguments: ["/v1/cloudimages/x/copy", "/v1/cloudimages/x/file", "/v2/images/x/members"])
  func identifiers(path: String) throws {
    let path = try CallPath(path)
    let error = #expect(throws: RequestViolations.self) { try GatedCall.recognise(method: "POST", path: path) }
    Self.expectTheSame(error?.description ?? "", error?.chinese ?? "")
  }

  @Test(
    arguments: [
      .authorizationMalformed("no Access"), .algorithmUnsupported("HMAC-7"), .temporaryKey,
      .requestAmbiguous("a 3 is there"),
      .headerMissing("host"), .headerRepeated("x-a"), .headerNotSigned("x-b"), .dateMalformed("20240102"),
      .clockSkew(signed: UTCTime(milliseconds: 0), now: UTCTime(milliseconds: 1_700_000_000_000)), .bodyHashDiffers,
      .bodyNotSigned, .notVerified,
    ] as [SignatureError])
  func signatures(error: SignatureError) {
    Self.expectTheSame(error.description, error.chinese)
  }
}
