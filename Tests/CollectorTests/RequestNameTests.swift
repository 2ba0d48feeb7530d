// SPDX-License-Identifier: Apache-2.0

import Facts
import HTTPTypes
import HuaweiCloud
import Testing

@testable import Collector

/// `Idempotency-Key`: a request with a name is done once, however often it comes.
@Suite struct RequestNameTests {
  typealias Scene = SimulatedScene

  @Test func aRequestWithANameIsDoneOnce() async throws {
    try await Scene.run { scene in
      try await scene.report()
      let key: HTTPFields = [.idempotencyKey: "order-1"]
      let first = try await scene.order(("instance_id", .string(Scene.server)), headers: key)
      #expect(first.status == 200)
      scene.clock.forward(seconds: 600)
      let job = first["job_id"]?.string ?? ""
      #expect(try await scene.api.get("/v1/cloudimages/job/\(job)", headers: Scene.headers)["status"] == "SUCCESS")
      try await scene.report()
      let again = try await scene.order(("instance_id", .string(Scene.server)), headers: key)
      #expect(again["job_id"] == first["job_id"])
      let other = try await scene.order(("instance_id", .string(Scene.server)), ("min_ram", 1024), headers: key)
      #expect(other.status == 409 && other.code == "WIR.0018")
      #expect(scene.count("POST", WholeImageRequest.path) == 1)
      // Without the name the same body orders another image, now that the first is made.
      #expect(try await scene.order(("instance_id", .string(Scene.server)))["job_id"] != first["job_id"])
    }
  }

  /// The same body under names of its own, and under none, is one request until its job is over.
  @Test func ofOneRequestWithSeveralNamesOneIsSent() async throws {
    try await Scene.run { scene in
      try await scene.report()
      let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
        for number in 0..<8 {
          let name: HTTPFields = number.isMultiple(of: 2) ? [:] : [.idempotencyKey: "order-\(number)"]
          group.addTask { try await scene.order(("instance_id", .string(Scene.server)), headers: name) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let job = answers.first?["job_id"]
      #expect(answers.allSatisfy { $0.status == 200 && $0["job_id"] == job }, "\(answers.map(\.text))")
      #expect(scene.count("POST", WholeImageRequest.path) == 1)
    }
  }

  @Test func aNameIsGoodForTheRequestThatItWasAnsweredWith() async throws {
    try await Scene.run { scene in
      try await scene.report()
      let first = try await scene.order(("instance_id", .string(Scene.server)))
      let key: HTTPFields = [.idempotencyKey: "order-3"]
      let named = try await scene.order(("instance_id", .string(Scene.server)), headers: key)
      #expect(named["job_id"] == first["job_id"])
      scene.clock.forward(seconds: 600)
      let job = first["job_id"]?.string ?? ""
      #expect(try await scene.api.get("/v1/cloudimages/job/\(job)", headers: Scene.headers)["status"] == "SUCCESS")
      try await scene.report()
      let again = try await scene.order(("instance_id", .string(Scene.server)), headers: key)
      #expect(again["job_id"] == first["job_id"])
      #expect(scene.count("POST", WholeImageRequest.path) == 1)
    }
  }

  /// Every name that a request came under is its own: none of them is good for another request.
  @Test func everyFurtherNameIsBoundToo() async throws {
    try await Scene.run { scene in
      try await scene.report()
      let first = try await scene.order(
        ("instance_id", .string(Scene.server)), headers: [.idempotencyKey: "order-5"])
      let second: HTTPFields = [.idempotencyKey: "order-6"]
      #expect(
        try await scene.order(("instance_id", .string(Scene.server)), headers: second)["job_id"] == first["job_id"])
      let other = try await scene.order(("instance_id", .string(Scene.server)), ("min_ram", 1024), headers: second)
      #expect(other.status == 409 && other.code == "WIR.0018", "\(other.text)")
      scene.clock.forward(seconds: 600)
      let job = first["job_id"]?.string ?? ""
      #expect(try await scene.api.get("/v1/cloudimages/job/\(job)", headers: Scene.headers)["status"] == "SUCCESS")
      try await scene.report()
      let again = try await scene.order(("instance_id", .string(Scene.server)), headers: second)
      #expect(again["job_id"] == first["job_id"])
      #expect(scene.count("POST", WholeImageRequest.path) == 1)
      // A day later the name is free.
      scene.clock.forward(seconds: 86_401)
      try await scene.report()
      let later = try await scene.order(("instance_id", .string(Scene.server)), headers: second)
      #expect(later.status == 200 && later["job_id"] != first["job_id"])
    }
  }

  @Test func ofTwoRequestsWithOneNameOneIsSent() async throws {
    try await Scene.run { scene in
      try await scene.report()
      let key: HTTPFields = [.idempotencyKey: "order-2"]
      let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
        for ram in 0..<6 {
          group.addTask {
            try await scene.order(
              ("instance_id", .string(Scene.server)), ("min_ram", .integer(Int64(ram))), headers: key)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.filter { $0.status == 200 }.count == 1)
      #expect(answers.filter { $0.code == "WIR.0018" }.count == 5, "\(answers.map(\.text))")
      #expect(scene.count("POST", WholeImageRequest.path) == 1)
    }
  }
}
