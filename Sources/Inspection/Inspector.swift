// SPDX-License-Identifier: Apache-2.0

public import Facts

/// Looks at one Linux guest and says what it saw.
///
/// Changes nothing and runs no command.
public struct Inspector: Sendable {
  /// What is looked at.
  public enum Source: Sendable {
    /// This machine, or a recorded one.
    case machine(Root)
    /// Image files of a guest's disks, with the family that it is said to be of.
    case diskImages([String], OperatingSystem.Family)
  }

  /// What is looked at.
  public var source: Source
  /// The configured instance id, which outranks what is found; `nil` if there is none.
  public var instanceID: String?
  /// All devices together are given so long, in milliseconds, and so are initial RAM file systems; one that has not
  /// answered by then is a gap.
  public var deadlineMilliseconds: Int
  /// Version that the facts name as their author.
  public var agentVersion: String
  /// Whether devices are probed in helper processes.
  ///
  /// Only a program with a single thread may do so.
  public var usesHelpers: Bool

  /// An inspector of a source.
  public init(
    _ source: Source, instanceID: String? = nil, deadlineMilliseconds: Int = 10_000, agentVersion: String,
    usesHelpers: Bool = true
  ) {
    self.source = source
    self.instanceID = instanceID
    self.deadlineMilliseconds = deadlineMilliseconds
    self.agentVersion = agentVersion
    self.usesHelpers = usesHelpers
  }

  /// The facts.
  ///
  /// Whatever cannot be read is a gap in them; throws only when the source itself cannot be opened.
  public func inspect() throws(ReadFailure) -> GuestFacts {
    var memory = InspectionMemory(version: agentVersion)
    return try inspect(with: &memory)
  }

  /// The same, by one who inspects again and again: `memory` is what the last inspection left, and then what this one
  /// leaves.
  public func inspect(with memory: inout InspectionMemory) throws(ReadFailure) -> GuestFacts {
    let start = Clock.now
    var facts = GuestFacts(collectedAt: Clock.timestamp(), agentVersion: agentVersion)
    facts.gaps = []
    switch source {
    case .machine(let root):
      var inspection = MachineInspection(root: root, facts: facts, memory: memory)
      let readers = InitramfsReaders(
        root: root, memory: memory, usesHelpers: usesHelpers, milliseconds: deadlineMilliseconds)
      inspection.run(instanceID: instanceID, prober: prober(root), readers: readers)
      (facts, memory) = (inspection.facts, inspection.memory)
    case .diskImages(let files, let family):
      var inspection = DiskImageInspection(facts: facts, family: family, instanceID: instanceID)
      try inspection.run(files) { prober(.live) }
      facts = inspection.facts
    }
    facts.gaps?.sort { Self.order($0) < Self.order($1) }
    facts.countArrays()
    facts.durationMicroseconds = Int((Clock.now - start).components.seconds) * 1_000_000
    facts.durationMicroseconds += Int((Clock.now - start).components.attoseconds / 1_000_000_000_000)
    return facts
  }

  private static func order(_ gap: Gap) -> (String, String, String, String) {
    (gap.subject.kind.rawValue, gap.subject.name, gap.subject.member, gap.detail)
  }

  private func prober(_ root: Root) -> Prober {
    usesHelpers
      ? .helpers(ProbeHelpers(root: root), deadlineMilliseconds: deadlineMilliseconds) : .here(root, outcomes: [])
  }
}
