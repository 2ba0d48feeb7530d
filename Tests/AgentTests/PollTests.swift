// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Agent

@Suite struct PollDeadlinesTests {
  private let limits = PollDeadlines.Limits(request: .seconds(30), answer: .seconds(20))

  private func channel(_ connections: PollConnections = PollConnections()) throws -> EmbeddedChannel {
    let channel = EmbeddedChannel(handler: PollDeadlines(limits: limits, connections: connections))
    try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
    return channel
  }

  private func ask(_ channel: EmbeddedChannel) throws {
    let head = HTTPRequest(method: .get, scheme: "http", authority: "x", path: "/")
    try channel.writeInbound(HTTPRequestPart.head(head))
    try channel.writeInbound(HTTPRequestPart.end(nil))
  }

  private func answer(_ channel: EmbeddedChannel) throws {
    try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
    try channel.writeOutbound(HTTPResponsePart.end(nil))
  }

  @Test func whoAsksNothingIsCutOff() throws {
    let channel = try channel()
    channel.embeddedEventLoop.advanceTime(by: .seconds(29))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(2))
    #expect(!channel.isActive)
  }

  @Test func bytesThatTrickleInBuyNoTime() throws {
    let channel = try channel()
    let head = HTTPRequest(method: .get, scheme: "http", authority: "x", path: "/")
    try channel.writeInbound(HTTPRequestPart.head(head))
    for _ in 0..<3 {
      channel.embeddedEventLoop.advanceTime(by: .seconds(9))
      try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "x")))
    }
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(4))
    #expect(!channel.isActive)
  }

  @Test func whoWaitsForAnAnswerMayWait() throws {
    let channel = try channel()
    try ask(channel)
    channel.embeddedEventLoop.advanceTime(by: .seconds(300))
    #expect(channel.isActive)
    try answer(channel)
    channel.embeddedEventLoop.advanceTime(by: .seconds(29))
    try ask(channel)
    try answer(channel)
    channel.embeddedEventLoop.advanceTime(by: .seconds(29))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(2))
    #expect(!channel.isActive)
  }

  @Test func whoTakesNoAnswerIsCutOff() throws {
    let channel = try channel()
    try ask(channel)
    // The end of the answer does not get through.
    try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
    channel.embeddedEventLoop.advanceTime(by: .seconds(21))
    #expect(!channel.isActive)
  }
}

@Suite struct PollConnectionsTests {
  private func channel() throws -> EmbeddedChannel {
    let channel = EmbeddedChannel()
    try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
    return channel
  }

  @Test func aNewOneOutranksTheQuietest() throws {
    let connections = PollConnections(limit: 3)
    let channels = try (0..<4).map { _ in try channel() }
    for channel in channels.prefix(3) { connections.open(channel) }
    connections.note(channels[0], isAnswered: true)
    connections.note(channels[1], isAnswered: false)
    connections.open(channels[3])
    // The first waits for its answer, the second asked later than the third, which asked nothing.
    #expect(channels.map(\.isActive) == [true, true, false, true])
    #expect(connections.count == (open: 3, turnedAway: 1))
  }

  @Test func whileAllWaitANewOneIsTurnedAway() throws {
    let connections = PollConnections(limit: 2)
    let channels = try (0..<3).map { _ in try channel() }
    for channel in channels.prefix(2) {
      connections.open(channel)
      connections.note(channel, isAnswered: true)
    }
    connections.open(channels[2])
    #expect(channels.map(\.isActive) == [true, true, false])
    connections.closed(channels[0])
    connections.closeAll()
    #expect(channels.map(\.isActive) == [true, false, false])
  }
}

@Suite struct PollRoutesTests {
  @Test(arguments: [
    ("localhost", true), ("LOCALHOST:8471", true), ("127.0.0.1", true), ("127.0.0.1:8471", true), ("[::1]:8471", true),
    ("[::1]", true), ("evil.example", false), ("localhost.evil.example", false), ("127.0.0.1.evil.example", false),
    ("", false), ("[", false), ("10.0.0.1:8471", false), (nil, false),
  ])
  func hostsThatAreThisServer(authority: String?, expected: Bool) {
    #expect(PollRoutes.namesLoopback(authority) == expected)
  }
}

@Suite struct InheritedSocketsTests {
  @Test(arguments: [
    ([127, 0, 0, 1], true), ([127, 1, 2, 3], true), ([0, 0, 0, 0], false), ([10, 0, 0, 1], false),
  ])
  func internetAddresses(host: [UInt8], expected: Bool) {
    let address: [UInt8] = [2, 0, 0x21, 0x17] + host + [UInt8](repeating: 0, count: 8)
    #expect(InheritedSockets.isLocal(family: 2, address: address) == expected)
  }

  @Test(arguments: [
    ([UInt8](repeating: 0, count: 15) + [1], true), ([UInt8](repeating: 0, count: 16), false),
    ([UInt8](repeating: 0, count: 10) + [255, 255, 127, 0, 0, 1], true),
    ([UInt8](repeating: 0, count: 10) + [255, 255, 10, 0, 0, 1], false),
    ([0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [1], false),
  ])
  func internetAddressesOfVersion6(host: [UInt8], expected: Bool) {
    let address: [UInt8] = [10, 0, 0x21, 0x17, 0, 0, 0, 0] + host + [0, 0, 0, 0]
    #expect(InheritedSockets.isLocal(family: 10, address: address) == expected)
  }

  @Test func otherFamiliesAndShortAddresses() {
    #expect(InheritedSockets.isLocal(family: 1, address: []) && InheritedSockets.isLocal(family: 40, address: []))
    #expect(
      !InheritedSockets.isLocal(family: 16, address: []) && !InheritedSockets.isLocal(family: 2, address: [2, 0]))
    #expect(!InheritedSockets.isLocal(family: 10, address: [10, 0]))
  }
}
