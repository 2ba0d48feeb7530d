// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Agent

@Suite struct TokenFileTests {
  private func file(_ text: String, mode: Int) throws -> String {
    let path = NSTemporaryDirectory() + "wholeimage-token-" + UUID().uuidString
    _ = FileManager.default.createFile(
      atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
    return path
  }

  @Test func readsTheToken() throws {
    let path = try file("  secret\n", mode: 0o600)
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try TokenFile.read(path) == "secret")
  }

  @Test(arguments: [("secret", 0o644), ("secret", 0o660), ("", 0o600), (" \n", 0o600)])
  func refusesWhatOthersMayReadAndWhatIsEmpty(text: String, mode: Int) throws {
    let path = try file(text, mode: mode)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let failure = #expect(throws: TokenFileFailure.self) { try TokenFile.read(path) }
    #expect(failure?.description.contains(path) == true && failure?.description.contains("secret") == false)
  }

  @Test func refusesAFolderAndNothing() {
    #expect(throws: TokenFileFailure.self) { try TokenFile.read(NSTemporaryDirectory()) }
    #expect(throws: TokenFileFailure.self) { try TokenFile.read("/nonexistent/token") }
  }
}

@Suite struct ServiceNotificationTests {
  @Test func theStateArrivesAsOneDatagram() throws {
    let path = NSTemporaryDirectory() + "wi-\(UInt32.random(in: 0...UInt32.max))"
    defer { unlink(path) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0)
    ServiceNotification.send("READY=1", environment: path)
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) == "READY=1")
  }

  @Test(arguments: [nil, "", "@", String(repeating: "x", count: 200)]) func nowhereToTellIsNoError(name: String?) {
    ServiceNotification.send("READY=1", environment: name)
  }
}
