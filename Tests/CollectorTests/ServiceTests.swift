// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Facts
import Foundation
import HTTPTypes
import HuaweiCloud
import HummingbirdTesting
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

@testable import Collector
@testable import Simulation

@Suite struct ServiceTests {
  @Test(arguments: [
    ("127.0.0.1:8470", "127.0.0.1", 8470, true), ("127.9.9.9:0", "127.9.9.9", 0, true),
    ("[::1]:1", "::1", 1, true), ("localhost:80", "localhost", 80, true), ("0.0.0.0:8470", "0.0.0.0", 8470, false),
    ("[::]:8470", "::", 8470, false), ("10.0.0.7:65535", "10.0.0.7", 65_535, false),
    ("[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1, false),
  ])
  func addresses(text: String, host: String, port: Int, isLoopback: Bool) throws {
    let address = try #require(ListenAddress(text))
    #expect(address.host == host)
    #expect(address.port == port)
    #expect(address.isLoopback == isLoopback)
    #expect(address.description == text)
  }

  @Test(arguments: [
    "", ":", "8470", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", "[x]:1",
    "collector.example.test:80", "127.0.0.1:80x", "[127.0.0.1]:80",
  ])
  func noAddresses(text: String) {
    #expect(ListenAddress(text) == nil)
  }

  @Test(
    arguments: [
      ("127.0.0.1", nil, false, false, true), ("0.0.0.0", nil, false, false, false),
      ("0.0.0.0", nil, true, false, false), ("0.0.0.0", "c", false, false, false), ("0.0.0.0", "c", true, false, true),
      ("0.0.0.0", "c", false, true, true), ("127.0.0.1", "c", false, false, true), ("0.0.0.0", nil, false, true, false),
      ("0.0.0.0", "c", true, true, false),
    ] as [(String, String?, Bool, Bool, Bool)])
  func whatMayBeServed(host: String, credentials: String?, plainHTTP: Bool, tls: Bool, isSafe: Bool) {
    var configuration = CollectorConfiguration(database: "")
    configuration.listen = ListenAddress(host: host, port: 1)
    configuration.credentials = credentials
    configuration.plainHTTP = plainHTTP
    configuration.tls = tls ? TLSFiles(certificate: "c", key: "k") : nil
    var found = true
    do throws(CollectorFailure) { try configuration.check() } catch { found = error.kind != .usage }
    #expect(found == isSafe)
  }

  @Test(arguments: ["ftp://x", "x", "http://a@b", "http://x?q", "http://x#f", "http://x y"])
  func wrongImageServices(url: String) {
    #expect {
      try CloudService(.ims, baseURL: url, timeoutSeconds: 1, clock: FakeClock().clock())
    } throws: {
      ($0 as? CollectorFailure)?.kind == .usage
    }
  }

  static let tls = Fixture.folder.appending(path: "tls")

  @Test func tlsListener() async throws {
    let files = TLSFiles(
      certificate: Self.tls.appending(path: "certificate.pem").path, key: Self.tls.appending(path: "key.pem").path)
    try await withCollector(setup: .live, configure: { $0.tls = files }) { api in
      var configuration = HTTPClient.Configuration()
      configuration.tlsConfiguration = .makeClientConfiguration()
      configuration.tlsConfiguration?.trustRoots = .file(files.certificate)
      try await HTTPClient.withHTTPClient(configuration: configuration) { client in
        let url = "https://localhost:\(try #require(api.client.port))/readyz"
        let response = try await client.execute(HTTPClientRequest(url: url), timeout: .minutes(2))
        #expect(response.status == .ok)
        let body = try await response.body.collect(upTo: 1024)
        #expect(try JSON(parsing: body.readableBytesView)["status"] == "ready")
      }
    }
  }

  @Test func wrongTLSFilesAreRefused() async throws {
    let files = TLSFiles(certificate: Self.tls.appending(path: "key.pem").path, key: "/nonexistent")
    var found: CollectorFailure?
    do {
      try await withCollector(configure: { $0.tls = files }) { _ in }
    } catch let failure as CollectorFailure { found = failure }
    #expect(found?.kind == .input)
  }

  /// The collector in front of the simulated cloud, over sockets: an order runs to its end, another to its failure.
  @Test func inFrontOfTheSimulatedCloud() async throws {
    let clock = FakeClock()
    let moment = clock.clock()
    let cloud = try SimulatedCloud(
      jobLength: 60_000, file: nil, now: { moment.now().wall }, newID: { RandomIdentifier.make() })
    let simulator = CloudSimulator(host: "127.0.0.1", port: 0, responder: CloudResponder(cloud: cloud))
    try await simulator.application(.silent, { _ in }).test(.live) { client in
      let port = try #require(client.port)
      try await withCollector(
        clock: clock, setup: .live, configure: { $0.imageService = "http://localhost:\(port)" }
      ) { api in
        #expect(try await api.report("ready").status == 202)
        for (name, end) in [("web", "SUCCESS"), ("web-fail", "FAIL")] {
          let answer = try await api.order(Fixture.order(name: name))
          let job = try #require(answer["job_id"]?.string)
          var seen: [String] = []
          for _ in 0..<4 {
            let progress = try await api.get("/v1/cloudimages/job/\(job)")
            seen.append(progress["status"]?.string ?? progress.text)
            clock.forward(seconds: 20)
          }
          #expect(seen == ["INIT", "RUNNING", "RUNNING", end])
          let ended = try await api.get("/v1/0123456789abcdef0123456789abcdef/jobs/\(job)")
          #expect((ended["entities"]?["image_id"] != nil) == (end == "SUCCESS"))
        }
        let guest = try await api.get("/v1/guests/\(Fixture.guest)")
        #expect(guest["verdict"] == "ready")
      }
    }
  }
}
