// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import MetricsFormat
import Testing

@testable import Agent

@Suite struct InspectionRequestTests {
  @Test(arguments: [nil, "i-1", "\"\n\u{0}"]) func comesBackAsItWas(id: String?) throws {
    let request = InspectionRequest(instanceID: id, timeoutSeconds: 1.5)
    #expect(request.line.last == 0x0A && request.line.dropLast().allSatisfy { $0 != 0x0A })
    #expect(try InspectionRequest(parsing: Array(request.line.dropLast())) == request)
  }

  @Test func theMemoryGoesWithIt() throws {
    var request = InspectionRequest(instanceID: nil, timeoutSeconds: 1, memory: .members(("a", "b\n".json)))
    #expect(try InspectionRequest(parsing: Array(request.line.dropLast())) == request)
    // Not at the price of the question.
    request.memory = String(repeating: "x", count: InspectionRequest.limit).json
    #expect(try InspectionRequest(parsing: Array(request.line.dropLast())).memory == nil)
  }

  @Test func answers() throws {
    let answer = InspectionAnswer(facts: .members(("devices", .array([]))), memory: .members(("a", 1.json)))
    #expect(try InspectionAnswer(parsing: answer.json.canonicalBytes) == answer)
    for bytes in ["", "{", "{}", #"{"facts":1}"#, #"{"error":{"code":"x","message":"m"}}"#] {
      #expect(throws: InspectionFailure.self) { try InspectionAnswer(parsing: Array(bytes.utf8)) }
    }
  }

  @Test(arguments: [
    "", "{", "[]", "null", "{}", #"{"timeout_ms":0}"#, #"{"timeout_ms":3600001}"#, #"{"timeout_ms":"10"}"#,
    #"{"timeout_ms":1.5}"#, #"{"timeout_ms":10,"instance_id":7}"#, #"{"timeout_ms":10,"root":"/"}"#,
    #"{"timeout_ms":99999999999999999999}"#,
  ])
  func refusesWhatIsNone(line: String) {
    #expect(throws: DocumentError.self) { try InspectionRequest(parsing: Array(line.utf8)) }
  }
}

@Suite struct OutageLogTests {
  /// Whether each failure is logged.
  private func lines(_ failures: [(reason: String, at: Int)]) -> [Bool] {
    var log = OutageLog()
    return failures.map { log.failed($0.reason, at: $0.at) }
  }

  @Test func aWeekIsFewLines() {
    // The reason alternates and the tries are a minute apart.
    let week = (0..<(7 * 24 * 60)).map { ($0 % 2 == 0 ? "refused" : "timed out", $0 * 60_000) }
    let logged = lines(week)
    #expect(logged[0] && logged.filter(\.self).count <= 169)
  }

  @Test func oneReasonIsOneLine() {
    #expect(lines((0..<10_000).map { ("refused", $0 * 60_000) }).filter(\.self).count == 1)
  }

  @Test func theBeginningAndTheEndOfEachOutageAreSaid() {
    var log = OutageLog()
    let ends = [log.worked(), log.failed("refused", at: 0), log.worked(), log.worked(), log.failed("refused", at: 1)]
    #expect(ends == [false, true, true, false, true])
  }
}

@Suite struct ReportSequenceTests {
  @Test func risesWhateverTheClockDoes() {
    let sequence = ReportSequence()
    let numbers = [5, 5, 4, 100, 7].map { sequence.next(at: $0) }
    #expect(numbers == [5, 6, 7, 100, 101])
  }
}

@Suite struct MetricsTextTests {
  @Test func followsTheFormat() {
    var text = MetricsText()
    text.add("a_total", .counter, "What\\is\ncounted.", [([("x", "a\"b\\c\nd"), ("y", "")], 1), ([("x", "z")], 2.5)])
    text.add("none", .gauge, "Has no value.", nil)
    text.add("b", .gauge, "A \"number\".", .nan)
    #expect(
      text.text == """
        # HELP a_total What\\\\is\\ncounted.
        # TYPE a_total counter
        a_total{x="a\\"b\\\\c\\nd",y=""} 1
        a_total{x="z"} 2.5
        # HELP b A "number".
        # TYPE b gauge
        b NaN

        """)
  }

  @Test func saysWhatIsKnown() throws {
    let metrics = AgentMetrics()
    let unknown = metrics.text(nil, failure: "x", connections: (1, 2), isReporting: false, now: 0)
    #expect(unknown.contains("\nwholeimage_verdict{verdict=\"ready\"} 0\n"))
    #expect(unknown.contains("\nwholeimage_inspection_failing 1\n") && !unknown.contains("age_seconds"))
    metrics.inspected(milliseconds: 1500)
    metrics.report(.accepted, at: 4000)
    metrics.poll(status: 304)
    metrics.event(.mounts)
    let snapshot = try Sample.snapshot("lvm-two-disks", at: 1000)
    let failures = try #require(JSON(parsing: snapshot.report)["findings"]?.array).count {
      $0["severity"] == "blocker" && $0["outcome"] == "fail"
    }
    #expect(failures > 0)
    let known = metrics.text(snapshot, failure: nil, connections: (1, 2), isReporting: true, now: 5000)
    for line in [
      "wholeimage_verdict{verdict=\"not_ready\"} 1",
      "wholeimage_findings{severity=\"blocker\",outcome=\"fail\"} \(failures)",
      "wholeimage_facts_age_seconds 4", "wholeimage_inspection_seconds 1.5", "wholeimage_report_age_seconds 1",
      "wholeimage_polls_total{status=\"304\"} 1", "wholeimage_events_total{source=\"mounts\"} 1",
      "wholeimage_reports_total{outcome=\"accepted\"} 1", "wholeimage_poll_connections_closed_total 2",
    ] {
      #expect(known.contains("\n\(line)\n"), "\(line)")
    }
  }
}

@Suite struct ReadinessFileTests {
  private let folder = NSTemporaryDirectory() + "wholeimage-run-" + UUID().uuidString

  @Test func isReplacedAndRemoved() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = ReadinessFile(path: folder + "/readiness.json")
    for report in ["{\"a\":1}", "{}"] {
      #expect(file.replace(with: Array(report.utf8)) == nil)
      #expect(FileManager.default.contents(atPath: file.path) == Data(report.utf8))
    }
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect((attributes[.posixPermissions] as? Int) == 0o640)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["readiness.json"])
    file.remove()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test func aLinkThatLiesThereIsNotWrittenThrough() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let victim = folder + "/victim"
    try Data("precious".utf8).write(to: URL(fileURLWithPath: victim))
    let file = ReadinessFile(path: folder + "/readiness.json")
    for name in [file.path, file.path + ".new"] {
      try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: victim)
    }
    #expect(file.replace(with: Array("{}".utf8)) == nil)
    #expect(FileManager.default.contents(atPath: victim) == Data("precious".utf8))
    #expect(FileManager.default.contents(atPath: file.path) == Data("{}".utf8))
  }

  @Test func saysWhyNot() {
    let problem = ReadinessFile(path: "/nonexistent/readiness.json").replace(with: [0x7B, 0x7D])
    #expect(problem?.contains("/nonexistent/readiness.json") == true && problem?.contains("--readiness-file") == true)
  }
}

@Suite struct ProxyAddressTests {
  private static let proxy = ProxyAddress("http://proxy.example:3128")

  @Test(arguments: [
    ("https://c.example", ["https_proxy": "http://proxy.example:3128"], true),
    ("https://c.example", ["HTTPS_PROXY": "proxy.example:3128"], true),
    ("https://c.example", ["ALL_PROXY": "http://proxy.example:3128/"], true),
    ("https://c.example", ["http_proxy": "http://proxy.example:3128"], false),
    ("http://c.example", ["http_proxy": "http://proxy.example:3128"], true),
    // A web server hands a caller's header Proxy on under this name.
    ("http://c.example", ["HTTP_PROXY": "http://proxy.example:3128"], false),
    ("https://c.example", ["https_proxy": ""], false),
    ("https://c.example:8470", ["https_proxy": "http://proxy.example:3128", "no_proxy": "other, c.example"], false),
    ("https://a.c.example/x", ["https_proxy": "http://proxy.example:3128", "NO_PROXY": ".c.example"], false),
    ("https://ac.example", ["https_proxy": "http://proxy.example:3128", "NO_PROXY": "c.example"], true),
    ("https://[::1]:8470", ["https_proxy": "http://proxy.example:3128", "no_proxy": "[::1]"], false),
    ("https://c.example", ["https_proxy": "http://proxy.example:3128", "no_proxy": "*"], false),
  ])
  func whoIsAskedThroughWhat(url: String, environment: [String: String], isProxied: Bool) throws {
    #expect(try ProxyAddress.named(by: environment, for: url) == (isProxied ? Self.proxy : nil))
  }

  @Test func userAndPort() throws {
    let proxy = try #require(ProxyAddress("http://u:p%40ss%3A@[fd00::1]:80"))
    #expect(proxy.host == "fd00::1" && proxy.port == 80 && proxy.credentials == "u:p@ss:")
    #expect(ProxyAddress("proxy.example")?.port == 1080)
  }

  @Test(arguments: [
    "socks5://proxy:1080", "https://proxy:1", "http:///", "http://:80", "http://proxy:0", "http://proxy:65536",
    "http://proxy:x", "http://a%@proxy", "http://[::1", "http://%ff@proxy", "http://pro xy",
  ])
  func whatIsNoProxyIsRefusedWithoutItsPassword(value: String) {
    let failure = #expect(throws: ProxyAddressFailure.self) {
      try ProxyAddress.named(by: ["https_proxy": value], for: "https://c.example")
    }
    #expect(failure?.description.contains("https_proxy") == true && failure?.description.contains(value) == false)
  }
}
