// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GRDB
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOHTTP1

/// Every request enters here and every answer leaves here: matched, identified, handled, and errors in one shape.
struct CollectorResponder: HTTPResponder {
  typealias Context = CollectorContext

  let table: RouteTable
  let identity: Identity
  let limits: RateLimits
  let clock: CollectorClock
  let metrics: CollectorMetrics
  let log: Logger

  func respond(to request: Request, context: CollectorContext) async throws -> Response {
    let id = Self.requestID(given: request.headers[.requestID])
    var response: Response
    let match = table.match(request.method, request.uri.path)
    do {
      response = try await answer(to: request, match, id: id, from: context.remote)
    } catch let error as HTTPParserError {
      // Not well-formed HTTP: the server library answers it and closes the connection.
      throw error
    } catch {
      response = Response(
        callError(for: error, id: id), in: AcceptLanguage.preferred(in: request.headers[.acceptLanguage]))
    }
    metrics.answered(match.path, status: response.status.code)
    response.headers[.requestID] = id
    response.headers[.cacheControl] = "no-store"
    return request.method == .head ? response.createHeadResponse() : response
  }

  private func answer(
    to request: Request, _ match: RouteTable.Match, id: String, from remote: RemoteAddress
  ) async throws -> Response {
    let arrived = clock.now()
    switch match {
    case .none:
      throw CallError(.notFound, .noSuchPath, "There is nothing at this path.", chinese: "此路径下没有内容。")
    case .wrongMethod(let allowed):
      let methods = Set(allowed.map(\.rawValue)).sorted().joined(separator: ", ")
      var error = CallError(
        .methodNotAllowed, .wrongMethod, "This path takes \(methods).", chinese: "此路径只接受 \(methods)。")
      error.headers[.allow] = methods
      throw error
    case .route(let route, let parameters):
      var request = request
      var identified: Identified?
      if case .roles(let roles) = route.access {
        let found = try await identity.identify(request, bodyLimit: route.bodyLimit, from: remote, at: arrived)
        guard roles.contains(where: found.caller.has) else {
          throw CallError(
            .forbidden, .roleForbids, "The role of \(found.caller.name) does not allow this call.",
            chinese: "\(found.caller.name) 的角色不允许此调用。")
        }
        if let body = found.body { request.body = RequestBody(buffer: body) }
        identified = found
      }
      let language = AcceptLanguage.preferred(in: request.headers[.acceptLanguage])
      let call = Call(
        request: request, parameters: parameters, caller: identified?.caller, signature: identified?.signature,
        guest: identified?.guest, id: id, arrived: arrived, remote: remote, language: language, limits: limits)
      try call.admit(as: route.kind)
      return try await route.handle(call)
    }
  }

  private func callError(for error: any Error, id: String) -> CallError {
    switch error {
    case let error as CallError:
      return error
    case let error as ReportRefusal:
      if case .keyIsShared(let keyID, let instance) = error {
        log.error(
          "two servers report with one key, which was revoked: enrol both anew, by tokens",
          metadata: ["guest": "\(instance)", "key": "\(keyID)", "request": "\(id)"])
      }
      return error.callError
    case is DatabaseError, is StoreBusy:
      log.error("the store failed", metadata: ["error": "\(error)", "request": "\(id)"])
      return .unavailable(
        .storeUnavailable, "The collector's store cannot be read or written now.",
        chinese: "本服务的存储目前无法读写。", retryAfter: 10)
    case let error as HTTPError:
      return CallError(error.status, .malformed, error.body ?? error.status.reasonPhrase)
    default:
      log.error("a call failed", metadata: ["error": "\(error)", "request": "\(id)"])
      return CallError(
        .internalServerError, .fault, "The collector failed; its log names request \(id).",
        chinese: "本服务出错；其日志中记有请求 \(id)。", retry: .later)
    }
  }

  /// The caller's own id if it is harmless in a log line, else a new one.
  static func requestID(given: String?) -> String {
    if let given, (1...128).contains(given.utf8.count),
      given.utf8.allSatisfy({ byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      })
    {
      return given
    }
    return RandomIdentifier.make()
  }
}
