// SPDX-License-Identifier: Apache-2.0

public import Facts

/// What the daemon asks of an inspector on the other side of a socket: one line of JSON.
///
/// `{"instance_id": …, "memory": …, "timeout_ms": …}`, of which only the last must be there. The answer is an
/// `InspectionAnswer`, or `{"error": {"code", "message"}}`, and the end of the stream.
public struct InspectionRequest: Equatable, Sendable {
  /// The configured instance id, which outranks what is found; `nil` if there is none.
  public var instanceID: String?
  /// All devices together are given so long, in seconds; above 0, at most 3600.
  public var timeoutSeconds: Double
  /// What the last answer asked to be handed to the next inspection, whatever that is; `nil` if there was none.
  public var memory: JSON?
  /// A request is no longer than this, its line break included: it fits every socket's buffer.
  public static let limit = 32 << 10

  /// A request.
  public init(instanceID: String?, timeoutSeconds: Double, memory: JSON? = nil) {
    self.instanceID = instanceID
    self.timeoutSeconds = timeoutSeconds
    self.memory = memory
  }

  /// The request that a line holds; throws if it is none, or asks for what cannot be.
  public init(parsing line: [UInt8]) throws(DocumentError) {
    let document: JSON
    do {
      document = try JSON(parsing: line)
    } catch {
      throw DocumentError(reason: "a request is one line of JSON: \(error)")
    }
    guard case .object(let members) = document else { throw DocumentError(reason: "a request is an object") }
    for member in members.members where !["instance_id", "memory", "timeout_ms"].contains(member.key) {
      throw DocumentError(reason: "a request has no \(PlainText.from(member.key))")
    }
    guard case .integer(let milliseconds)? = members["timeout_ms"], (1...3_600_000).contains(milliseconds) else {
      throw DocumentError(reason: "timeout_ms takes 1 to 3600000 milliseconds")
    }
    timeoutSeconds = Double(milliseconds) / 1000
    memory = members["memory"]
    switch members["instance_id"] {
    case nil, .null?: instanceID = nil
    case .string(let id)?: instanceID = id
    default: throw DocumentError(reason: "instance_id takes a text")
    }
  }

  /// The line, with its line break; without the memory where that is too much of it.
  public var line: [UInt8] {
    let line = line(memory)
    return line.count <= Self.limit ? line : self.line(nil)
  }

  private func line(_ memory: JSON?) -> [UInt8] {
    let members = JSON.members(
      ("instance_id", instanceID?.json ?? .null), ("memory", memory),
      ("timeout_ms", Int((timeoutSeconds * 1000).rounded(.up)).json))
    return members.canonicalBytes + [0x0A]
  }
}
