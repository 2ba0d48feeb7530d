// SPDX-License-Identifier: Apache-2.0

import Facts
import HuaweiCloud
import Testing

/// The bodies of what is done with images and servers afterwards.
@Suite struct FollowOnBodyTests {
  static let a = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"
  static let b = "fe84dd80-0229-4918-8d3d-cbb33154b565"

  /// The body with `A` and `B` made ids.
  static func filled(_ body: String) -> [UInt8] {
    var text = body
    for (mark, id) in [("\"A\"", a), ("\"B\"", b)] {
      text = text.split(separator: mark, omittingEmptySubsequences: false).joined(separator: "\"\(id)\"")
    }
    return Array(text.utf8)
  }

  @Test(
    arguments: [
      (#"{"os-start":{"servers":[{"id":"A"}]}}"#, .start, [a]),
      (#"{"os-stop":{"type":"SOFT","servers":[{"id":"A"},{"id":"B"},{"id":"A"}]}}"#, .stop, [a, b]),
      (#"{"reboot":{"type":"HARD","servers":[{"id":"B","name":"n"}]}}"#, .reboot, [b]),
      (#"{"os-else":{"servers":[{"id":"A"}]}}"#, .other("os-else"), [a]),
      (#"{"os-start":{"servers":[{"id":"877A2CDA-BA63-4e1e-b95f-e67e48b6129a"}]}}"#, .start, [a]),
      (#"{"os\u002dstart":{"servers":[{"id":"A"}]}}"#, .start, [a]),
    ] as [(String, ServerAction.Kind, [String])])
  func serverBatches(body: String, kind: ServerAction.Kind, servers: [String]) throws {
    let action = try ServerAction(body: Self.filled(body))
    #expect(action.kind == kind)
    #expect(action.servers == servers)
  }

  @Test(arguments: [
    "", "{", "[]", "null", "{}", #"{"os-start":null}"#, #"{"os-start":{}}"#, #"{"os-start":[]}"#,
    #"{"os-start":{"servers":[]}}"#, #"{"os-start":{"servers":null}}"#, #"{"os-start":{"servers":{"id":"A"}}}"#,
    #"{"os-start":{"servers":["A"]}}"#, #"{"os-start":{"servers":[{"id":"x"}]}}"#,
    #"{"os-start":{"servers":[{"id":"A"},{"id":7}]}}"#, #"{"os-start":{"servers":[{"id":"A"},{}]}}"#,
    #"{"os-start":{"servers":[{"id":"A"}]},"os-stop":{"servers":[{"id":"B"}]}}"#,
    #"{"os-stop":{"servers":[{"id":"A"}]},"x":1}"#,
    #"{"os-start":{"servers":[{"id":"A"}]},"os-start":{"servers":[{"id":"B"}]}}"#,
    #"{"os-start":{"servers":[{"id":"A"}],"servers":[{"id":"B"}]}}"#,
    #"{"os-start":{"servers":[{"id":"A","id":"B"}]}}"#, #"{"os-start":{"servers":[{"id":"A","Id":"B"}]}}"#,
    #"{"os-start":{"servers":[{"id":"A"}],"Servers":[{"id":"B"}]}}"#,
    #"{"OS-START":{"servers":[{"id":"A"}]}}"#, #"{"Reboot":{"servers":[{"id":"A"}]}}"#,
    #"{" os-start":{"servers":[{"id":"A"}]}}"#, #"{"os-start\u0000":{"servers":[{"id":"A"}]}}"#,
    #"{"":{"servers":[{"id":"A"}]}}"#, #"{"os-else":{"ids":["A"]}}"#,
  ])
  func serverBatchesThatCannotBeRead(body: String) {
    let error = #expect(throws: RequestViolations.self) { try ServerAction(body: Self.filled(body)) }
    #expect(error?.code == .serverRequestWrong)
  }

  @Test(
    arguments: [
      (#"{"os-start":{}}"#, .start), (#"{"os-start":null}"#, .start), (#"{"os-stop":{"type":"HARD"}}"#, .stop),
      (#"{"reboot":{"type":"SOFT"}}"#, .reboot), (#"{"createImage":{"name":"n"}}"#, .other("createImage")),
    ] as [(String, ServerAction.Kind)])
  func nativeActions(body: String, kind: ServerAction.Kind) throws {
    let action = try ServerAction(server: Self.a, body: body.utf8)
    #expect(action.kind == kind)
    #expect(action.servers == [Self.a])
  }

  @Test(arguments: [
    "", "{}", "[]", #"{"os-start":{},"os-stop":{}}"#, #"{"x":1,"os-start":{}}"#, #"{"os-start":{},"os-start":{}}"#,
    #"{"Os-Start":{}}"#, #"{"os-start ":{}}"#, #"{"os_start\n":{}}"#,
  ])
  func nativeActionsThatCannotBeRead(body: String) {
    #expect(throws: RequestViolations.self) { try ServerAction(server: Self.a, body: body.utf8) }
  }

  @Test func sharing() throws {
    let body = #"{"images":["A","B","877A2CDA-ba63-4e1e-b95f-e67e48b6129a"],"projects":["p"],"domains":[],"x":1}"#
    let sharing = try ImageSharing(body: Self.filled(body))
    #expect(sharing.images == [Self.a, Self.b])
    #expect(sharing.projects == ["p"])
    #expect(sharing.domains == [] && sharing.organizations == [])
    let native = try ImageSharing(image: Self.a, body: #"{"member":"p"}"#.utf8)
    #expect(native.images == [Self.a] && native.projects == ["p"])
  }

  @Test(arguments: [
    ("", "IMG.0007"), ("[]", "IMG.0001"), ("{}", "IMG.0027"), (#"{"images":[]}"#, "IMG.0027"),
    (#"{"images":null}"#, "IMG.0027"), (#"{"images":"A"}"#, "IMG.0066"), (#"{"images":["x"]}"#, "IMG.0066"),
    (#"{"images":["A",7]}"#, "IMG.0066"), (#"{"images":["A"],"images":["B"]}"#, "IMG.0001"),
    (#"{"images":["A"],"Images":["B"]}"#, "IMG.0001"), (#"{"images":["A"],"projects":"p"}"#, "IMG.0001"),
    (#"{"images":["A"],"projects":[1]}"#, "IMG.0001"),
  ])
  func sharingThatCannotBeRead(body: String, code: String) {
    let error = #expect(throws: RequestViolations.self) { try ImageSharing(body: Self.filled(body)) }
    #expect(error?.code.rawValue == code)
  }

  @Test(arguments: ["", "{}", #"{"member":""}"#, #"{"member":null}"#, #"{"member":["p"]}"#, #"{"Member":"p"}"#])
  func nativeSharingThatCannotBeRead(body: String) {
    #expect(throws: RequestViolations.self) { try ImageSharing(image: Self.a, body: body.utf8) }
  }

  @Test func exportsAndCopies() throws {
    let export = try ImageExport(
      image: Self.a, body: #"{"bucket_url":"b:f","file_format":"qcow2","is_quick_export":false}"#.utf8)
    #expect(export.bucketURL == "b:f" && export.fileFormat == "qcow2" && export.json["is_quick_export"] == false)
    #expect(try ImageExport(image: Self.a, body: "{}".utf8).bucketURL == nil)
    #expect(try ImageCopy(image: Self.a, body: #"{"name":"n","cmk_id":"k"}"#.utf8).name == "n")
    for body in ["", "[]", "{", #"{"name":7,"file_format":7}"#, #"{"name":"a","name":"b","file_format":1}"#] {
      #expect(throws: RequestViolations.self) { try ImageExport(image: Self.a, body: body.utf8) }
      #expect(throws: RequestViolations.self) { try ImageCopy(image: Self.a, body: body.utf8) }
    }
  }
}
