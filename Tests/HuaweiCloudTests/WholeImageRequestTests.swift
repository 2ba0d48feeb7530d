// SPDX-License-Identifier: Apache-2.0

import Facts
import HuaweiCloud
import Testing

@Suite struct WholeImageRequestTests {
  static let server = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"

  @Test func serverForm() throws {
    let body =
      #"{"name":"backup of web","instance_id":"877A2CDA-ba63-4e1e-b95f-e67e48b6129a","max_ram":4096,"new":[1]}"#
    let request = try WholeImageRequest(body: Array(body.utf8))
    #expect(request.name == "backup of web")
    #expect(request.source == .server(id: Self.server))
    #expect(request.json["new"] == [1])
  }

  @Test func mergedBodyWithEmptyServer() throws {
    let body = #"{"name":"n","instance_id":"","backup_id":"9b27efab-4a17-4c06-bfa2-3e0cf021d3c3"}"#
    #expect(
      try WholeImageRequest(body: Array(body.utf8)).source
        == .backup(id: "9b27efab-4a17-4c06-bfa2-3e0cf021d3c3", type: .csbs))
  }

  @Test(arguments: [
    (#""#, "IMG.0007"), (#"{"#, "IMG.0001"), (#"[]"#, "IMG.0001"), (#""text""#, "IMG.0001"), (#"{} {}"#, "IMG.0001"),
    (#"{"name":"a","name":"b","instance_id":"S"}"#, "IMG.0001"),
    (#"{"instance_id":"S"}"#, "IMG.0013"), (#"{"name":null,"instance_id":"S"}"#, "IMG.0013"),
    (#"{"name":"","instance_id":"S"}"#, "IMG.0013"), (#"{"name":7,"instance_id":"S"}"#, "IMG.0062"),
    (#"{"name":" a","instance_id":"S"}"#, "IMG.0003"), (#"{"name":"a ","instance_id":"S"}"#, "IMG.0003"),
    (#"{"name":"a/b","instance_id":"S"}"#, "IMG.0003"), (#"{"name":"a\nb","instance_id":"S"}"#, "IMG.0003"),
    (#"{"name":"é","instance_id":"S"}"#, "IMG.0003"), (#"{"name":"\ud83d\ude00","instance_id":"S"}"#, "IMG.0003"),
    (#"{"name":"a"}"#, "IMG.0012"), (#"{"name":"a","instance_id":""}"#, "IMG.0012"),
    (#"{"name":"a","instance_id":null}"#, "IMG.0012"), (#"{"name":"a","instance_id":7}"#, "IMG.0031"),
    (#"{"name":"a","instance_id":"877a2cda"}"#, "IMG.0031"),
    (#"{"name":"a","instance_id":"877a2cdaxba63-4e1e-b95f-e67e48b6129a"}"#, "IMG.0031"),
    (#"{"name":"a","backup_id":["x"]}"#, "IMG.0031"),
    (#"{"name":"a","instance_id":"S","backup_id":"S"}"#, "IMG.0157"),
  ])
  func refusals(body: String, code: String) {
    let text = body.split(separator: #""S""#, omittingEmptySubsequences: false).joined(separator: #""\#(Self.server)""#)
    #expect {
      try WholeImageRequest(body: Array(text.utf8))
    } throws: { error in
      (error as? RequestViolations)?.code.rawValue == code
    }
  }

  @Test(
    arguments: [
      (1, "a", nil), (128, "a", nil), (129, "a", "IMG.0002"), (128, "整", nil), (129, "整", "IMG.0002"),
    ] as [(Int, String, String?)])
  func nameLengths(count: Int, character: String, code: String?) {
    let name = String(repeating: character, count: count)
    let json: JSON = .members(("name", .string(name)), ("instance_id", .string(Self.server)))
    var found: String?
    do throws(RequestViolations) { _ = try WholeImageRequest(json: json) } catch { found = error.code.rawValue }
    #expect(found == code)
  }

  @Test(arguments: ["a", "A.b-c_d 9", "整机镜像 2026", #"\u6574\u673a"#])
  func goodNames(name: String) throws {
    _ = try WholeImageRequest(body: Array(#"{"name":"\#(name)","instance_id":"\#(Self.server)"}"#.utf8))
  }

  @Test func everyViolationIsTold() {
    #expect {
      try WholeImageRequest(body: Array(#"{"name":"a?","instance_id":"x"}"#.utf8))
    } throws: { error in
      guard let violations = error as? RequestViolations else { return false }
      let words = violations.description
      return violations.others.count == 1 && words.contains("name has the character \"?\"")
        && words.contains("instance_id must be a UUID, found \"x\"")
    }
  }
}
