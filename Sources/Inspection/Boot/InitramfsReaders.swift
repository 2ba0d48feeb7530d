// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc

/// Has initial RAM file systems read while the inspection goes on: unpacking them takes longer than everything else,
/// and their file system may not answer.
struct InitramfsReaders {
  /// Processes that unpack at the same time.
  private static let most = 4
  /// A reader that has nothing left to read or is late says so within this time.
  private static let graceMilliseconds = 250
  /// What all readings of one reader may come to.
  private static let largestAnswer = 4 << 20

  private let root: Root
  private let memory: InspectionMemory
  private let usesHelpers: Bool
  private var end: ContinuousClock.Instant
  private var readings: [InitramfsReading] = []
  private var readers: [Reader] = []
  /// What readers that were left behind are known by; `nil` of a machine that is not this one.
  private let unanswered: UnansweredDevices?
  private static let unansweredName = "initramfs:files"

  private struct Reader {
    var helper: HelperProcess
    var paths: [String]
  }

  /// Readers that have so long from now on, in milliseconds.
  init(root: Root, memory: InspectionMemory, usesHelpers: Bool, milliseconds: Int) {
    self.root = root
    self.memory = memory
    // Whoever watches the answers does so in this process.
    self.usesHelpers = usesHelpers && root.observer == nil
    unanswered = self.usesHelpers && root.isLive ? UnansweredDevices() : nil
    end = Clock.now + .milliseconds(milliseconds)
  }

  /// Has files read, while the caller goes on.
  mutating func ask(_ paths: [String]) {
    // Also where devices that do not answer took all the time.
    end = max(end, Clock.now + .milliseconds(Self.graceMilliseconds))
    var unknown: [String] = []
    for path in paths {
      if let known = memory.reading(of: path, root: root) { readings.append(known) } else { unknown.append(path) }
    }
    guard usesHelpers else {
      readings += Self.read(unknown, root: root, end: end)
      return
    }
    // One that still waits is enough.
    if let process = unanswered?.waiting[Self.unansweredName] {
      let detail = "process \(process) of an earlier inspection still waits for such a file"
      readings += unknown.map { .lost($0, .timedOut, detail) }
      return
    }
    let count = min(unknown.count, Self.most, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    for first in 0..<count {
      let own = stride(from: first, to: unknown.count, by: count).map { unknown[$0] }
      let helper = HelperProcess.start(root: root) { [root, end] socket in
        let document = Self.read(own, root: root, end: end).json
        _ = HelperProcess.send(document.canonicalBytes, to: socket)
      }
      if let helper {
        readers.append(Reader(helper: helper, paths: own))
      } else {
        readings += Self.read(own, root: root, end: end)
      }
    }
  }

  /// What was told of every file that was asked for, and of each what became of it.
  mutating func finish() -> [InitramfsReading] {
    for reader in readers {
      readings += answer(of: reader)
      close(reader.helper.socket)
    }
    readers = []
    defer { readings = [] }
    return readings
  }

  private func answer(of reader: Reader) -> [InitramfsReading] {
    var bytes: [UInt8] = []
    let last = end + .milliseconds(Self.graceMilliseconds)
    while bytes.count <= Self.largestAnswer {
      let rest = (last - Clock.now).components
      let milliseconds = rest.seconds * 1000 + rest.attoseconds / 1_000_000_000_000_000
      var polled = pollfd(fd: reader.helper.socket, events: Int16(POLLIN), revents: 0)
      let ready = poll(&polled, 1, Int32(clamping: max(0, milliseconds)))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else {
        unanswered?.note(Self.unansweredName, helper: reader.helper.process)
        return lost(reader, .timedOut, "its file system did not answer in time")
      }
      let chunk = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
        count = max(0, recv(reader.helper.socket, buffer.baseAddress, buffer.count, 0))
      }
      guard !chunk.isEmpty else {
        HelperProcess.wait(for: reader.helper.process)
        break
      }
      bytes += chunk
    }
    // It has parsed bytes of the guest's owner, so what it sends is checked like any other input.
    guard let document = try? JSON(parsing: bytes), let readings = try? [InitramfsReading](json: document),
      readings.map(\.path) == reader.paths
    else { return lost(reader, .unreadable, "the process that read it ended without an answer") }
    return readings
  }

  private func lost(_ reader: Reader, _ reason: Gap.Reason, _ detail: String) -> [InitramfsReading] {
    reader.paths.map { .lost($0, reason, detail) }
  }

  private static func read(_ paths: [String], root: Root, end: ContinuousClock.Instant) -> [InitramfsReading] {
    paths.map { path in InitramfsReading.read(path, root: root) { Clock.now > end } }
  }
}
