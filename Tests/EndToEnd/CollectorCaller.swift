// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Calls a collector before the example's cloud, as the example's project.
struct CollectorCaller: Sendable {
  static let headers = ["X-Auth-Token": "example-token", "X-Project-Id": "0123456789abcdef0123456789abcdef"]

  let url: String

  func call(_ method: String, _ path: String) async throws -> WebClient.Answer {
    try await WebClient.send(method, url + path, headers: Self.headers)
  }

  func order(_ order: ImageOrder) async throws -> WebClient.Answer {
    try await WebClient.send(
      "POST", url + ImageOrder.path, body: JSONEncoder().encode(order.members), headers: Self.headers)
  }

  /// A guest reports; the number that the collector says it has on disk.
  func report(_ server: String, sequence: Int? = nil, ago: Int = 0) async throws -> Int {
    let file = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/collector/ready.json")
    let facts = try String(contentsOf: file, encoding: .utf8).replacing(KilledCollector.server, with: server)
    var headers = ["Wholeimage-Inspected-Ago-Ms": String(ago * 1000)]
    if let sequence { headers["Wholeimage-Report-Sequence"] = String(sequence) }
    let answer = try await WebClient.send(
      "PUT", "\(url)/v1/guests/\(server)/facts", body: Data(facts.utf8), headers: headers)
    #expect(answer.status == 202, "\(String(decoding: answer.body, as: UTF8.self))")
    return answer.json["accepted_sequence"] as? Int ?? -1
  }
}

/// An order of a whole image.
struct ImageOrder: Sendable {
  static let path = "/v1/cloudimages/wholeimages/action"

  var members: [String: String]
  /// What the cloud notes as its job's source.
  var source: String

  /// From one of a rig's many backups.
  static func backup(_ number: Int, name: String? = nil) -> ImageOrder {
    let id = KilledCollector.backup(number)
    return ImageOrder(
      members: ["name": name ?? "image-\(number)", "backup_id": id, "whole_image_type": "CBR"], source: "backup:\(id)")
  }

  /// Of the rig's server.
  static let server = ImageOrder(
    members: ["name": "of-server", "instance_id": KilledCollector.server], source: "server:\(KilledCollector.server)")
}
