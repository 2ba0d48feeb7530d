// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// Probes one device in a child whose system calls are watched, so that the bytes that libblkid saw are known.
///
/// libblkid reads by itself, through the descriptor that it is given. The watcher is the helper, and changes nothing for
/// the program that waits for it: if the device does not answer, the child is stuck in its read and the helper in its
/// wait, and both are left alone as a stuck helper is. When the helper ends before the child, the kernel lets the child
/// go on unwatched (ptrace(2)).
enum WatchedProbe {
  /// How a child ends that may not be watched.
  private static let notWatched: Int32 = 3

  /// Probes one device; without what libblkid read where watching is not allowed.
  static func probe(_ request: ProbeRequest, root: Root) -> ProbeOutcome {
    guard let answer = MemoryFile() else { return DeviceProbe.probe(request, root: root) }
    defer { answer.close() }
    let child = wholeimage_fork()
    if child == 0 {
      guard wholeimage_trace_me() == 0 else { _exit(notWatched) }
      let frame = ReadingFrame.bytes(of: DeviceProbe.probe(request, root: root))
      _exit(answer.write(frame, at: 0) ? 0 : 1)
    }
    guard child > 0 else { return DeviceProbe.probe(request, root: root) }
    var trace = wholeimage_trace()
    var reads = DeviceReads(path: request.path, child: child)
    if wholeimage_trace_begin(&trace, child) == 1 {
      while wholeimage_trace_next(&trace) == 1 { reads.note(trace) }
    }
    // The status of a child that ended by itself is its exit status in the second byte (waitpid(2)).
    guard trace.status & 0x7F == 0 else { return .crashed }
    let status = trace.status >> 8 & 0xFF
    if status == notWatched { return DeviceProbe.probe(request, root: root) }
    guard status == 0, let frame = answer.content(limit: ReadingFrame.maximumSize) else { return .crashed }
    let outcome = ReadingFrame.outcome(from: frame)
    // What a recording states was not read now.
    guard case .read(let reading) = outcome, root.statedOutcome(of: request) == nil else { return outcome }
    return .read(
      NeededBytes.of(reading, reads: reads, request: request, recorded: root.recordedSectorBytes(of: request)))
  }
}

/// A file in memory.
struct MemoryFile {
  let descriptor: Int32

  init?() {
    descriptor = wholeimage_memory_file()
    guard descriptor >= 0 else { return nil }
  }

  /// Closes it, and gives its memory back.
  func close() { Glibc.close(descriptor) }

  /// Writes everything.
  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset) + off_t(written))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      written += count
    }
    return true
  }

  /// All of it; `nil` if it is larger than the limit or cannot be read.
  func content(limit: Int) -> [UInt8]? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size <= limit else { return nil }
    var source = FileSource(descriptor: descriptor, base: 0, length: UInt64(status.st_size))
    return try? source.read(at: 0, count: Int(status.st_size))
  }
}
