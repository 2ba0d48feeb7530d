// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Facts

/// The tokens that the collector knows, by their SHA-256, and the cloud's keys.
struct Credentials: Sendable {
  /// One entry of `tokens`.
  struct Entry: Sendable {
    var name: String
    var sha256: [UInt8]
    var role: Role
    var projects: [String]
    var instanceID: String?
    var forwardAs: String?
  }

  /// Entries by the first eight bytes of their digest, so that the time to find one does not grow with their number.
  private let entries: [UInt64: [Entry]]

  /// How many tokens there are.
  let count: Int

  /// The cloud's keys by their access key, which is no secret.
  let keys: [String: Key]

  /// All tokens, in no order.
  var all: [Entry] { entries.values.flatMap { $0 } }

  /// The entry of a token.
  ///
  /// What is compared are digests, and every byte of them, so the time taken tells nothing about a token.
  func entry(for token: some StringProtocol) -> Entry? {
    let digest = Array(SHA256.hash(data: Array(token.utf8)))
    return (entries[Self.bucket(digest)] ?? []).first { Self.areEqual($0.sha256, digest) }
  }

  private static func bucket(_ digest: [UInt8]) -> UInt64 { digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }

  private static func areEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    guard first.count == second.count else { return false }
    var difference: UInt8 = 0
    for (one, other) in zip(first, second) { difference |= one ^ other }
    return difference == 0
  }
}

extension Credentials {
  /// Reads the document; a member that is not known is refused, since a misspelt one would otherwise do nothing.
  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    try Self.allow(["tokens", "keys"], in: members)
    guard members["tokens"] != nil || members["keys"] != nil else {
      throw DocumentError(path: "tokens", reason: "expected an array of tokens")
    }
    let values = try Self.array("tokens", in: members)
    var entries: [UInt64: [Entry]] = [:]
    var names = Set<String>()
    var digests = Set<[UInt8]>()
    for (index, value) in values.enumerated() {
      do throws(DocumentError) {
        let entry = try Entry(json: value)
        guard names.insert(entry.name).inserted else {
          throw DocumentError(path: "name", reason: "a second token of the name \"\(PlainText.from(entry.name))\"")
        }
        guard digests.insert(entry.sha256).inserted else {
          throw DocumentError(path: "sha256", reason: "the same token twice")
        }
        entries[Self.bucket(entry.sha256), default: []].append(entry)
      } catch {
        throw error.under("tokens[\(index)]")
      }
    }
    self.entries = entries
    count = values.count
    keys = try Self.keys(try Self.array("keys", in: members))
  }

  private static func array(_ name: String, in members: JSONObject) throws(DocumentError) -> [JSON] {
    switch members[name] {
    case nil: return []
    case .array(let values)?: return values
    case let other?: throw DocumentError(path: name, reason: "expected an array, found \(other.kindName)")
    }
  }

  static func projects(in members: JSONObject) throws(DocumentError) -> [String] {
    let projects: [String] = try members.required("projects")
    guard !projects.isEmpty, projects.allSatisfy({ (1...64).contains($0.utf8.count) }) else {
      throw DocumentError(path: "projects", reason: "expected at least one project id of 1 to 64 bytes")
    }
    return projects
  }

  static func allow(_ names: Set<String>, in members: JSONObject) throws(DocumentError) {
    for member in members.members where !names.contains(member.key) {
      throw DocumentError(path: PlainText.from(member.key), reason: "unknown member")
    }
  }
}

extension Credentials.Entry {
  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    try Credentials.allow(["name", "sha256", "role", "projects", "instance_id", "forward_as"], in: members)
    name = try members.required("name")
    guard (1...128).contains(name.utf8.count), PlainText.from(name) == name else {
      throw DocumentError(path: "name", reason: "must have 1 to 128 bytes and no control character")
    }
    guard !Caller.reservedPrefixes.contains(where: name.hasPrefix) else {
      throw DocumentError(
        path: "name", reason: "must not begin as the names of the cloud's own callers do (iam:, key:)")
    }
    let digest: String = try members.required("sha256")
    guard let bytes = Self.bytes(ofHex: digest), bytes.count == 32 else {
      throw DocumentError(path: "sha256", reason: "expected 64 hexadecimal digits, the SHA-256 of the token")
    }
    sha256 = bytes
    role = try members.required("role")
    projects = try Credentials.projects(in: members)
    let instance: String? = try members.optional("instance_id")
    if let instance {
      guard role == .agent else { throw DocumentError(path: "instance_id", reason: "is for the role agent only") }
      guard let canonical = InstanceID.canonical(instance) else {
        throw DocumentError(path: "instance_id", reason: InstanceID.rule)
      }
      instanceID = canonical
    }
    forwardAs = try members.optional("forward_as")
    if let forwardAs {
      guard !forwardAs.isEmpty, forwardAs.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw DocumentError(path: "forward_as", reason: "expected a token of printable ASCII characters")
      }
    }
  }

  private static func bytes(ofHex text: String) -> [UInt8]? {
    let digits = text.map(\.hexDigitValue)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    return bytes
  }
}
