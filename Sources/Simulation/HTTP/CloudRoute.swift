// SPDX-License-Identifier: Apache-2.0

/// A method and a path with holes, as `GET /v3/{project_id}/backups/{backup_id}`.
///
/// `*` stands for any method; a segment `*` or `{name}` for any one segment; `**` at the end for any rest.
struct RoutePattern: Sendable, Equatable {
  /// The pattern as it was written.
  var text: String
  private var method: String
  private var segments: [String]

  /// Reads a pattern; `nil` if it is not a method, a blank and a path.
  init?(_ text: String) {
    let parts = text.split(separator: " ")
    guard parts.count == 2, parts[1].hasPrefix("/") else { return nil }
    self.init(text: text, method: String(parts[0]), path: String(parts[1]))
  }

  /// The pattern of a method and a path.
  init(_ method: String, _ path: String) { self.init(text: "\(method) \(path)", method: method, path: path) }

  private init(text: String, method: String, path: String) {
    self.text = text
    self.method = method
    segments = CloudCall.segments(of: path).map { String($0) }
  }

  /// What the pattern's names stand for in a call; `nil` if the call is another one.
  func match(_ call: CloudCall) -> [String: String]? {
    guard method == "*" || method == call.method else { return nil }
    let open = segments.last == "**"
    let fixed = open ? segments.dropLast() : segments[...]
    guard open ? call.segments.count >= fixed.count : call.segments.count == fixed.count else { return nil }
    var variables: [String: String] = [:]
    for (pattern, segment) in zip(fixed, call.segments) {
      if pattern.hasPrefix("{"), pattern.hasSuffix("}") {
        guard !segment.isEmpty else { return nil }
        variables[String(pattern.dropFirst().dropLast())] = segment
      } else if pattern != "*", pattern != segment {
        return nil
      }
    }
    return variables
  }
}

/// One call of the cloud and what it does.
struct CloudRoute: Sendable {
  /// What a call does: reads or changes the cloud, and answers or refuses.
  typealias Handler = @Sendable (inout CloudState, CloudCall) throws(CloudRefusal) -> CloudAnswer

  /// Method and path.
  var pattern: RoutePattern
  /// Whether it can be called without saying who asks.
  var isOpen = false
  /// What it does.
  var handler: Handler

  init(_ method: String, _ path: String, isOpen: Bool = false, _ handler: @escaping Handler) {
    pattern = RoutePattern(method, path)
    self.isOpen = isOpen
    self.handler = handler
  }

  /// Every call that the simulator knows; the first that matches is meant, so fixed words come before holes.
  static let all: [CloudRoute] =
    TokenRoutes.all + ProjectRoutes.all + WholeImageOrders.all + JobRoutes.all + ImageRoutes.all + ImageTagRoutes.all
    + ImageMemberRoutes.all + ImageCopyRoutes.all + ServerRoutes.all + BlockDeviceRoutes.all + ServerActionRoutes.all
    + VolumeRoutes.all + BackupRoutes.all + BackupMemberRoutes.all + VaultRoutes.all + CheckpointItemRoutes.all
}
