// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud
internal import Hummingbird
internal import Journal
internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// A stand-in for the cloud on one address, for trying out and tests.
public struct CloudSimulator: Sendable {
  private let host: String
  private let port: Int
  private let responder: CloudResponder

  /// A simulator that will listen on a host and a port; a state file keeps its jobs over a restart.
  ///
  /// `jobSeconds` is how long a job takes, from 0.
  public init(host: String, port: Int, stateFile: String?, jobSeconds: Double) throws(SimulatorFailure) {
    let cloud = try SimulatedCloud(
      jobLength: Int64(jobSeconds * 1000), file: stateFile.map { StateFile(path: $0) }, now: { .now() },
      newID: Self.newID)
    self.init(host: host, port: port, responder: CloudResponder(cloud: cloud))
  }

  init(host: String, port: Int, responder: CloudResponder) {
    self.host = host
    self.port = port
    self.responder = responder
  }

  /// Serves until SIGTERM or SIGINT; `onListening` is told the port.
  public func run(onListening: @escaping @Sendable (Int) -> Void) async throws(SimulatorFailure) {
    var quiet = Logger(label: "wholeimage-simulator")
    quiet.logLevel = .critical
    do {
      try await application(quiet, onListening).runService()
    } catch let error as IOError {
      throw SimulatorFailure(status: 69, message: "\(host):\(port) cannot be listened on: error \(error.errnoCode)")
    } catch {
      throw SimulatorFailure(status: 70, message: "the simulator failed: \(error)")
    }
  }

  func application(
    _ log: Logger, _ onListening: @escaping @Sendable (Int) -> Void
  ) -> Application<CloudResponder> {
    let port = port
    return Application(
      responder: responder, server: .http1(configuration: .init(idleTimeout: .seconds(75))),
      configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
      onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) }, logger: log)
  }

  private static func newID() -> String {
    var random = SystemRandomNumberGenerator()
    return Digest.hex((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
  }
}
