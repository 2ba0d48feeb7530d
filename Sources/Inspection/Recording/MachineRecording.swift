// SPDX-License-Identifier: Apache-2.0

public import Facts

/// What the inspection of a machine read, ready to be written down.
public struct MachineRecording: Sendable {
  /// How much was recorded.
  public struct Counts: Equatable, Sendable {
    /// Files whose content was read, and read again.
    public internal(set) var files = 0
    /// Directories that were listed.
    public internal(set) var listings = 0
    /// Devices that were probed.
    public internal(set) var devices = 0
    /// Those of them that did not answer or could not be opened.
    public internal(set) var devicesWithoutAnswer = 0
    /// Those of them of which the recording states what libblkid said, since its bytes do not tell or are not known.
    public internal(set) var devicesStated = 0
    /// Bytes of devices in the recording.
    public internal(set) var deviceBytes: UInt64 = 0
  }

  /// What the inspection said.
  public let facts: GuestFacts
  /// How much was recorded.
  public let counts: Counts
  /// Files in the recording that not everybody on the machine may read.
  public let privateFiles: [String]

  let tree: RecordedTree
  let manifest: RecordingManifest

  init(
    facts: GuestFacts, tree: RecordedTree, manifest: RecordingManifest, counts: Counts, privateFiles: [String]
  ) {
    self.facts = facts
    self.tree = tree
    self.manifest = manifest
    self.counts = counts
    self.privateFiles = privateFiles
  }

  private var manifestBytes: [UInt8] { manifest.json.prettyBytes }

  /// Writes the recording as a tar archive that unpacks into `folder`, a single name; its entries show `time`, in seconds
  /// since 1970.
  ///
  /// One folder, since an archive of `etc` and `dev` that is unpacked in the wrong place must not meet the real ones.
  public func writeArchive<Failure: Error>(
    folder: String, time: UInt64, to sink: @escaping ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let archive = TarWriter(time: time, to: sink)
    try archive.folder(folder)
    // First, so that of a recording cut short no gap is lost.
    try archive.file(folder + RecordingManifest.file, manifestBytes)
    for (path, node) in tree.sorted {
      switch node {
      case .folder: try archive.folder(folder + path)
      case .file(let bytes): try archive.file(folder + path, bytes)
      case .name: try archive.file(folder + path, [])
      case .link(let target): try archive.link(folder + path, to: target)
      case .device(let size, let regions): try archive.file(folder + path, size: size, regions: regions)
      }
    }
    try archive.end()
  }

  /// Inspects the recording as another machine would, and names what is not the same as when it was made.
  ///
  /// - Parameter folder: an empty directory that belongs to the caller; everything in it is removed again.
  /// - Returns: places in the facts, as `devices[3].content`; empty if they are equal but for the times.
  public func differencesInReplay(
    in folder: String, deadlineMilliseconds: Int, usesHelpers: Bool = true
  ) throws(ReadFailure) -> [String] {
    let laidOut = try RecordedFolder(tree: tree, manifest: manifestBytes, at: folder)
    defer { laidOut.remove() }
    let inspector = Inspector(
      .machine(try Root(path: folder)), deadlineMilliseconds: deadlineMilliseconds,
      agentVersion: facts.agentVersion, usesHelpers: usesHelpers)
    return FactsComparison.differences(facts.json, try inspector.inspect().json)
  }
}
