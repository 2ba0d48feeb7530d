// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

/// What pollers get from a running daemon on its socket.
@Suite(.serialized) struct PollingTests {
  /// A daemon that reports to nobody, in a folder of its own.
  private final class Daemon: Sendable {
    let folder = NSTemporaryDirectory() + "wi-poll-" + UUID().uuidString.prefix(8)
    let service: Service
    var socket: String { folder + "/agent.sock" }

    init() throws {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      service = try Service(
        "wholeimage-agent",
        [
          "run", "--socket", folder + "/agent.sock", "--state-directory", folder, "--readiness-file",
          folder + "/readiness.json",
        ])
      _ = try service.said(", revision ")
      // It is said a moment before it is answered.
      let deadline = Date(timeIntervalSinceNow: 60)
      while try poll("/v1/readiness").status == 503, Date() < deadline {}
    }

    func stop() {
      #expect(service.stop() == 0)
      try? FileManager.default.removeItem(atPath: folder)
    }

    /// A `GET` that has been sent.
    func ask(_ path: String, knowing tag: String? = nil) throws -> UnixCaller {
      let known = tag.map { "If-None-Match: \($0)\r\n" } ?? ""
      return try UnixCaller(
        socket, "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(known)\r\n")
    }

    /// The answer to a `GET`.
    func poll(_ path: String, knowing tag: String? = nil) throws -> UnixCaller.Answer {
      try ask(path, knowing: tag).answer()
    }

    /// How often it has looked.
    func inspections() throws -> Int {
      let line = try poll("/metrics").body.split(separator: "\n").first {
        $0.hasPrefix(#"wholeimage_inspections_total{outcome="facts"}"#)
      }
      return try #require(line?.split(separator: " ").last.flatMap { Int($0) })
    }
  }

  /// This machine's disks may change between two polls, as other tests make them: then the polls are made again.
  private func unchanged(_ daemon: Daemon, _ path: String) throws -> (answer: UnixCaller.Answer, seconds: Double) {
    var last = (answer: UnixCaller.Answer(status: 0, tag: nil, body: ""), seconds: 0.0)
    for _ in 0..<10 {
      let tag = try #require(try daemon.poll("/v1/readiness").tag)
      let begin = ContinuousClock.now
      last.answer = try daemon.poll(path, knowing: tag)
      last.seconds = (ContinuousClock.now - begin) / .seconds(1)
      if last.answer.status == 304 { break }
    }
    return last
  }

  @Test func whatHasNotChangedIsNotSentAgain() throws {
    let daemon = try Daemon()
    defer { daemon.stop() }
    let first = try daemon.poll("/v1/readiness")
    #expect(first.status == 200 && first.body.contains(#""schema":"wholeimage.report/1""#))
    let (answer, _) = try unchanged(daemon, "/v1/readiness")
    #expect(answer.status == 304 && answer.body.isEmpty)
    let (waited, seconds) = try unchanged(daemon, "/v1/readiness?wait=1")
    #expect(waited.status == 304 && seconds >= 1)
    // A tag that is not the newest is answered at once, however long it may wait.
    #expect(try daemon.poll("/v1/readiness?wait=300", knowing: "\"another\"").status == 200)
    for path in ["/v1/readiness?wait=301", "/v1/readiness?wait=nan", "/v1/readiness?other=1"] {
      #expect(try daemon.poll(path).status == 400, "\(path)")
    }
    let file = try Document(contentsOf: URL(filePath: daemon.folder + "/readiness.json"))
    #expect(["ready", "not_ready", "undetermined"].contains(file["verdict"].word))
  }

  @Test(.enabled(if: LoopDevices.areAvailable, "needs loop devices")) func aChangeEndsTheWait() throws {
    let daemon = try Daemon()
    defer { daemon.stop() }
    let tag = try #require(try daemon.poll("/v1/readiness").tag)
    let waiting = try daemon.ask("/v1/readiness?wait=120", knowing: tag)
    let loops = try LoopDevices(count: 1, mebibytes: 17)
    let answer = try waiting.answer()
    #expect(answer.status == 200 && answer.tag != tag)
    withExtendedLifetime(loops) {}
  }

  /// Whoever asks for a fresh look while one is being taken gets the next one, all of them the same.
  @Test func manyShareOneLook() throws {
    let daemon = try Daemon()
    defer { daemon.stop() }
    let before = try daemon.inspections()
    let asked = try (0..<16).map { _ in try daemon.ask("/v1/readiness?fresh=1") }
    #expect(try asked.map { try $0.answer().status } == [Int](repeating: 200, count: asked.count))
    let looks = try daemon.inspections() - before
    #expect(looks >= 1 && looks < 8, "16 pollers made it look \(looks) times")
  }

  /// An inspector that never answers: more polls than may wait for it are refused, the others are heard, and the daemon
  /// stops in time although its timer, its watch and its pollers wait for that inspection.
  @Test(.enabled(if: LoopDevices.areAvailable, "needs loop devices")) func aLookThatNeverEndsHoldsUpNothing() throws {
    let inspector = try SilentInspector()
    let folder = inspector.folder
    let service = try Service(
      "wholeimage-agent",
      [
        "run", "--socket", folder + "/agent.sock", "--state-directory", folder, "--readiness-file",
        folder + "/readiness.json", "--inspect-socket", inspector.path, "--timeout", "600",
      ])
    _ = try service.said("no collector is configured")
    func ask(_ path: String) throws -> UnixCaller {
      try UnixCaller(
        folder + "/agent.sock", "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    }
    // A change of storage, which the watch looks for.
    let loops = try LoopDevices(count: 1, mebibytes: 17)
    let deadline = Date(timeIntervalSinceNow: 60)
    func events() throws -> Int {
      try ask("/metrics").answer().body.split(separator: "\n").filter { $0.hasPrefix("wholeimage_events_total{") }
        .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
    }
    while try events() == 0, Date() < deadline {}
    let waiting = try (0..<16).map { _ in try ask("/v1/readiness?fresh=1") }
    // Answered behind those, and after the time in which a change settles.
    #expect(try ask("/v1/readiness?wait=2").answer().status == 503)
    let refused = try ask("/v1/readiness?fresh=1").answer()
    #expect(refused.status == 503 && refused.body.contains("too_many_waiting"))
    let begin = ContinuousClock.now
    #expect(service.stop() == 0)
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    #expect(seconds < 3.5, "it took \(seconds) seconds to stop")
    withExtendedLifetime((loops, waiting)) {}
  }
}

/// A socket that takes connections and never answers, in a folder of its own.
private final class SilentInspector {
  let folder = NSTemporaryDirectory() + "wi-silent-" + UUID().uuidString.prefix(8)
  var path: String { folder + "/inspect.sock" }
  private let descriptor: Int32

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0, listen(descriptor, 16) == 0 else { throw URLError(.cannotConnectToHost) }
  }

  deinit {
    close(descriptor)
    try? FileManager.default.removeItem(atPath: folder)
  }
}
