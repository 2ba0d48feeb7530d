// SPDX-License-Identifier: Apache-2.0

/// A call to the cloud that the gate decides on, recognised by its method and path.
///
/// Recognised wider than documented: in any version of the API, whatever the case of the words and with an ending as
/// `.json`. A call that the cloud does not know is refused by it anyway; one that it knows in spite of its spelling must
/// not get past the gate.
public enum GatedCall: Sendable, Equatable {
  /// `POST /v1/cloudimages/wholeimages/action`; the body is a ``WholeImageRequest``.
  case createWholeImage
  /// `POST /v1/cloudimages/{image_id}/file` and `/v2.1/...`; the body is an ``ImageExport``.
  case exportImage(id: String)
  /// `POST /v1/cloudimages/{image_id}/copy` and `/v2.1/...`; the body is an ``ImageCopy``.
  case copyImageInRegion(id: String)
  /// `POST /v1/cloudimages/members`; the body is an ``ImageSharing``.
  case shareImages
  /// `POST /v2/images/{image_id}/members`; the body is an ``ImageSharing`` in its native form.
  case shareImage(id: String)
  /// `POST /v1/{project_id}/cloudservers/action`; the body is a ``ServerAction`` in its form for several servers.
  case actOnServers(project: String)
  /// `POST /v2.1/{project_id}/servers/{server_id}/action`; the body is a ``ServerAction`` in its native form.
  case actOnServer(project: String, server: String)
  /// `DELETE /v1/{project_id}/cloudservers/{server_id}/detachvolume/{volume_id}`, and the native
  /// `DELETE /v2.1/{project_id}/servers/{server_id}/os-volume_attachments/{volume_id}`.
  case detachVolume(project: String, server: String, volume: String)

  /// The call of that method and path; `nil` if the gate does not decide on it.
  ///
  /// Throws if an id in the path is none. Ids are in lower case.
  public static func recognise(method: String, path: CallPath) throws(RequestViolations) -> GatedCall? {
    let segments = path.segments
    guard let first = segments.first, isVersion(first) else { return nil }
    // The first segment is a version, the others count from here.
    let rest = Array(segments.dropFirst())
    switch method.uppercased() {
    case "POST": return try post(rest)
    case "DELETE": return try delete(rest)
    default: return nil
    }
  }

  private static func post(_ rest: [String]) throws(RequestViolations) -> GatedCall? {
    switch rest.count {
    case 2 where matches(rest, "cloudimages", "members"): return .shareImages
    case 3 where matches(rest, "cloudimages", "wholeimages", "action"): return .createWholeImage
    case 3 where matches(rest, "cloudimages", nil, "file"): return .exportImage(id: try image(rest[1]))
    case 3 where matches(rest, "cloudimages", nil, "copy"): return .copyImageInRegion(id: try image(rest[1]))
    case 3 where matches(rest, "images", nil, "members"): return .shareImage(id: try image(rest[1]))
    case 3 where matches(rest, nil, "cloudservers", "action"): return .actOnServers(project: try project(rest[0]))
    case 4 where matches(rest, nil, "servers", nil, "action") || matches(rest, nil, "cloudservers", nil, "action"):
      return .actOnServer(project: try project(rest[0]), server: try resource(rest[2], "server"))
    default: return nil
    }
  }

  private static func delete(_ rest: [String]) throws(RequestViolations) -> GatedCall? {
    guard rest.count == 5,
      matches(rest, nil, "cloudservers", nil, "detachvolume", nil)
        || matches(rest, nil, "servers", nil, "os-volume_attachments", nil)
    else { return nil }
    return .detachVolume(
      project: try project(rest[0]), server: try resource(rest[2], "server"), volume: try resource(rest[4], "volume"))
  }

  private static func isVersion(_ segment: String) -> Bool {
    guard let letter = segment.utf8.first, letter | 0x20 == UInt8(ascii: "v"), segment.utf8.count > 1 else {
      return false
    }
    return segment.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
  }

  /// Whether the segments are these words; `nil` stands for any segment.
  private static func matches(_ segments: [String], _ words: String?...) -> Bool {
    guard segments.count == words.count else { return false }
    for (index, (segment, word)) in zip(segments, words).enumerated() {
      guard let word else { continue }
      let folded = segment.lowercased()
      let isLast = index == segments.count - 1
      guard folded == word || (isLast && folded.hasPrefix(word + ".")) else { return false }
    }
    return true
  }

  private static func image(_ text: String) throws(RequestViolations) -> String {
    guard CloudIdentifiers.isUUID(text) else {
      throw RequestViolations(
        RequestViolation(
          .imageIDMalformed, "image_id", "must be a UUID, found \(ShownValue.of(text))",
          "必须是 UUID，实际为 \(ShownValue.of(text))"))
    }
    return text.lowercased()
  }

  private static func resource(_ text: String, _ kind: String) throws(RequestViolations) -> String {
    guard CloudIdentifiers.isUUID(text) else {
      throw RequestViolations(
        RequestViolation(
          .serverRequestWrong, "\(kind)_id", "must be a UUID, found \(ShownValue.of(text))",
          "必须是 UUID，实际为 \(ShownValue.of(text))"))
    }
    return text.lowercased()
  }

  private static func project(_ text: String) throws(RequestViolations) -> String {
    guard CloudIdentifiers.isPathIdentifier(text) else {
      throw RequestViolations(
        RequestViolation(
          .serverRequestWrong, "project_id", "is no project id: \(ShownValue.of(text))",
          "不是项目 ID：\(ShownValue.of(text))"))
    }
    return text
  }
}
