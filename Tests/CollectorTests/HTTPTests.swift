// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import GRDB
import HTTPTypes
import HuaweiCloud
import HummingbirdTesting
import Testing

@testable import Collector

@Suite struct HTTPTests {
  @Test(arguments: [
    "/", "/ui", "/ui/guests", "/ui/guests/", "/metrics/", "/v1", "/v1/guests/", "//v1/guests", "/v1/guests/a/b",
    "/v2/cloudimages", "/v1/guests/a/captures/fdisk", "/v1/cloudimages/x/file",
  ])
  func nothingThere(path: String) async throws {
    try await withCollector { api in
      let answer = try await api.get(path)
      #expect(answer.status == 404)
      #expect(answer.code == "WIR.0004")
      #expect(answer.headers[.contentType] == "application/json")
      #expect(answer.headers[.requestID]?.utf8.count == 32)
    }
  }

  @Test(arguments: [
    (HTTPRequest.Method.delete, "/v1/guests", "GET"), (.post, "/v1/guests/a/facts", "GET, PUT"),
    (.get, "/v1/decisions", "POST"), (.get, WholeImageRequest.path, "POST"), (.put, "/healthz", "GET"),
    (.options, "/v1/guests/a", "GET"), (.patch, "/v1/p/jobs/j", "GET"),
  ])
  func wrongMethod(method: HTTPRequest.Method, path: String, allowed: String) async throws {
    try await withCollector { api in
      let answer = try await api.call(method, path)
      #expect(answer.status == 405)
      #expect(answer.code == "WIR.0005")
      #expect(answer.headers[.allow] == allowed)
      #expect(answer.headers[.requestID] != nil)
    }
  }

  @Test func headIsAnsweredWhereGetIs() async throws {
    try await withCollector { api in
      let answer = try await api.call(.head, "/healthz")
      #expect(answer.status == 200)
      #expect(answer.body.isEmpty)
      #expect(answer.headers[.contentLength] == "15")
    }
  }

  @Test(arguments: [
    ("abc-1.2_3", true), (String(repeating: "a", count: 128), true), (String(repeating: "a", count: 129), false),
    ("a b", false), ("", false), ("a\u{1}", false),
  ])
  func requestIDs(given: String, isKept: Bool) async throws {
    #expect((CollectorResponder.requestID(given: given) == given) == isKept)
  }

  @Test func readiness() async throws {
    try await withCollector { api async throws in
      #expect(try await api.get("/healthz").json == .members(("status", "ok")))
      #expect(
        try await api.get("/readyz").json == .members(("status", "ready"), ("image_service", "not_configured")))
    }
  }

  @Test func aLostStoreIs503AndHealthStays() async throws {
    try await withCollector { api in
      _ = try await api.report("ready")
      try await api.collector.store.writes.write { try $0.execute(sql: "DROP TABLE revisions") }
      #expect(try await api.get("/readyz").status == 503)
      #expect(try await api.get("/healthz").status == 200)
      let report = try await api.report("ready-renamed")
      #expect(report.status == 503)
      #expect(report.code == "WIR.0301")
      #expect(report.headers[.retryAfter] == "10")
      #expect(report["error"]?["retry"] == "later")
      #expect(!report.text.contains("revisions"))
    }
  }

  @Test(arguments: ErrorCode.allCases)
  func everyCodeIsInItsForm(code: ErrorCode) {
    let digits = code.rawValue.dropFirst(4)
    #expect(code.rawValue.hasPrefix("WIR.") && digits.count == 4 && digits.allSatisfy(\.isNumber))
  }

  /// What is not HTTP never reaches a handler, and still gets the one error shape.
  @Test(arguments: [
    "GARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /v1/guests HTTP/1.1\r\nbroken header\r\n\r\n",
    "GET /v1/guests HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 70_000))\r\n\r\n",
    "POST /v1/decisions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
  ])
  func malformedHTTP(text: String) async throws {
    try await withCollector(setup: .live) { api in
      let answer = try await RawConnection.exchange(port: try #require(api.client.port), text)
      #expect(answer.hasPrefix("HTTP/1.1 400 "))
      #expect(answer.contains(#""code":"WIR.0001""#))
      #expect(answer.lowercased().contains("x-request-id: "))
      #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
    }
  }

  @Test func chunkedBodyPastTheLimit() async throws {
    try await withCollector(setup: .live) { api in
      let chunk = String(repeating: " ", count: 65_536)
      var text =
        "POST /v1/guests/a/heartbeat HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
      text += "10000\r\n\(chunk)\r\n0\r\n\r\n"
      let answer = try await RawConnection.exchange(port: try #require(api.client.port), text)
      #expect(answer.hasPrefix("HTTP/1.1 413 "))
      #expect(answer.contains(#""code":"WIR.0002""#))
    }
  }
}
