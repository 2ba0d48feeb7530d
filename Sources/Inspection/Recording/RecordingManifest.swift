// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc

/// What a recording says besides its files: which reads failed and how, and what no file can show.
///
/// It lies at the top of the recorded tree. Without it the tree counts as one made by hand.
struct RecordingManifest: Equatable, Sendable {
  /// Its path in the recorded tree.
  static let file = "/.wholeimage-recording.json"
  /// The form of the document.
  static let schema = "wholeimage.recording/1"
  /// A larger one is refused, in bytes.
  static let sizeLimit = 64 << 20

  /// What is to be known of one device that its file does not show.
  struct DeviceNote: Equatable, Sendable {
    /// The logical sector size that libblkid was told, in bytes; `nil` is 512.
    var sectorBytes: Int?
    /// How probing ended, where the bytes alone do not tell; the head of a ``ReadingFrame``.
    ///
    /// Of a device that was read, the file holds the regions that the head lists, one after another.
    var outcome: JSON?
  }

  /// Version of the agent that recorded.
  var agentVersion: String
  /// When, RFC 3339 in UTC.
  var recordedAt: String
  /// The tree made by hand that was recorded; `nil` if it was a machine.
  var treePath: String?
  /// What the system said of itself.
  var answers: [String: String] = [:]
  /// Reads that failed otherwise than the tree would let them fail, by ``key(_:_:)``.
  private(set) var failures: [String: ReadFailure] = [:]
  /// Notes on devices, by path.
  var devices: [String: DeviceNote] = [:]

  init(agentVersion: String, recordedAt: String, treePath: String?) {
    self.agentVersion = agentVersion
    self.recordedAt = recordedAt
    self.treePath = treePath
  }

  private static func key(_ call: RootCall, _ path: String) -> String { "\(call.rawValue) \(path)" }

  /// How asking about a path failed.
  func failure(of call: RootCall, _ path: String) -> ReadFailure? {
    failures.isEmpty ? nil : failures[Self.key(call, path)]
  }

  /// Notes that asking about a path failed.
  mutating func note(_ failure: ReadFailure, of call: RootCall, _ path: String) {
    failures[Self.key(call, path)] = failure
  }

  /// The manifest of a recorded tree; `nil` if it has none.
  ///
  /// Throws if it is there and cannot be understood: its gaps must not be lost.
  static func read(from root: Root) throws(ReadFailure) -> RecordingManifest? {
    let bytes: [UInt8]
    do throws(ReadFailure) {
      bytes = try root.content(of: file, limit: sizeLimit)
    } catch {
      if error.isAbsent { return nil }
      throw error
    }
    guard let json = try? JSON(parsing: bytes), let manifest = try? RecordingManifest(json: json) else {
      throw ReadFailure(operation: "understand", path: file, code: EBADMSG)
    }
    return manifest
  }
}

extension RecordingManifest: JSONConvertible {
  /// Reads the document form; throws where it is not one.
  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    let schema: String = try members.required("schema")
    guard schema == Self.schema else { throw DocumentError(path: "schema", reason: "unknown value \"\(schema)\"") }
    let agent = try (members["agent"] ?? .null).asObject()
    self.init(
      agentVersion: try agent.required("version"), recordedAt: try members.required("recorded_at"),
      treePath: try members.optional("tree"))
    answers = try members.required("answers")
    for failure in try members.required("failures") as [FailedCall] {
      note(failure.failure, of: failure.call, failure.path)
    }
    devices = try members.required("devices")
  }

  /// The document form.
  var json: JSON {
    let failures = failures.sorted { $0.key < $1.key }.compactMap { key, failure in
      FailedCall(key: key, failure: failure)?.json
    }
    return .members(
      ("schema", Self.schema.json), ("agent", .members(("version", agentVersion.json))),
      ("recorded_at", recordedAt.json), ("tree", treePath?.json ?? .null), ("answers", answers.json),
      ("failures", .array(failures)), ("devices", devices.json))
  }
}

extension RecordingManifest.DeviceNote: JSONConvertible {
  /// Reads the document form; throws where it is not one.
  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    sectorBytes = try members.optional("sector_bytes")
    outcome = members["outcome"]
    guard outcome.map({ $0.object != nil }) ?? true else {
      throw DocumentError(path: "outcome", reason: "expected an object")
    }
  }

  /// The document form.
  var json: JSON { .members(("sector_bytes", sectorBytes?.json), ("outcome", outcome)) }
}

/// One failed way of asking about a path.
private struct FailedCall: JSONConvertible {
  var call: RootCall
  /// The path asked about; the failure names another one where a part of the question failed.
  var path: String
  var failure: ReadFailure

  init?(key: String, failure: ReadFailure) {
    guard let space = key.firstIndex(of: " "), let call = RootCall(rawValue: String(key[..<space])) else { return nil }
    self.call = call
    path = String(key[key.index(after: space)...])
    self.failure = failure
  }

  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    let word: String = try members.required("call")
    guard let call = RootCall(rawValue: word) else {
      throw DocumentError(path: "call", reason: "unknown value \"\(word)\"")
    }
    self.call = call
    path = try members.required("path")
    let code: Int = try members.required("code")
    guard let code = Int32(exactly: code), code > 0 else {
      throw DocumentError(path: "code", reason: "no error number")
    }
    failure = ReadFailure(operation: try members.required("operation"), path: path, code: code)
  }

  var json: JSON {
    .members(
      ("call", call.rawValue.json), ("path", path.json), ("operation", failure.operation.json),
      ("code", Int(failure.code).json))
  }
}
