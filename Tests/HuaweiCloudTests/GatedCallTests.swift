// SPDX-License-Identifier: Apache-2.0

import HuaweiCloud
import Testing

@Suite struct GatedCallTests {
  static let image = "fe84dd80-0229-4918-8d3d-cbb33154b565"
  static let server = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"
  static let volume = "62f0d06b-808d-480d-8f2a-0c4a1d6be001"

  static func filled(_ path: String) -> String {
    path.split(separator: "/", omittingEmptySubsequences: false).map { segment in
      switch segment {
      case "I": image
      case "S": server
      case "V": volume
      default: String(segment)
      }
    }.joined(separator: "/")
  }

  @Test(
    arguments: [
      ("POST", "/v1/cloudimages/wholeimages/action", .createWholeImage),
      ("POST", "/v1/cloudimages/I/file", .exportImage(id: image)),
      ("POST", "/v2.1/cloudimages/I/file", .exportImage(id: image)),
      ("POST", "/v1/cloudimages/I/copy", .copyImageInRegion(id: image)),
      ("POST", "/v2.1/cloudimages/I/copy", .copyImageInRegion(id: image)),
      ("POST", "/v1/cloudimages/members", .shareImages), ("POST", "/v2/images/I/members", .shareImage(id: image)),
      ("POST", "/v1/p1/cloudservers/action", .actOnServers(project: "p1")),
      ("POST", "/v2.1/p1/servers/S/action", .actOnServer(project: "p1", server: server)),
      ("POST", "/v2/p1/servers/S/action", .actOnServer(project: "p1", server: server)),
      ("DELETE", "/v1/p1/cloudservers/S/detachvolume/V", .detachVolume(project: "p1", server: server, volume: volume)),
      (
        "DELETE", "/v2.1/p1/servers/S/os-volume_attachments/V",
        .detachVolume(project: "p1", server: server, volume: volume)
      ),
      // Spelled otherwise, and still the same call.
      ("post", "/V1/CloudImages/Members/", .shareImages), ("POST", "/v1/cloudimages/%6Dembers", .shareImages),
      ("POST", "/v1/cloudimages/members.json", .shareImages),
      ("POST", "/v7/cloudimages/I/file/", .exportImage(id: image)),
      ("POST", "/v1/cloudimages/FE84DD80-0229-4918-8d3d-cbb33154b565/copy", .copyImageInRegion(id: image)),
      // Not gated.
      ("POST", "/v1/cloudimages/I/cross_region_copy", nil), ("PUT", "/v1/cloudimages/members", nil),
      ("DELETE", "/v1/cloudimages/members", nil), ("GET", "/v2/cloudimages", nil), ("PUT", "/v2/images/I/file", nil),
      ("DELETE", "/v2/images/I", nil), ("GET", "/v2/images/I/members", nil), ("POST", "/v2/cloudimages/I/tags", nil),
      ("POST", "/v1/p1/cloudservers/S/attachvolume", nil), ("GET", "/v1/p1/jobs/I", nil), ("POST", "/", nil),
      ("POST", "/cloudimages/members", nil), ("POST", "/vx/cloudimages/members", nil), ("POST", "/v1", nil),
    ] as [(String, String, GatedCall?)])
  func calls(method: String, path: String, expected: GatedCall?) throws {
    #expect(try GatedCall.recognise(method: method, path: CallPath(Self.filled(path))) == expected)
  }

  @Test(arguments: [
    ("POST", "/v1/cloudimages/x/file", "IMG.0066"), ("POST", "/v1/cloudimages/x/copy", "IMG.0066"),
    ("POST", "/v2/images/x/members", "IMG.0066"), ("POST", "/v2.1/p1/servers/x/action", "Ecs.0005"),
    ("POST", "/v1/p%201/cloudservers/action", "Ecs.0005"),
    ("DELETE", "/v1/p1/cloudservers/S/detachvolume/x", "Ecs.0005"),
    ("DELETE", "/v1/p1/cloudservers/x/detachvolume/V", "Ecs.0005"),
  ])
  func idsThatAreNone(method: String, path: String, code: String) throws {
    let error = #expect(throws: RequestViolations.self) {
      try GatedCall.recognise(method: method, path: CallPath(Self.filled(path)))
    }
    #expect(error?.code.rawValue == code)
  }

  @Test(arguments: [
    "", "v1", "/v1//members", "//v1", "/v1/./members", "/v1/../members", "/v1/%2e%2E/members", "/v1/a%2Fb", "/v1/a%2fb",
    "/v1/a\\b", "/v1/a%5Cb", "/v1/members;x=1", "/v1/members%3B", "/v1/a%00", "/v1/a%0Ab", "/v1/a%7F", "/v1/%",
    "/v1/%2",
    "/v1/%zz", "/v1/%FF", "/v1/%C3%28", "/v1/%ED%A0%80", "/v1/a?b", "/v1/a#b", "/v1/a%3Fb", "/v1/a//",
  ])
  func pathsThatCanBeReadInTwoWays(path: String) {
    let error = #expect(throws: RequestViolations.self) { try CallPath(path) }
    #expect(error?.code == .addressWrong)
  }

  @Test(
    arguments: [
      ("/", []), ("/v1", ["v1"]), ("/v1/", ["v1"]), ("/v1/a%20b", ["v1", "a b"]), ("/%E6%95%B4", ["整"]), ("/整", ["整"]),
      ("/a+b", ["a+b"]), ("/a%252Fb", ["a%2Fb"]), ("/...", ["..."]),
    ] as [(String, [String])])
  func paths(path: String, segments: [String]) throws {
    #expect(try CallPath(path).segments == segments)
  }
}
