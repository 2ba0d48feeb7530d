// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Testing

@testable import Inspection

/// A folder of a test, removed in the end, and GNU tar to unpack into it.
final class Unpacked {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "wholeimage-unpacked-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// Unpacks a recording with GNU tar.
  convenience init(_ recording: MachineRecording) throws {
    try self.init()
    var archive: [UInt8] = []
    recording.writeArchive(folder: "recording", time: 1_700_000_000) { archive += $0 }
    try tar(archive)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The recorded tree.
  var root: Root { get throws { try Root(path: path + "/recording") } }

  /// Unpacks an archive; what tar prints of it.
  @discardableResult
  func tar(_ archive: [UInt8], _ options: String = "-xf") throws -> String {
    let file = path + "/archive.tar"
    try Data(archive).write(to: URL(fileURLWithPath: file))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/tar")
    process.arguments = [options, file, "-C", path]
    process.environment = ["LC_ALL": "C.UTF-8", "TZ": "UTC"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    if options == "-xf" { #expect(text.isEmpty) }
    return text
  }

  /// The content of a file.
  func data(_ file: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)")) }

  /// Size and bytes on disk of a file.
  func sizes(_ file: String) -> (size: Int, allocated: Int) {
    var status = stat()
    guard stat("\(path)/\(file)", &status) == 0 else { return (-1, -1) }
    return (Int(status.st_size), Int(status.st_blocks) * 512)
  }
}

/// The document of facts without what differs from one look to the next.
func withoutTimes(_ facts: GuestFacts) -> JSON {
  var members = facts.json.object ?? JSONObject()
  members["collected_at"] = nil
  members["duration_us"] = nil
  return .object(members)
}
