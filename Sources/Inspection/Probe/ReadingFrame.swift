// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import LVMMetadata

/// How requests and readings travel between the program and its helpers: a length, a JSON head, and the bytes.
///
/// The helper has parsed bytes of the guest's owner, so what it sends is checked like any other input.
enum ReadingFrame {
  /// Frames larger than this are refused: twice what a recording may hold.
  static let maximumSize = 200 << 20

  /// A frame: 4 bytes length of the rest, 4 bytes length of the head, the head, the body; little endian.
  static func bytes(head: JSON, body: [UInt8] = []) -> [UInt8] {
    let head = head.canonicalBytes
    var frame: [UInt8] = []
    frame.reserveCapacity(8 + head.count + body.count)
    for value in [UInt32(4 + head.count + body.count), UInt32(head.count)] {
      for shift in [0, 8, 16, 24] { frame.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
    }
    frame += head
    frame += body
    return frame
  }

  /// The length of the frame that these bytes begin; `nil` while that is not known, 0 if it is too large.
  static func length(of bytes: some Collection<UInt8>) -> Int? {
    guard bytes.count >= 4 else { return nil }
    let rest = Int(bytes.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    return rest >= 4 && rest <= maximumSize ? 4 + rest : 0
  }

  /// Takes a whole frame apart.
  static func parts(of frame: [UInt8]) -> (head: JSON, body: ArraySlice<UInt8>)? {
    guard frame.count >= 8 else { return nil }
    let length = Int(frame[4..<8].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    guard length <= frame.count - 8, let head = try? JSON(parsing: frame[8..<(8 + length)]) else { return nil }
    return (head, frame[(8 + length)...])
  }

  /// The frame of a request.
  static func bytes(of request: ProbeRequest) -> [UInt8] {
    bytes(
      head: .members(
        ("path", request.path.json), ("offset", request.offset.json), ("length", request.length?.json),
        ("number", request.number?.json), ("table", request.wantsTable.json)))
  }

  /// The request in a frame.
  static func request(from frame: [UInt8]) -> ProbeRequest? {
    guard let members = parts(of: frame)?.head.object, let path: String = try? members.required("path") else {
      return nil
    }
    return ProbeRequest(
      path: path, offset: (try? members.optional("offset")) ?? 0, length: try? members.optional("length"),
      number: try? members.optional("number"), wantsTable: (try? members.optional("table")) ?? false)
  }

  /// The frame of an outcome.
  static func bytes(of outcome: ProbeOutcome) -> [UInt8] { bytes(head: head(of: outcome), body: body(of: outcome)) }

  /// The bytes that belong to an outcome: its regions, one after another.
  static func body(of outcome: ProbeOutcome) -> [UInt8] {
    guard case .read(let reading) = outcome else { return [] }
    return reading.recording.regions.flatMap(\.bytes)
  }

  /// An outcome but for the bytes that belong to it.
  static func head(of outcome: ProbeOutcome) -> JSON {
    switch outcome {
    case .failed(let operation, let code): return .members(("failed", operation.json), ("code", Int(code).json))
    case .notTheDevice(let reason): return .members(("not_the_device", reason.json))
    case .timedOut: return .members(("no_answer", "timed_out"))
    case .notReached: return .members(("no_answer", "not_reached"))
    case .stillUnanswered(let helper): return .members(("no_answer", "still_waiting"), ("helper", Int(helper).json))
    case .crashed: return .members()
    case .read(let reading):
      let regions = reading.recording.regions.map { JSON.array([$0.offset.json, $0.bytes.count.json]) }
      let failures = reading.recording.failures.map { failure in
        JSON.array([
          failure.offset.json, failure.count.json, Int(failure.error.code).json, failure.error.description.json,
        ])
      }
      return .members(
        ("size", reading.sizeBytes.json), ("signatures", json(reading.signatures)), ("table", reading.table?.json),
        ("entries", .array(reading.entries.map(json))), ("regions", .array(regions)),
        ("failures", .array(failures)), ("end", reading.recording.end?.json), ("evidence", reading.evidence?.json))
    }
  }

  private static func json(_ signatures: DeviceReading.Signatures) -> JSON {
    switch signatures {
    case .none: .null
    case .found(let content): .members(("found", content.json))
    case .ambivalent(let types): .members(("ambivalent", types.json))
    case .failed(let code): .members(("failed", Int(code).json))
    }
  }

  private static func json(_ entry: DeviceReading.TableEntry) -> JSON {
    .members(
      ("partition", entry.partition.json), ("start", entry.startBytes.json), ("size", entry.sizeBytes.json),
      ("container", entry.isContainer.json))
  }

  /// The outcome in a frame; `crashed` if the frame makes no sense.
  static func outcome(from frame: [UInt8]) -> ProbeOutcome {
    guard let (head, body) = parts(of: frame) else { return .crashed }
    return outcome(head: head, body: body)
  }

  /// The outcome of a head and the bytes that belong to it; `crashed` if they make no sense.
  static func outcome(head: JSON, body: ArraySlice<UInt8>) -> ProbeOutcome {
    guard let members = head.object else { return .crashed }
    do throws(DocumentError) {
      switch members["no_answer"]?.string {
      case "timed_out": return .timedOut
      case "not_reached": return .notReached
      case "still_waiting": return .stillUnanswered(Int32(truncatingIfNeeded: try members.required("helper") as Int))
      default: break
      }
      if let operation: String = try members.optional("failed") {
        return .failed(operation: operation, code: Int32(truncatingIfNeeded: try members.required("code") as Int))
      }
      if let reason: String = try members.optional("not_the_device") { return .notTheDevice(reason) }
      guard let recording = try recording(members, body) else { return .crashed }
      var reading = DeviceReading(sizeBytes: try members.required("size"), signatures: try signatures(members))
      reading.table = try members.optional("table")
      for entry in members["entries"]?.array ?? [] {
        let entry = try entry.asObject()
        reading.entries.append(
          DeviceReading.TableEntry(
            partition: try entry.required("partition"), startBytes: try entry.required("start"),
            sizeBytes: try entry.required("size"), isContainer: try entry.required("container")))
      }
      reading.recording = recording
      reading.evidence = try members.optional("evidence")
      return .read(reading)
    } catch {
      return .crashed
    }
  }

  private static func signatures(_ members: JSONObject) throws(DocumentError) -> DeviceReading.Signatures {
    guard let object = members["signatures"]?.object else { return .none }
    if let content: Content = try object.optional("found") { return .found(content) }
    if let types: [String] = try object.optional("ambivalent") { return .ambivalent(types) }
    return .failed(Int32(truncatingIfNeeded: try object.required("failed") as Int))
  }

  private static func recording(
    _ members: JSONObject, _ body: ArraySlice<UInt8>
  ) throws(DocumentError) -> ByteRecording? {
    var regions: [ByteRegion] = []
    var rest = body
    for region in members["regions"]?.array ?? [] {
      guard let parts = region.array, parts.count == 2 else { return nil }
      let count = try Int(json: parts[1])
      guard count >= 0, count <= rest.count else { return nil }
      regions.append(ByteRegion(offset: try UInt64(json: parts[0]), bytes: Array(rest.prefix(count))))
      rest = rest.dropFirst(count)
    }
    var failures: [FailedRead] = []
    for failure in members["failures"]?.array ?? [] {
      guard let parts = failure.array, parts.count == 4 else { return nil }
      let error = ByteSourceError(
        code: Int32(truncatingIfNeeded: try Int(json: parts[2])), description: try String(json: parts[3]))
      failures.append(
        FailedRead(offset: try UInt64(json: parts[0]), count: try Int(json: parts[1]), error: error))
    }
    return ByteRecording(regions: regions, failures: failures, end: try members.optional("end"))
  }
}
