// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Journal

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
