// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Synchronization

/// Records what the inspection of a machine reads, so that it can be inspected again elsewhere.
///
/// Reads what an inspection reads and nothing else, under the same deadline.
public struct MachineRecorder: Sendable {
  /// The machine, running or recorded.
  public var root: Root
  /// All devices together are given so long, in milliseconds.
  public var deadlineMilliseconds: Int
  /// Version that the facts name as their author.
  public var agentVersion: String
  /// Whether devices are probed in helper processes; only a program with a single thread may do so.
  ///
  /// Without them, what libblkid reads is not seen, and the recording states what it said instead.
  public var usesHelpers: Bool

  /// A recorder of a machine.
  public init(
    _ root: Root, deadlineMilliseconds: Int = 10_000, agentVersion: String, usesHelpers: Bool = true
  ) {
    self.root = root
    self.deadlineMilliseconds = deadlineMilliseconds
    self.agentVersion = agentVersion
    self.usesHelpers = usesHelpers
  }

  /// Inspects the machine and keeps what was read; throws only when the machine cannot be opened.
  public func record() throws(ReadFailure) -> MachineRecording {
    let notes = RecordingNotes(source: root)
    let inspector = Inspector(
      .machine(root.observed(by: notes.note)), deadlineMilliseconds: deadlineMilliseconds,
      agentVersion: agentVersion, usesHelpers: usesHelpers)
    let facts = try inspector.inspect()
    return notes.recording(of: facts)
  }
}

/// What was seen, in the order in which it was seen.
private final class RecordingNotes: Sendable {
  private struct Seen {
    var observations: [(path: String, observation: RootObservation)] = []
    var privateFiles: Set<String> = []
  }

  private let source: Root
  private let seen = Mutex(Seen())

  init(source: Root) { self.source = source }

  @Sendable func note(_ path: String, _ observation: RootObservation) {
    var isPrivate = false
    if case .content = observation { isPrivate = source.isPrivate(path) }
    seen.withLock { [isPrivate] seen in
      seen.observations.append((path, observation))
      if isPrivate { seen.privateFiles.insert(path) }
    }
  }

  func recording(of facts: GuestFacts) -> MachineRecording {
    seen.withLock { seen in
      var builder = RecordingBuilder(
        manifest: RecordingManifest(
          agentVersion: facts.agentVersion, recordedAt: facts.collectedAt, treePath: source.treePath))
      builder.add(seen.observations)
      return MachineRecording(
        facts: facts, tree: builder.tree, manifest: builder.manifest, counts: builder.counts,
        privateFiles: seen.privateFiles.sorted())
    }
  }
}
