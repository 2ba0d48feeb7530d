// SPDX-License-Identifier: Apache-2.0

/// Where the daemon's facts come from.
enum InspectionSource: Sendable {
  case socket(InspectionSocket)
  case process(InspectionProcess)

  /// An inspector on a socket, where one is configured; else a process of our own.
  init(_ configuration: AgentConfiguration, stop: StopSignal) {
    if let path = configuration.inspectSocketPath {
      self = .socket(InspectionSocket(path: path, stop: stop))
    } else {
      self = .process(InspectionProcess(executable: configuration.executable, stop: stop))
    }
  }

  /// The answer; to be called on a thread that may block.
  func run(_ request: InspectionRequest) throws(InspectionFailure) -> InspectionAnswer {
    switch self {
    case .socket(let socket): try socket.run(request)
    case .process(let process): try process.run(request)
    }
  }
}
