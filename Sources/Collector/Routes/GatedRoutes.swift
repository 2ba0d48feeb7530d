// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import Readiness

/// Every other call of a service of the cloud: what a whole image must not undergo is decided on, the rest passes.
struct GatedRoutes: Sendable {
  let gate: Gate
  let questions: Questions
  let store: Store
  let passThrough: PassThrough
  /// Whether calls that nothing has to be decided on are handed on.
  let passesOthers: Bool
  let log: Logger

  /// What answers to a path that is in no route.
  var route: Route { Route(.get, "/", .roles([.orchestrator])) { try await answer($0) } }

  /// The methods that are handed on: `TRACE` would send the caller's credentials back in a body, `CONNECT` is for proxies.
  private static let methods: [HTTPRequest.Method] = [.delete, .get, .head, .options, .patch, .post, .put]

  private func answer(_ call: Call) async throws -> Response {
    let caller = try call.identified()
    guard Self.methods.contains(call.request.method) else {
      let methods = Self.methods.map(\.rawValue).joined(separator: ", ")
      var error = CallError(
        .methodNotAllowed, .wrongMethod, "This path takes no more than \(methods).", chinese: "此路径只接受 \(methods)。")
      error.headers[.allow] = methods
      throw error
    }
    let path: CallPath
    let gated: GatedCall?
    do throws(RequestViolations) {
      path = try CallPath(call.request.uri.path)
      gated = try GatedCall.recognise(method: call.request.method.rawValue, path: path)
    } catch {
      throw CallError(error)
    }
    try Self.checkProject(in: path, caller)
    guard let gated else {
      guard passesOthers else {
        throw CallError(.notFound, .noSuchPath, "There is nothing at this path.", chinese: "此路径下没有内容。")
      }
      return try await passThrough.send(call, as: caller.cloud)
    }
    try call.admit(as: .decision)
    let body = try await call.body(upTo: PassThrough.wholeLimit)
    var identity = caller.cloud
    for question in try await self.questions(about: gated, body, call) {
      try await decide(question)
      identity = identity.within(question.asker.project)
    }
    return try await passThrough.send(call, as: identity, body: body)
  }

  /// A path that names a project must name one of the caller's: a token that is forwarded may reach further.
  private static func checkProject(in path: CallPath, _ caller: Caller) throws(CallError) {
    guard !caller.isImplicit, path.segments.count > 2 else { return }
    let project = path.segments[1]
    let isID = project.utf8.count == 32 && project.utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    if isID { _ = try caller.project(named: project) }
  }

  /// What has to be decided before a call may go on; nothing for an action that does not disturb an image.
  private func questions(about gated: GatedCall, _ body: ByteBuffer, _ call: Call) async throws -> [Question] {
    let bytes = body.readableBytesView
    do {
      switch gated {
      case .createWholeImage:
        // Its own route takes it; a spelling that only the cloud would understand does not get past the gate.
        throw CallError(
          .notFound, .noSuchPath, "Whole images are ordered at \(WholeImageRequest.path).",
          chinese: "制作整机镜像请用 \(WholeImageRequest.path)。")
      case .exportImage(let id):
        return [try image(.export, id, try ImageExport(image: id, body: bytes).json, call)]
      case .copyImageInRegion(let id):
        return [try image(.copyInRegion, id, try ImageCopy(image: id, body: bytes).json, call)]
      case .shareImages:
        let sharing = try ImageSharing(body: bytes)
        return try sharing.images.map { try image(.share, $0, sharing.json, call) }
      case .shareImage(let id):
        return [try image(.share, id, try ImageSharing(image: id, body: bytes).json, call)]
      case .actOnServers(let project):
        let action = try ServerAction(body: bytes)
        return try disturbing(action, project, call)
      case .actOnServer(let project, let server):
        let action = try ServerAction(server: server, body: bytes)
        return try disturbing(action, project, call)
      case .detachVolume(let project, let server, let volume):
        let question = try self.server(server, project, .members(("volume_id", volume.json)), call)
        return await isSystemDisk(volume, question) ? [question] : []
      }
    } catch let violations as RequestViolations {
      throw CallError(violations)
    }
  }

  private func image(_ operation: Operation, _ id: String, _ document: JSON, _ call: Call) throws -> Question {
    guard let form = operation.imageForm else { throw CallError(.notFound, .noSuchPath, "There is nothing here.") }
    return try questions.question(
      operation, ImageRequest(form: form, imageID: id), document, try call.project(), call)
  }

  private func disturbing(_ action: ServerAction, _ project: String, _ call: Call) throws -> [Question] {
    switch action.kind {
    case .start, .stop, .reboot: try action.servers.map { try server($0, project, action.json, call) }
    case .other: []
    }
  }

  private func server(_ id: String, _ project: String, _ document: JSON, _ call: Call) throws(CallError) -> Question {
    let caller = try call.identified()
    let own = caller.isImplicit ? Caller.implicitProject : try caller.project(named: project)
    var question = try questions.question(
      .startServer, ImageRequest(form: .startServer, serverID: id), document, own, call)
    question.asker.project = project
    return question
  }

  /// Whether a volume is the server's system disk; where the cloud does not say, it is taken for it.
  private func isSystemDisk(_ volume: String, _ question: Question) async -> Bool {
    let facts = await gate.cloud.facts(
      for: ImageRequest(form: .server, serverID: question.request.serverID), question.asker)
    guard let attachments = facts.server.value?.attachments.value,
      let index = attachments.first(where: { $0.volumeID == volume })?.bootIndex.value
    else { return true }
    return index == 0
  }

  /// Decides and records; throws the refusal.
  private func decide(_ question: Question) async throws {
    let decision = try await gate.decide(question)
    let key = RequestKey(
      project: question.project, caller: question.caller, digest: Digest.of(question.document), idempotency: nil)
    let refusal = decision.error
    try await store.record(decision, key: key, state: refusal == nil ? .decided : .refused)
    log.notice(
      "\(question.operation.rawValue): \(refusal == nil ? "allowed" : "denied")",
      metadata: [
        "decision": "\(decision.id)", "subject": "\(question.project)/\(decision.subject)",
        "caller": "\(question.caller)",
      ])
    if let refusal { throw refusal }
  }
}
