// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird

/// One call of the API: method, path, who may use it, what it does.
struct Route: Sendable {
  /// Who may use a call.
  enum Access: Sendable {
    /// Everybody.
    case open
    /// Callers that have one of the roles.
    case roles(Set<Role>)
  }

  /// What a call does, as far as limits and signatures go.
  enum Kind: Sendable {
    /// Reads, or only passes on.
    case other
    /// Tells about a guest: limited for each guest, and a signature must cover the body.
    case report
    /// Has something decided or asks for it: limited for each project, and a signature must cover the body.
    case decision
  }

  /// The largest body that is kept in memory to verify its signature, where a call takes no less; the cloud's own limit.
  static let largestSignedBody = 12 << 20

  let method: HTTPRequest.Method
  /// As `/v1/guests/{instance_id}/facts`.
  let path: String
  let access: Access
  let kind: Kind
  /// The largest body that the call takes.
  let bodyLimit: Int
  let handle: @Sendable (Call) async throws -> Response

  /// The path's segments.
  let segments: [Substring]

  init(
    _ method: HTTPRequest.Method, _ path: String, _ access: Access, _ kind: Kind = .other,
    bodyLimit: Int = Route.largestSignedBody,
    handle: @escaping @Sendable (Call) async throws -> Response
  ) {
    self.method = method
    self.path = path
    self.access = access
    self.kind = kind
    self.bodyLimit = bodyLimit
    self.handle = handle
    segments = RouteTable.segments(of: path)
  }
}

/// All calls in one list: it is matched, and it is what a description of the API can be held against.
///
/// The server library's own router answers 404 to a wrong method, and knows no roles.
struct RouteTable: Sendable {
  /// What a request's method and path mean.
  enum Match: Sendable {
    /// This call, with the values of the path's names.
    case route(Route, [String: String])
    /// A path that takes other methods.
    case wrongMethod(allowed: [HTTPRequest.Method])
    /// No such path.
    case none

    /// The route's path; a hyphen for whatever is in none.
    var path: String {
      guard case .route(let route, _) = self else { return "-" }
      return route.path
    }
  }

  let routes: [Route]
  /// What takes the paths of the cloud that are in no route, whatever their method.
  var others: Route?
  /// The first two segments of the paths that are this collector's own: nothing there is handed on.
  var own: Set<[Substring]> = []

  /// The call that a request means; `HEAD` is answered wherever `GET` is.
  func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
    let wanted = method == .head ? .get : method
    let segments = Self.segments(of: path)
    var allowed: [HTTPRequest.Method] = []
    for route in routes {
      guard let parameters = Self.parameters(of: segments, in: route.segments) else { continue }
      if route.method == wanted { return .route(route, parameters) }
      allowed.append(route.method)
    }
    if let others, !isOwn(segments) { return .route(others, [:]) }
    return allowed.isEmpty ? .none : .wrongMethod(allowed: allowed)
  }

  /// Pages and operations have one segment, the calls of the API two.
  private func isOwn(_ segments: [Substring]) -> Bool {
    own.contains(Array(segments.prefix(1))) || own.contains(Array(segments.prefix(2)))
  }

  /// The first segments of the paths of routes: two where the first is a version, else one.
  static func places(of routes: [Route]) -> Set<[Substring]> {
    Set(routes.map { Array($0.segments.prefix($0.segments.first == "v1" ? 2 : 1)) })
  }

  static func segments(of path: String) -> [Substring] {
    path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { $0 }
  }

  private static func parameters(of segments: [Substring], in pattern: [Substring]) -> [String: String]? {
    guard segments.count == pattern.count else { return nil }
    var parameters: [String: String] = [:]
    for (segment, expected) in zip(segments, pattern) {
      if expected.hasPrefix("{") {
        guard let value = decoded(segment), !value.isEmpty else { return nil }
        parameters[String(expected.dropFirst().dropLast())] = value
      } else if segment != expected {
        return nil
      }
    }
    return parameters
  }

  /// A segment with its percent escapes decoded; `nil` if one is none or the result is not text.
  private static func decoded(_ segment: Substring) -> String? {
    guard segment.utf8.contains(UInt8(ascii: "%")) else { return String(segment) }
    var bytes: [UInt8] = []
    var rest = segment.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst(), let low = rest.popFirst(),
        let first = Character(Unicode.Scalar(high)).hexDigitValue,
        let second = Character(Unicode.Scalar(low)).hexDigitValue
      else { return nil }
      bytes.append(UInt8(first << 4 | second))
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
