// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

/// What the services tell the service manager (sd_notify(3)).
@Suite struct WatchdogTests {
  /// Takes what is sent to `$NOTIFY_SOCKET`.
  private final class Manager {
    let folder = NSTemporaryDirectory() + "wholeimage-notify-" + UUID().uuidString
    let path: String
    private let descriptor: Int32

    init() throws {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      path = folder + "/n"
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      let name = Array(path.utf8)
      try #require(name.count < 100)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
      let size = socklen_t(MemoryLayout<sockaddr_un>.size)
      let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
      }
      try #require(bound == 0)
      var limit = timeval(tv_sec: 60, tv_usec: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
      close(descriptor)
      try? FileManager.default.removeItem(atPath: folder)
    }

    /// The next message; empty if none comes within a minute.
    func next() -> String {
      var buffer = [UInt8](repeating: 0, count: 256)
      let count = recv(descriptor, &buffer, buffer.count, 0)
      return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
  }

  @Test func theCollectorSaysThatItLives() throws {
    let manager = try Manager()
    let collector = try Service(
      "wholeimage-collector",
      ["serve", "--listen", "127.0.0.1:0", "--database", "sqlite:\(manager.folder)/c.sqlite"],
      environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "400000"])
    defer { collector.stop() }
    var said: [String: Int] = [:]
    for _ in 0..<8 { said[manager.next(), default: 0] += 1 }
    #expect(said["READY=1"] == 1)
    #expect(said["WATCHDOG=1", default: 0] >= 3, "\(said)")
    #expect(collector.stop() == 0)
  }

  /// A fleet that was judged otherwise is judged again before anything is served, and the start has that much more time.
  @Test func aStartThatJudgesAgainAsksForTime() async throws {
    let manager = try Manager()
    func collector(_ profile: String) throws -> Service {
      try Service(
        "wholeimage-collector",
        [
          "serve", "--listen", "127.0.0.1:0", "--profile", profile, "--database", "sqlite:\(manager.folder)/c.sqlite",
        ], environment: ["NOTIFY_SOCKET": manager.path])
    }
    let first = try collector("vendor")
    defer { first.stop() }
    #expect(manager.next() == "READY=1")
    let caller = CollectorCaller(url: try first.said("serving "))
    #expect(try await caller.report("877a2cda-ba63-4e1e-b95f-e67e48b6129a") == 1)
    #expect(first.stop() == 0)
    let second = try collector("strict")
    defer { second.stop() }
    var said = manager.next()
    while said.hasPrefix("STOPPING") { said = manager.next() }
    #expect(said == "EXTEND_TIMEOUT_USEC=60000000\nSTATUS=judged 0 guests again")
    #expect(manager.next() == "READY=1")
    #expect(second.stop() == 0)
  }

  @Test func withoutAWatchdogItSaysNothingMore() throws {
    let manager = try Manager()
    let collector = try Service(
      "wholeimage-collector",
      ["serve", "--listen", "127.0.0.1:0", "--database", "sqlite:\(manager.folder)/c.sqlite"],
      environment: ["NOTIFY_SOCKET": manager.path])
    #expect(manager.next() == "READY=1")
    #expect(collector.stop() == 0)
  }
}
