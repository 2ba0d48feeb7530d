// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud
internal import Synchronization

/// The simulated cloud: a state, what calls do to it, and what time does.
final class SimulatedCloud: Sendable {
  /// What comes of a call.
  struct Reply: Sendable, Equatable {
    /// What is answered; `nil`: nothing.
    var answer: CloudAnswer?
    /// The fault that the call met.
    var fault: Fault?
  }

  private struct Contents {
    var state: CloudState
    var journal = RequestJournal()
  }

  let now: @Sendable () -> UTCTime
  let newID: @Sendable () -> String
  private let file: StateFile?
  private let contents: Mutex<Contents>

  /// A cloud of a state; a file keeps the state up to date.
  init(
    state: CloudState, file: StateFile? = nil, now: @escaping @Sendable () -> UTCTime,
    newID: @escaping @Sendable () -> String
  ) {
    self.file = file
    self.now = now
    self.newID = newID
    contents = Mutex(Contents(state: state))
  }

  /// A cloud of what a file holds, else one that takes every order; its jobs take so many milliseconds.
  convenience init(
    jobLength: Int64, file: StateFile?, now: @escaping @Sendable () -> UTCTime,
    newID: @escaping @Sendable () -> String
  ) throws(SimulatorFailure) {
    var state = try file?.read() ?? CloudState()
    state.settings.jobSeconds = Double(jobLength) / 1000
    self.init(state: state, file: file, now: now, newID: newID)
  }

  /// The state as it is now.
  var state: CloudState {
    contents.withLock { contents in
      _ = contents.state.advance(to: now())
      return contents.state
    }
  }

  /// Does a call, or what a fault makes of it.
  func reply(to call: CloudCall) -> Reply {
    contents.withLock { contents in
      var isChanged = contents.state.advance(to: call.now)
      let fault = contents.state.fault(for: call)
      isChanged = isChanged || fault?.times != nil || call.method != "GET"
      let isDone = fault.map { $0.isDone || $0.failure == nil } ?? true
      let done = isDone ? Self.answer(to: call, &contents.state) : nil
      var answer = fault?.answer ?? done
      if isChanged, let failed = save(contents.state) { answer = failed }
      let isSent = ![.timeout, .close, .drop].contains(fault?.failure)
      contents.journal.append(call, status: isSent ? answer?.status : nil, failure: fault?.failure)
      return Reply(answer: isSent ? answer : nil, fault: fault)
    }
  }

  /// Changes the state by hand.
  func change(_ body: @Sendable (inout CloudState) -> Void) {
    contents.withLock { contents in
      _ = contents.state.advance(to: now())
      body(&contents.state)
      _ = save(contents.state)
    }
  }

  /// The requests that came and fit a pattern.
  func requests(_ pattern: RoutePattern?) -> JSON { contents.withLock { $0.journal.json(of: pattern) } }

  /// Forgets the requests that came.
  func clearRequests() { contents.withLock { $0.journal.clear() } }

  /// Keeps the state in the file; what to answer if that fails.
  private func save(_ state: CloudState) -> CloudAnswer? {
    do throws(SimulatorFailure) {
      try file?.write(state)
      return nil
    } catch {
      return CloudRefusal.service("IMG.0018", error.message, status: 500).answer
    }
  }

  /// What the cloud answers: the gateway looks who asks, a service does the rest.
  private static func answer(to call: CloudCall, _ state: inout CloudState) -> CloudAnswer {
    do throws(CloudRefusal) {
      for route in CloudRoute.all {
        guard let variables = route.pattern.match(call) else { continue }
        var call = call
        call.variables = variables
        if !route.isOpen { call.caller = try Authentication.caller(state, call) }
        try enter(project: variables["project_id"], &call, state)
        return try route.handler(&state, call)
      }
      throw .noSuchAPI
    } catch {
      return error.answer
    }
  }

  /// Settles in which project a call is; projects are walls where the state lists them.
  private static func enter(
    project: String?, _ call: inout CloudCall, _ state: CloudState
  ) throws(CloudRefusal) {
    let meant = project ?? call.caller.project
    if let meant {
      let isListed = state.projects.isEmpty || state.projects[meant] != nil
      guard isListed, call.caller.projects?.contains(meant) ?? true else {
        throw .gateway("APIGW.0302", "The IAM user is not allowed to access the API.", status: 403)
      }
    }
    call.project = meant ?? ""
    call.wall = state.projects.isEmpty ? nil : meant
  }
}
