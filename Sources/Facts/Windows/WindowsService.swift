// SPDX-License-Identifier: Apache-2.0

/// A service or a driver that the service manager of a Windows guest knows.
public struct WindowsService: Sendable, Equatable, JSONConvertible {
  /// When it is started: the value `Start` of its registry key (QUERY_SERVICE_CONFIGW, `dwStartType`).
  public enum Start: String, Sendable, CaseIterable, JSONConvertible {
    /// 0: the boot loader loads it, as it must a driver of the disk that Windows starts from.
    case boot
    /// 1: the kernel starts it.
    case system
    /// 2: the service manager starts it when Windows does.
    case automatic
    /// 3: it is started when something asks for it, as a driver whose device is found.
    case manual
    /// 4: it is never started.
    case disabled
  }

  /// What it does now (SERVICE_STATUS, `dwCurrentState`).
  public enum State: String, Sendable, CaseIterable, JSONConvertible {
    /// It runs; of a driver: it is loaded.
    case running
    /// It does not.
    case stopped
    /// It is paused, or on its way from one state to another.
    case other
  }

  /// When it is started.
  public var start: Observed<Start> = .unknown
  /// What it does now.
  public var state: Observed<State> = .unknown

  /// A service of which nothing is known but that it is there.
  public init() {}

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    start = try members.observed("start")
    state = try members.observed("state")
  }

  /// The document form.
  public var json: JSON { .members(("start", start.jsonIfKnown), ("state", state.jsonIfKnown)) }
}
