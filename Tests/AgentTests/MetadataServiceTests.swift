// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Glibc
import Testing

@testable import Agent

@Suite struct MetadataServiceTests {
  @Test(
    arguments: [
      (#"{"uuid":"877A2CDA-ba63-4e1e-b95f-e67e48b6129a","name":"x"}"#, "877a2cda-ba63-4e1e-b95f-e67e48b6129a"),
      (#"{"uuid":"877a2cda"}"#, nil), (#"{"uuid":7}"#, nil), ("{}", nil), ("[]", nil), ("", nil), ("<html>", nil),
      (#"{"uuid":"877a2cda-ba63-4e1e-b95f-e67e48b6129/"}"#, nil),
    ] as [(String, String?)])
  func answers(text: String, expected: String?) {
    #expect(MetadataService.instanceID(in: Array(text.utf8)) == expected)
  }

  /// A service on loopback that answers one request, over and over the same, or goes on for ever.
  @Test(
    arguments: [
      ("HTTP/1.1 200 OK\r\nContent-Length: 47\r\n\r\n{\"uuid\":\"877a2cda-ba63-4e1e-b95f-e67e48b6129a\"}\n", true),
      ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", false),
      ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n", false),
      ("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 300_000), false), ("nonsense\r\n\r\n", false),
    ]) func aServiceThatAnswers(answer: String, isGood: Bool) async throws
  {
    let listener = try #require(LoopbackListener())
    listener.answerOne(Array(answer.utf8))
    let id = await MetadataService(url: "http://127.0.0.1:\(listener.port)/openstack/latest/meta_data.json")
      .instanceID()
    #expect(id == (isGood ? "877a2cda-ba63-4e1e-b95f-e67e48b6129a" : nil))
  }

  /// Facts of a server that the service does not name say so, and name none.
  @Test func withoutTheServiceNobodyElseIsAsked() throws {
    var facts = GuestFacts(collectedAt: "2026-01-10T08:00:00.000Z", agentVersion: "test")
    facts.guest.instanceID = .value("877a2cda-ba63-4e1e-b95f-e67e48b6129a")
    facts.guest.instanceIDSource = .value("cloud_init")
    facts.gaps = []
    facts.countArrays()
    let told = try GuestFacts(json: MetadataService.factsWithoutID(facts.json))
    #expect(told.guest.instanceID == .unknown && told.guest.instanceIDSource == .unknown)
    #expect(told.gaps?.map(\.subject.member) == ["instance_id"])
  }

  /// Nothing listens there: the answer comes soon, and is none.
  @Test func aServiceThatIsAway() async {
    let service = MetadataService(url: "http://127.0.0.1:9/openstack/latest/meta_data.json")
    #expect(await service.instanceID() == nil)
  }

  @Test func whoSaysSoIsInTheFacts() throws {
    let facts = JSON.members(("guest", .members(("instance_id", "old"), ("hostname", "h"))), ("devices", []))
    let told = MetadataService.facts(facts, with: "new")
    #expect(told["guest"]?["instance_id"] == "new" && told["guest"]?["instance_id_source"] == "metadata_service")
    #expect(told["guest"]?["hostname"] == "h" && told["devices"] == [])
    #expect(MetadataService.facts([], with: "new") == [])
  }
}

/// A socket on loopback that tests answer from.
final class LoopbackListener: Sendable {
  let port: UInt16
  private let descriptor: Int32

  init?() {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let length = size
    let socket = descriptor
    let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && listen(socket, 1) == 0 && getsockname(socket, $0, &size) == 0
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    guard isOpen else { return nil }
  }

  deinit { close(descriptor) }

  /// Answers the next request with these bytes and hangs up.
  func answerOne(_ bytes: [UInt8]) {
    let descriptor = descriptor
    Thread.detachNewThread {
      let connection = accept(descriptor, nil, nil)
      guard connection >= 0 else { return }
      var request = [UInt8](repeating: 0, count: 4096)
      _ = read(connection, &request, request.count)
      _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      close(connection)
    }
  }
}
