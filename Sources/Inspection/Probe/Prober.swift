// SPDX-License-Identifier: Apache-2.0

/// Has devices probed while the inspection goes on, and gives all outcomes in the end.
enum Prober {
  /// In helper processes, all before one deadline.
  case helpers(ProbeHelpers, deadlineMilliseconds: Int)
  /// In this process, at once; for recorded machines in tests.
  case here(Root, outcomes: [ProbeOutcome])

  /// Has a device probed; outcomes come in the order of asking.
  mutating func ask(_ request: ProbeRequest) {
    switch self {
    case .helpers(var helpers, let deadline):
      // Not held twice while it changes.
      self = .here(.live, outcomes: [])
      helpers.ask(request)
      self = .helpers(helpers, deadlineMilliseconds: deadline)
    case .here(let root, var outcomes):
      outcomes.append(DeviceProbe.probe(request, root: root))
      self = .here(root, outcomes: outcomes)
    }
  }

  /// Waits for the outcomes, and passes each on as it comes, with its place in the order of asking.
  mutating func finish(_ settle: (Int, ProbeOutcome) -> Void) {
    switch self {
    case .helpers(var helpers, let deadline):
      self = .here(.live, outcomes: [])
      helpers.finish(deadlineMilliseconds: deadline, settle)
    case .here(_, let outcomes): for (place, outcome) in outcomes.enumerated() { settle(place, outcome) }
    }
  }
}
