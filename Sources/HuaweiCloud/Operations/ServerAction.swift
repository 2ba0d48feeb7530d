// SPDX-License-Identifier: Apache-2.0

public import Facts

/// What is to be done to servers: the body of `POST /v1/{project_id}/cloudservers/action` for several of them and of
/// `POST /v2.1/{project_id}/servers/{server_id}/action` for one.
///
/// All actions share these paths; the body's one key tells which it is. A body with another number of keys, a name that
/// is nearly one of the guarded ones, or a server that cannot be read is an error, so that nothing is started by a body
/// that the cloud reads differently. The codes are the compute service's.
public struct ServerAction: Sendable, Equatable {
  /// What is to be done.
  public enum Kind: Sendable, Equatable {
    /// Switch on.
    case start
    /// Switch off.
    case stop
    /// Switch off and on.
    case reboot
    /// Something else, by the name in the body.
    case other(String)

    /// The kind of a key in a body.
    public init(name: String) {
      switch name {
      case "os-start": self = .start
      case "os-stop": self = .stop
      case "reboot": self = .reboot
      default: self = .other(name)
      }
    }
  }

  /// What is to be done.
  public var kind: Kind
  /// The servers' ids, in lower case, each once; at least one.
  public var servers: [String]
  /// The whole request.
  public var json: JSON

  /// Reads the body for several servers; throws what is wrong with it.
  public init(body: some Collection<UInt8>) throws(RequestViolations) {
    let json = try RequestFields.json(body, code: .serverRequestWrong)
    let (name, content) = try Self.action(in: json)
    var fields = try RequestFields(content, known: ["servers"], code: .serverRequestWrong)
    var servers: [String] = []
    var seen: Set<String> = []
    for (index, element) in fields.array("servers", .serverRequestWrong).enumerated() {
      guard let id = Self.server(element, "\(name).servers[\(index)]", &fields.violations) else { continue }
      if seen.insert(id).inserted { servers.append(id) }
    }
    if fields.violations.count == 0, servers.isEmpty {
      fields.violations.append(.serverRequestWrong, "\(name).servers", "names no server", "没有指定云服务器")
    }
    try fields.check()
    kind = Kind(name: name)
    self.servers = servers
    self.json = json
  }

  /// Reads the native body for the server of the path; throws what is wrong with it.
  ///
  /// What stands under the action's name does not matter: `{}` and `null` are both in use.
  public init(server: String, body: some Collection<UInt8>) throws(RequestViolations) {
    let json = try RequestFields.json(body, code: .serverRequestWrong)
    let (name, _) = try Self.action(in: json)
    kind = Kind(name: name)
    servers = [server]
    self.json = json
  }

  private static func action(in json: JSON) throws(RequestViolations) -> (name: String, content: JSON) {
    func refusal(_ words: String, _ chinese: String) -> RequestViolations {
      RequestViolations(RequestViolation(.serverRequestWrong, "", words, chinese))
    }
    guard case .object(let members) = json else {
      throw refusal(
        "the request must be an object, found \(json.kindName)", "请求必须是对象，实际为\(ShownValue.chinese(json))")
    }
    guard let member = members.members.first, members.members.count == 1 else {
      throw refusal(
        "the request must have one key, the action, found \(members.members.count)",
        "请求必须恰有一个键，即操作名，实际有 \(members.members.count) 个")
    }
    // A name is letters of ASCII, digits, `-` and `_`; anything else is either none or a disguise.
    guard CloudIdentifiers.isPathIdentifier(member.key) else {
      throw refusal(
        "the request's key is no action: \(ShownValue.of(member.key))", "请求的键不是操作名：\(ShownValue.of(member.key))")
    }
    let folded = member.key.lowercased()
    if Kind(name: folded) != .other(folded), folded != member.key {
      throw refusal(
        "the action \(ShownValue.of(member.key)) must be written \(folded)",
        "操作 \(ShownValue.of(member.key)) 必须写作 \(folded)")
    }
    return (member.key, member.value)
  }

  private static func server(_ element: JSON, _ field: String, _ violations: inout ViolationList) -> String? {
    guard case .object(let members) = element else {
      violations.append(
        .serverRequestWrong, field, "must be an object with an id, found \(ShownValue.of(element))",
        "必须是含有 id 的对象，实际为 \(ShownValue.chinese(element))")
      return nil
    }
    // `{"ID":...}` beside `id` would be another server to a reader that does not mind the case.
    guard members.members.allSatisfy({ $0.key == "id" || $0.key.uppercased() != "ID" }) else {
      violations.append(.serverRequestWrong, field, "has a key that is nearly id", "含有与 id 仅大小写不同的键")
      return nil
    }
    guard case .string(let text)? = members["id"], CloudIdentifiers.isUUID(text) else {
      violations.append(
        .serverRequestWrong, field,
        "must have a UUID as id, found \(members["id"].map { ShownValue.of($0) } ?? "none")",
        "的 id 必须是 UUID，实际为 \(members["id"].map { ShownValue.chinese($0) } ?? "缺失")")
      return nil
    }
    return text.lowercased()
  }
}
