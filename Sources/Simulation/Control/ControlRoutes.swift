// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The paths under `/_simulator`, with which a test steers the simulated cloud and looks at it. They are not the
/// cloud's: no token is asked for, no fault meets them, and the journal does not show them.
extension SimulatedCloud {
  /// What is answered to a call of such a path; `nil` for any other path.
  func control(_ call: CloudCall) -> CloudAnswer? {
    guard call.segments.first == "_simulator" else { return nil }
    switch (call.method, call.segments.dropFirst().joined(separator: "/")) {
    case ("GET", "state"): return CloudAnswer(state.json)
    case ("PUT", "state"):
      return settle(call) { json throws(DocumentError) in
        let new = try CloudState(json: json)
        return { $0 = new }
      }
    case ("GET", "faults"): return CloudAnswer(.members(("faults", state.faults.json)))
    case ("PUT", "faults"):
      return settle(call) { json throws(DocumentError) in
        let members = try json.asObject()
        try members.refuseMembers(except: "faults")
        let new: [Fault] = try members.required("faults")
        return { $0.faults = new }
      }
    case ("GET", "settings"): return CloudAnswer(.members(("settings", state.settings.json)))
    case ("PUT", "settings"):
      return settle(call) { json throws(DocumentError) in
        let members = try json.asObject()
        try members.refuseMembers(except: "settings")
        let new: CloudSettings = try members.required("settings")
        return { $0.settings = new }
      }
    case ("GET", "requests"):
      guard let text = call.parameter("route") else { return CloudAnswer(requests(nil)) }
      guard let pattern = RoutePattern(text) else { return problem("route: expected METHOD /PATH") }
      return CloudAnswer(requests(pattern))
    case ("DELETE", "requests"):
      clearRequests()
      return CloudAnswer(status: 204)
    default:
      return CloudAnswer(status: 404, .members(("error", "the simulator has no such call")))
    }
  }

  /// Reads a body and does what it says, or answers 400 with where it is wrong.
  private func settle(
    _ call: CloudCall,
    _ read: (JSON) throws(DocumentError) -> @Sendable (inout CloudState) -> Void
  ) -> CloudAnswer {
    do {
      change(try read(try JSON(parsing: call.body)))
      return CloudAnswer(status: 204)
    } catch {
      return problem("\(error)")
    }
  }

  private func problem(_ text: String) -> CloudAnswer {
    CloudAnswer(status: 400, .members(("error", text.json)))
  }
}
