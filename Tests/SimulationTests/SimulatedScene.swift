// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Synchronization
import Testing

@testable import Simulation

/// A simulated cloud with a clock that stands still and ids that count up.
final class SimulatedScene: Sendable {
  static let project = "0123456789abcdef0123456789abcdef"
  static let otherProject = "fedcba9876543210fedcba9876543210"
  static let token = [CloudCall.Field(name: "x-auth-token", value: "example-token")]

  /// The servers of the example state.
  enum Server {
    static let good = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"
    static let onDSS = "5d1b1f4e-6c1e-4b57-8a4e-1f0d2c3b4a51"
    static let sharing = "c0ffee00-1d2e-4f3a-8b4c-5d6e7f809101"
    static let stopped = "0a4c7e12-93b5-4d68-a7f0-2b1c3d4e5f60"
    static let busy = "3e9d2c1b-7a65-4f43-b210-9f8e7d6c5b4a"
    static let unknown = "00000000-0000-4000-8000-00000000dead"
  }

  /// The example state, which is also documentation.
  static let exampleFile = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "packaging/simulator/example-state.json")

  static func example() throws -> CloudState {
    try CloudState(json: JSON(parsing: try Data(contentsOf: exampleFile)))
  }

  /// The clock and the counter.
  private final class Source: Sendable {
    let time = Mutex(UTCTime(rfc3339: "2026-02-03T04:05:06.789Z")?.milliseconds ?? 0)
    let count = Mutex(0)
  }

  private let source = Source()
  let cloud: SimulatedCloud

  /// A scene of a state; by default of the example's.
  init(_ state: CloudState? = nil, file: StateFile? = nil) throws {
    cloud = SimulatedCloud(
      state: try state ?? Self.example(), file: file,
      now: { [source] in UTCTime(milliseconds: source.time.withLock { $0 }) },
      newID: { [source] in
        let number = source.count.withLock { number in
          number += 1
          return number
        }
        return String(repeating: "0", count: 24) + String(0x1000_0000 + number, radix: 16)
      })
  }

  func forward(seconds: Double) { source.time.withLock { $0 += Int64(seconds * 1000) } }

  /// What comes of a call with the example's token, unless other headers are given.
  func reply(
    _ method: String, _ target: String, _ body: JSON? = nil, headers: [CloudCall.Field] = SimulatedScene.token
  ) throws -> SimulatedCloud.Reply {
    cloud.reply(
      to: CloudCall(
        method, target, headers: headers, body: body?.canonicalBytes ?? [], now: cloud.now(), newID: cloud.newID))
  }

  /// Status and body of the answer; a body that is no JSON is text.
  func call(
    _ method: String, _ target: String, _ body: JSON? = nil, headers: [CloudCall.Field] = SimulatedScene.token
  ) throws -> (status: Int, body: JSON) {
    let answer = try #require(try reply(method, target, body, headers: headers).answer)
    let json = try? JSON(parsing: answer.body)
    return (answer.status, json ?? .string(String(decoding: answer.body, as: UTF8.self)))
  }

  /// The answer's body; the status must be 200.
  func get(_ target: String) throws -> JSON {
    let (status, body) = try call("GET", target)
    #expect(status == 200, "\(target): \(body.text)")
    return body
  }

  /// The id of the job that an order is answered with.
  func order(_ name: String, _ members: (String, JSON?)...) throws -> String {
    var request = JSONObject(members)
    request["name"] = name.json
    let (status, body) = try call("POST", "/v1/cloudimages/wholeimages/action", .object(request))
    #expect(status == 200, "\(body.text)")
    return try #require(body["job_id"]?.string)
  }
}

extension JSON {
  /// The code of an error in any of the services' shapes.
  var errorCode: String? {
    if let code = self["error"]?["code"] { return code.string ?? code.text }
    return self["error_code"]?.string
  }

  subscript(index: Int) -> JSON? { array.flatMap { $0.indices.contains(index) ? $0[index] : nil } }
}
