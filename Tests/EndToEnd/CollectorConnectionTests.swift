// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The agent's way to its collector: whom it trusts, whom it shows itself to, and through what.
@Suite(.serialized) struct CollectorConnectionTests {
  /// Certificates made for one test, and who listens with them.
  private final class Rig {
    let folder = NSTemporaryDirectory() + "wholeimage-tls-" + UUID().uuidString
    let witness: Service
    let port: String
    let proxyPort: String

    init() throws {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for name in ["authority", "stranger"] {
        try Self.openssl([
          "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-keyout",
          "\(folder)/\(name).key", "-out", "\(folder)/\(name).pem",
        ])
      }
      for (name, extensions) in [("localhost", "subjectAltName=DNS:localhost"), ("vm-1", "subjectAltName=DNS:vm-1")] {
        try Self.openssl([
          "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(name)", "-addext", extensions, "-keyout",
          "\(folder)/\(name).key", "-out", "\(folder)/\(name).csr",
        ])
        try Self.openssl([
          "x509", "-req", "-days", "2", "-copy_extensions", "copy", "-in", "\(folder)/\(name).csr", "-CA",
          "\(folder)/authority.pem", "-CAkey", "\(folder)/authority.key", "-out", "\(folder)/\(name).pem",
        ])
      }
      let here = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      witness = try Service(
        here.appending(path: "witness").path,
        ["\(folder)/authority.pem", "\(folder)/localhost.pem", "\(folder)/localhost.key"])
      port = try witness.said("the collector is on ")
      proxyPort = try witness.said("the proxy is on ")
    }

    static func openssl(_ arguments: [String]) throws {
      let outcome = try Program.run("openssl", arguments)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }

    func agent(_ options: [String], environment: [String: String] = [:]) throws -> Service {
      try Service(
        "wholeimage-agent",
        [
          "run", "--socket", "\(folder)/agent.sock", "--collector", "https://localhost:\(port)", "--instance-id",
          "vm-1",
        ]
          + options, environment: environment)
    }

    func stop() {
      witness.stop()
      try? FileManager.default.removeItem(atPath: folder)
    }
  }

  @Test func showsItsCertificateToWhomItTrusts() throws {
    let rig = try Rig()
    defer { rig.stop() }
    let agent = try rig.agent([
      "--ca-file", "\(rig.folder)/authority.pem", "--certificate", "\(rig.folder)/vm-1.pem", "--certificate-key",
      "\(rig.folder)/vm-1.key",
    ])
    defer { agent.stop() }
    #expect(try rig.witness.said("asked: PUT /v1/guests/vm-1/facts by ") == "vm-1")
    _ = try agent.said("the collector has this server's facts")
    #expect(agent.stop() == 0)
    #expect(!rig.witness.messages.contains("through the proxy"))
  }

  @Test func goesThroughTheProxy() throws {
    let rig = try Rig()
    defer { rig.stop() }
    // Certificate and key in one file.
    let both = "\(rig.folder)/both.pem"
    try ["vm-1.pem", "vm-1.key"].map { try String(contentsOfFile: "\(rig.folder)/\($0)", encoding: .utf8) }.joined()
      .write(toFile: both, atomically: true, encoding: .utf8)
    let agent = try rig.agent(
      ["--ca-file", "\(rig.folder)/authority.pem", "--certificate", both],
      environment: ["HTTPS_PROXY": "http://user:p%40ss@localhost:\(rig.proxyPort)"])
    defer { agent.stop() }
    let asked = try rig.witness.said("through the proxy: ")
    #expect(asked == "CONNECT localhost:\(rig.port) HTTP/1.1 by user:p@ss")
    #expect(try rig.witness.said("asked: PUT /v1/guests/vm-1/facts by ") == "vm-1")
    _ = try agent.said("the collector has this server's facts")
    #expect(agent.stop() == 0)
    #expect(!agent.messages.contains("p@ss") && !agent.messages.contains("p%40ss"))
  }

  @Test func reportsNothingToWhomItDoesNotTrust() throws {
    let rig = try Rig()
    defer { rig.stop() }
    let agent = try rig.agent([
      "--ca-file", "\(rig.folder)/stranger.pem", "--certificate", "\(rig.folder)/vm-1.pem", "--certificate-key",
      "\(rig.folder)/vm-1.key",
    ])
    defer { agent.stop() }
    #expect(try agent.said("cannot report to https://localhost:\(rig.port): ").lowercased().contains("certificate"))
    // It is polled all the same.
    #expect(try Program.run("wholeimage-agent", ["status", "--socket", "\(rig.folder)/agent.sock"]).status <= 2)
    #expect(agent.stop() == 0)
    #expect(!rig.witness.messages.contains("asked:"))
  }

  @Test func saysWhichFileIsNoCertificate() throws {
    let rig = try Rig()
    defer { rig.stop() }
    let agent = try rig.agent(["--ca-file", "/dev/null"])
    defer { agent.stop() }
    #expect(try agent.said("cannot read certificates from ").contains("/dev/null"))
  }
}
