// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import HTTPTypes
import HuaweiCloud
import HummingbirdTesting
import Journal
import Logging
import NIOCore
import Testing

@testable import Simulation

@Suite struct SimulatedCloudTests {
  static let server = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"

  static func job(_ name: String, source: String = "server:x") -> SimulatedCloud.OrderedJob {
    SimulatedCloud.OrderedJob(
      id: "4010a32b5f909853015f90aaa24b0015", imageName: name, imageID: "i", source: source,
      began: UTCTime(milliseconds: 1000))
  }

  @Test(
    arguments: [
      (-5, "INIT", 0.0), (0, "INIT", 0), (299, "INIT", 0.1), (300, "RUNNING", 0.1), (1500, "RUNNING", 0.5),
      (2999, "RUNNING", 0.95), (3000, "SUCCESS", 1), (99_999, "SUCCESS", 1),
    ] as [(Int64, String, Double)])
  func statusesOverTime(elapsed: Int64, status: String, progress: Double) {
    let job = SimulatedCloud.job(Self.job("web"), project: "p", after: elapsed, of: 3000)
    #expect(job.status.rawValue == status)
    #expect(job.progress == progress)
    #expect((job.imageID != nil) == (status == "SUCCESS"))
    #expect(job.ended == (status == "SUCCESS" ? UTCTime(milliseconds: 4000) : nil))
    #expect(job.kind == .byInstance)
  }

  @Test func aNameThatEndsInFailFails() {
    let job = SimulatedCloud.job(Self.job("web-fail", source: "backup:x"), project: "p", after: 3000, of: 3000)
    #expect(job.status == .failure)
    #expect(job.failure?.code == "IMG.0014")
    #expect(job.imageID == nil)
    #expect(job.kind == .byBackup)
  }

  @Test func jobsWithoutLengthAreDoneAtOnce() {
    #expect(SimulatedCloud.job(Self.job("web"), project: "p", after: 0, of: 0).status == .success)
  }

  static func simulator(_ state: String? = nil) throws -> CloudSimulator {
    try CloudSimulator(host: "127.0.0.1", port: 0, stateFile: state, jobSeconds: 0)
  }

  @Test func overHTTP() async throws {
    try await Self.simulator().application(Logger(label: "t"), { _ in }).test(.router) { client in
      func call(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws -> (Int, JSON) {
        let response = try await client.executeRequest(
          uri: path, method: method, headers: [:], body: body.map { ByteBuffer(string: $0) })
        return (Int(response.status.code), try JSON(parsing: response.body.readableBytesView))
      }
      let path = "/v1/cloudimages/wholeimages/action"
      let (status, order) = try await call(.post, path, #"{"name":"web","instance_id":"\#(Self.server)"}"#)
      #expect(status == 200)
      let id = try #require(order["job_id"]?.string)
      #expect(id.utf8.count == 32)
      let progress = try await call(.get, "/v1/cloudimages/job/\(id)").1
      #expect(progress["status"] == "SUCCESS")
      #expect(progress["entities"]?["image_name"] == "web")
      let image = try #require(progress["entities"]?["image_id"]?.string)
      #expect(CloudIdentifiers.isUUID(image))
      let show = try await call(.get, "/v1/0123456789abcdef/jobs/\(id)").1
      #expect(
        show["entities"]?["results"]?.array?.first?["project_id"] == "0123456789abcdef")
      for (body, code) in [
        ("", "IMG.0007"), ("{", "IMG.0001"), (#"{"instance_id":"\#(Self.server)"}"#, "IMG.0013"),
        (#"{"name":"web"}"#, "IMG.0012"),
      ] {
        let (status, error) = try await call(.post, path, body)
        #expect(status == 400)
        #expect(error["error"]?["code"]?.string == code)
      }
      #expect(try await call(.get, "/v1/cloudimages/job/unknown").1["error"]?["code"] == "IMG.0023")
      #expect(try await call(.get, "/v2/cloudimages").0 == 404)
      #expect(try await call(.get, path).0 == 404)
    }
  }

  @Test func jobsOutliveTheSimulator() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "simulator-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = StateFile(path: folder.appending(path: "state.json").path)
    #expect(try file.read() == [:])
    let body = #"{"name":"web","instance_id":"\#(Self.server)"}"#
    let first = try SimulatedCloud(jobLength: 0, file: file, now: { UTCTime(milliseconds: 5) }, newID: { "a" })
    let job = try first.order(try WholeImageRequest(body: body.utf8))
    let second = try SimulatedCloud(jobLength: 0, file: file, now: { UTCTime(milliseconds: 9) }, newID: { "b" })
    #expect(second.job(job, project: "p") == first.job(job, project: "p"))
    try Data("{".utf8).write(to: URL(filePath: file.path))
    #expect {
      try SimulatedCloud(jobLength: 0, file: file, now: { .now() }, newID: { "c" })
    } throws: {
      ($0 as? SimulatorFailure)?.status == 66
    }
  }
}
