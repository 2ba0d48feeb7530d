// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc

/// The devices that an earlier inspection is still waiting for, across processes: a helper that was left behind in a
/// read of a dead device is remembered in a small file under `/run`, so that the next inspection leaves the device
/// alone instead of leaving another helper behind every time.
///
/// A file per device number holds the helper's process id and start time. It counts as long as that very process lives:
/// a helper ends by itself when its device answers. What cannot be written (no right to, no `/run`) costs no more than
/// that another helper is left behind. Readers of initial RAM file systems are remembered in the same way, under one
/// name.
struct UnansweredDevices {
  /// Where the files are.
  static let folder = "/run/wholeimage-unanswered"

  private let folder: String
  /// Helpers that still wait, by device number.
  private(set) var waiting: [String: pid_t] = [:]

  /// Reads what earlier inspections left behind, and forgets those that have ended.
  init(folder: String = Self.folder) {
    self.folder = folder
    guard let directory = opendir(folder) else { return }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard name.contains(":"), let note = Self.read("\(folder)/\(name)") else { continue }
      if Self.startTime(of: note.process) == note.startTime {
        waiting[name] = note.process
      } else {
        unlink("\(folder)/\(name)")
      }
    }
  }

  /// Remembers that a helper waits for a device.
  func note(_ number: String, helper process: pid_t) {
    guard let start = Self.startTime(of: process) else { return }
    // Only the device's owner may say that it does not answer.
    mkdir(folder, 0o700)
    let path = "\(folder)/\(number)"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let text = Array("\(process) \(start)\n".utf8)
    // A file without its content is taken for nothing.
    if write(descriptor, text, text.count) != text.count { unlink(path) }
  }

  private static func read(_ path: String) -> (process: pid_t, startTime: String)? {
    guard let text = content(of: path) else { return nil }
    let fields = text.split { $0 == " " || $0 == "\n" }
    guard fields.count == 2, let process = pid_t(fields[0]), process > 0 else { return nil }
    return (process, String(fields[1]))
  }

  /// The start time of a process (proc(5), /proc/PID/stat, the 22nd field); `nil` if there is none, or only its corpse.
  private static func startTime(of process: pid_t) -> String? {
    guard let text = content(of: "/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
    // The name in the second field may hold anything; after it come the state and the rest.
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return String(fields[19])
  }

  private static func content(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }
}
