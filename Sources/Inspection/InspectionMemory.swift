// SPDX-License-Identifier: Apache-2.0

public import Facts

/// What an inspection found that the next one need not find again: what is inside initial RAM file systems that are
/// still the same files.
///
/// Whoever inspects again and again keeps it and hands it to the next inspection. It is no statement about the machine:
/// a file whose stamp is another one is read.
public struct InspectionMemory: Sendable, Equatable {
  private let version: String
  private var readings: [String: InitramfsReading] = [:]

  /// Nothing is remembered by an agent of that version.
  public init(version: String) { self.version = version }

  /// The reading of a file that is still the same.
  func reading(of path: String, root: Root) -> InitramfsReading? {
    guard let reading = readings[path], let stamp = reading.stamp, stamp == root.stamp(of: path) else { return nil }
    return reading
  }

  /// Keeps a reading where its file can be told from another.
  mutating func keep(_ reading: InitramfsReading) {
    if reading.stamp != nil { readings[reading.path] = reading }
  }

  /// Reads the document form; nothing is remembered of one that is none, or that is another version's.
  public init(json: JSON, version: String) {
    self.init(version: version)
    guard let members = json.object, members["version"]?.string == version else { return }
    guard let kept: [InitramfsReading] = try? members.required("initramfs") else { return }
    for reading in kept { keep(reading) }
  }

  /// The document form: `initramfs` and `version`.
  public var json: JSON {
    let kept = readings.values.sorted { $0.path < $1.path }
    return .members(("initramfs", kept.json), ("version", version.json))
  }
}
