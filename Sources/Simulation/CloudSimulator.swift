// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Hummingbird
internal import Journal
internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// A stand-in for the cloud on one address, for trying out and tests.
public struct CloudSimulator: Sendable {
  /// What the simulated cloud holds at the start.
  public enum Source: Sendable, Equatable {
    /// Nothing: every order is taken.
    case nothing
    /// The state in a file, which is kept up to date; nothing if there is no such file yet.
    case state(path: String)
    /// A server for each facts document (`wholeimage-agent inspect`), with its machine's disks; `-` is standard input.
    case facts(paths: [String])
  }

  /// What to tell whoever started it, beside the address; one line each.
  public let notes: [String]
  private let host: String
  private let port: Int
  private let responder: CloudResponder

  /// A simulator that will listen on a host and a port.
  ///
  /// `jobSeconds` is how long an image job takes, from 0; `nil` leaves it to the state (3 by default). Throws if the
  /// source cannot be used.
  public init(host: String, port: Int, source: Source, jobSeconds: Double?) throws(SimulatorFailure) {
    var state = CloudState()
    var file: StateFile?
    var notes: [String] = []
    switch source {
    case .nothing: break
    case .state(let path):
      let stateFile = StateFile(path: path)
      state = try stateFile.read() ?? state
      file = stateFile
    case .facts(let paths):
      var machines: [GuestFacts] = []
      for path in paths { machines.append(try Self.facts(path)) }
      let machine = MachineCloud(machines)
      state = machine.state
      notes = Self.notes(machine)
    }
    if let jobSeconds { state.settings.jobSeconds = jobSeconds }
    let cloud = SimulatedCloud(state: state, file: file, now: { .now() }, newID: Self.newID)
    self.init(host: host, port: port, responder: CloudResponder(cloud: cloud), notes: notes)
  }

  init(host: String, port: Int, responder: CloudResponder, notes: [String] = []) {
    self.host = host
    self.port = port
    self.responder = responder
    self.notes = notes
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

  private static func facts(_ path: String) throws(SimulatorFailure) -> GuestFacts {
    let bytes = try FileContent.read(path, mayBeMissing: false) ?? []
    do {
      return try GuestFacts(json: JSON(parsing: bytes))
    } catch {
      throw SimulatorFailure(status: 66, message: "\(path) is no facts document: \(error)")
    }
  }

  private static func notes(_ machine: MachineCloud) -> [String] {
    var notes = machine.state.servers.all.map { server in
      "server \(server.text("id")) with \(machine.state.disks(of: server.text("id")).count) volumes"
    }
    if !machine.unmatched.isEmpty {
      let names = machine.unmatched.joined(separator: ", ")
      notes.append("no serial number, wwn or PCI function, so no match with a volume: \(names)")
    }
    return notes
  }

  private static func newID() -> String {
    var random = SystemRandomNumberGenerator()
    return Digest.hex((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
  }
}
