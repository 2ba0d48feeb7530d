// SPDX-License-Identifier: Apache-2.0

public import Facts

/// The image service's error body, `{"error":{"code":...,"message":...}}`: the one shape that its clients read.
///
/// The API gateway in front of it sends `{"error_code":...,"error_msg":...}` instead; both are understood here.
public struct CloudError: Error, Sendable, Equatable {
  /// A code as `IMG.0126` or `APIGW.0301`.
  public var code: String
  /// What is wrong, in words.
  public var message: String

  /// An error of that code.
  public init(code: String, message: String) {
    self.code = code
    self.message = message
  }

  /// The error in an answer's body; `nil` if it has neither shape.
  public init?(body: some Collection<UInt8>) {
    guard let json = try? JSON(parsing: body) else { return nil }
    if let error = json["error"], let code = error["code"]?.string {
      self.init(code: code, message: error["message"]?.string ?? "")
    } else if let code = json["error_code"]?.string {
      self.init(code: code, message: json["error_msg"]?.string ?? "")
    } else {
      return nil
    }
  }

  /// The service's shape, with further flat strings inside `error`.
  public func json(adding extra: [(String, String?)] = []) -> JSON {
    var members: [(String, JSON?)] = [("code", .string(code)), ("message", .string(message))]
    for (name, value) in extra { members.append((name, value.map { .string($0) })) }
    return .members(("error", .object(JSONObject(members))))
  }
}
