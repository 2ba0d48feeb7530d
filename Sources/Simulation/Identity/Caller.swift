// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// Who makes a call.
struct Caller: Sendable, Equatable {
  /// The projects that it may work in; `nil` means any.
  var projects: [String]?
  /// The project it works in, where the path names none.
  var project: String?

  /// Nobody was asked.
  static let anyone = Caller()
}

/// Who may call is told by the state's tokens and keys; where it has none, everybody may.
enum Authentication {
  /// Who makes a call; refuses it as the API gateway does.
  static func caller(_ state: CloudState, _ call: CloudCall) throws(CloudRefusal) -> Caller {
    let named = call.header("x-project-id")
    guard state.isGuarded else { return Caller(project: named) }
    if let id = call.header("x-auth-token") {
      guard let token = state.tokens.first(where: { $0.id == id }) else {
        throw refusal("Incorrect IAM authentication information: decrypt token fail")
      }
      guard token.isValid(at: call.now) else {
        throw refusal("Incorrect IAM authentication information: token expires, expires_at:\(token.expiresAt ?? "")")
      }
      return Caller(projects: token.project.map { [$0] } ?? [], project: token.project)
    }
    if call.header("authorization") != nil {
      let key = try signer(state, call)
      if let named, !key.projects.contains(named) {
        throw refusal("Incorrect IAM authentication information: the key has no part in project \(named)")
      }
      return Caller(projects: key.projects, project: named ?? (key.projects.count == 1 ? key.projects.first : nil))
    }
    throw refusal("Incorrect IAM authentication information: no token and no signature")
  }

  /// Whose access key signed a call.
  private static func signer(_ state: CloudState, _ call: CloudCall) throws(CloudRefusal) -> AccessKey {
    let keys = state.keys
    let verifier = SignatureVerifier { access in keys.first { $0.access == access }?.secret }
    let request = SignableRequest(
      method: call.method, path: call.path, query: call.rawQuery,
      headers: call.headers.map { SignableRequest.Header($0.name, $0.value) })
    do throws(SignatureError) {
      let signature = try verifier.verify(request, body: .of(call.body), now: call.now)
      if let key = keys.first(where: { $0.access == signature.access }) { return key }
    } catch {
      throw refusal("Incorrect IAM authentication information: \(error)")
    }
    throw refusal("Incorrect IAM authentication information: access key does not exist")
  }

  private static func refusal(_ message: String) -> CloudRefusal { .gateway("APIGW.0301", message, status: 401) }
}
