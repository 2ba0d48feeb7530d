// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GuestSigning
internal import HTTPTypes
internal import HuaweiCloud
internal import Hummingbird
internal import NIOCore
internal import Readiness

/// One request on its way to its handler: who asks, what was in the path, in which language to answer.
struct Call: Sendable {
  /// The request; its body is unread, or in memory if its signature had to be verified.
  let request: Request
  /// The values of the path's `{name}` segments.
  let parameters: [String: String]
  /// Who asks; `nil` on the paths that are open to all.
  let caller: Caller?
  /// What the caller's signature vouches for; `nil` if the caller did not sign.
  let signature: VerifiedSignature?
  /// What the signature of an enrolled guest vouches for; `nil` for any other caller.
  let guest: GuestProof?
  /// `X-Request-Id` of the answer.
  let id: String
  /// When the request's head was read: a report's age counts from here, the time that its body took included.
  let arrived: Moment
  /// From where it comes.
  let remote: RemoteAddress
  /// The language that the caller prefers.
  let language: Language
  /// What the caller is held to.
  let limits: RateLimits

  /// The caller; 401 if there is none.
  func identified() throws(CallError) -> Caller {
    guard let caller else { throw CallError(.unauthorized, .noIdentity, "This call needs a token.", retry: .never) }
    return caller
  }

  /// The value of a path segment.
  func parameter(_ name: String) -> String { parameters[name] ?? "" }

  /// The value of a query parameter; the first, if there are several.
  func query(_ name: String) -> String? {
    request.uri.queryParameters.first { $0.key == name[...] }.map { String($0.value) }
  }

  /// The query parameters must all be known, and none may be there twice: a misspelt filter would otherwise filter
  /// nothing, and which of two values comes first is not signed.
  func allowQuery(_ names: Set<String>) throws(CallError) {
    var seen = Set<String>()
    for parameter in request.uri.queryParameters {
      let name = String(parameter.key)
      guard names.contains(name) else {
        throw CallError(.badRequest, .wrongValue, "Unknown query parameter \"\(PlainText.from(name))\".")
      }
      guard seen.insert(name).inserted else {
        throw CallError(.badRequest, .wrongValue, "Query parameter \(name) is there twice.")
      }
    }
  }

  /// A whole number not below zero in the query.
  func queryNumber(_ name: String, upTo limit: Int64) throws(CallError) -> Int64? {
    guard let text = query(name) else { return nil }
    guard let value = Int64(text), (0...limit).contains(value) else {
      throw CallError(.badRequest, .wrongValue, "Query parameter \(name) must be a whole number from 0 to \(limit).")
    }
    return value
  }

  /// A whole number not below zero in a header.
  func headerNumber(_ name: HTTPField.Name, upTo limit: Int64) throws(CallError) -> Int64? {
    guard let text = request.headers[name] else { return nil }
    guard let value = Int64(text), (0...limit).contains(value) else {
      throw CallError(.badRequest, .wrongValue, "Header \(name) must be a whole number from 0 to \(limit).")
    }
    return value
  }

  /// The body, read into memory; 413 past the limit, 401 if it is not the one that an enrolled guest signed.
  func body(upTo limit: Int) async throws -> ByteBuffer {
    let body = try await request.bytes(upTo: limit)
    guard guest == nil || guest?.bodyDigest == SignedRequest.digest(of: body.readableBytesView) else {
      throw GuestSignatures.refused("the body is another than was signed")
    }
    return body
  }

  /// The body as JSON; 400 if it is none.
  func json(upTo limit: Int) async throws -> JSON {
    let body = try await body(upTo: limit)
    do throws(JSONSyntaxError) { return try JSON(parsing: body.readableBytesView) } catch {
      throw CallError(.badRequest, .malformed, "The body is \(error).")
    }
  }
}
