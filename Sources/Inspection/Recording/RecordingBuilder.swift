// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Facts
internal import Glibc
internal import LVMMetadata

/// Makes a tree and a manifest of what a root answered.
struct RecordingBuilder {
  var tree = RecordedTree()
  var manifest: RecordingManifest
  var counts = MachineRecording.Counts()

  /// A device of this size or more is not laid out as a file of its size: ext4 with 4 KiB blocks holds no such file.
  static let largestFile: UInt64 = (16 << 40) - 4096

  init(manifest: RecordingManifest) { self.manifest = manifest }

  /// Takes in all observations; links first, since the other paths lead through them.
  mutating func add(_ observations: [(path: String, observation: RootObservation)]) {
    var links: [(path: String, target: String)] = []
    for (path, observation) in observations {
      if case .target(let target) = observation { links.append((path, target)) }
    }
    for link in links.sorted(by: { $0.path < $1.path }) { tree.put(.link(link.target), at: link.path) }
    for (path, observation) in observations {
      switch observation {
      case .content(let bytes):
        tree.put(.file(bytes), at: path)
        counts.files += 1
      case .names(let names):
        tree.put(.folder, at: path)
        for name in names { tree.put(.name, at: "\(path)/\(name)") }
        counts.listings += 1
      case .present(let isFolder): tree.put(isFolder ? .folder : .file([]), at: path)
      case .answer(let answer): manifest.answers[path] = answer
      case .probed(let outcome): add(outcome, at: path)
      case .target, .noLink, .absent, .failed: break
      }
    }
    for (path, observation) in observations { addMissing(path, observation) }
  }

  /// Notes in the manifest what the tree would answer otherwise.
  private mutating func addMissing(_ path: String, _ observation: RootObservation) {
    switch observation {
    case .absent where isPresent(path):
      // Listed and not there when it was read, or a driver that has no answer.
      manifest.note(ReadFailure(operation: "open", path: path, code: ENOENT), of: .read, path)
    case .failed(let call, let failure):
      let isTold =
        switch (call, failure.operation, tree.find(path), failure.code) {
        case (.read, "open", .missing, ENOENT), (.read, "open", .blocked, ENOTDIR): true
        case (.list, "list", .missing, ENOENT), (.list, "list", .blocked, ENOTDIR): true
        default: false
        }
      if !isTold { manifest.note(failure, of: call, path) }
    default: break
    }
  }

  private func isPresent(_ path: String) -> Bool {
    switch tree.find(path, followingLast: false) {
    case .node(.name), .node(.file), .node(.device): true
    default: false
    }
  }

  // MARK: devices

  private mutating func add(_ outcome: ProbeOutcome, at path: String) {
    counts.devices += 1
    guard case .read(let reading) = outcome else {
      manifest.devices[path] = RecordingManifest.DeviceNote(outcome: ReadingFrame.head(of: outcome))
      counts.devicesWithoutAnswer += 1
      return
    }
    if let evidence = reading.evidence, evidence.bytesSuffice, reading.recording.failures.isEmpty,
      reading.sizeBytes <= Self.largestFile
    {
      let known = RecordedTree.knownSectors(reading.recording.regions, size: reading.sizeBytes)
      counts.deviceBytes += known.reduce(0) { $0 + UInt64($1.bytes.count) }
      tree.put(.device(size: reading.sizeBytes, regions: known), at: path)
      if let bytes = evidence.sectorBytes, bytes != 512 {
        manifest.devices[path] = RecordingManifest.DeviceNote(sectorBytes: bytes)
      }
      return
    }
    counts.devicesStated += 1
    counts.deviceBytes += UInt64(reading.recording.byteCount)
    tree.put(.file(ReadingFrame.body(of: outcome)), at: path)
    manifest.devices[path] = RecordingManifest.DeviceNote(outcome: ReadingFrame.head(of: outcome))
  }
}

extension Root {
  /// Whether not everybody on the machine may read a file.
  func isPrivate(_ path: String) -> Bool {
    guard let descriptor = try? open(path, flags: WHOLEIMAGE_O_PATH) else { return false }
    defer { close(descriptor) }
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & 0o004 == 0
  }
}
