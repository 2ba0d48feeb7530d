// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud

/// The request of a question that is asked without doing anything: the body of the call that would do it, or the id of
/// the one thing that it is about.
enum DecisionRequest {
  /// What rules look at in it; throws what is wrong with it.
  static func read(_ operation: Operation, _ json: JSON, _ questions: Questions) throws(CallError) -> ImageRequest {
    do throws(RequestViolations) {
      switch operation {
      case .createWholeImage: return questions.wholeImage(try WholeImageRequest(json: json))
      case .startServer where json["instance_id"] == nil && json["server_id"] == nil:
        return ImageRequest(
          form: .startServer, serverID: try only("servers", try ServerAction(body: json.canonicalBytes).servers))
      case .share where json["image_id"] == nil:
        return ImageRequest(form: .share, imageID: try only("images", try ImageSharing(json: json).images))
      default: break
      }
    } catch {
      throw CallError(error)
    }
    if let form = operation.imageForm { return ImageRequest(form: form, imageID: try identifier("image_id", in: json)) }
    let field = json["instance_id"] == nil ? "server_id" : "instance_id"
    return ImageRequest(form: .startServer, serverID: try identifier(field, in: json))
  }

  private static func identifier(_ field: String, in json: JSON) throws(CallError) -> String {
    guard let text = json[field]?.string, CloudIdentifiers.isUUID(text) else {
      let found = json[field].map { $0.string ?? $0.kindName } ?? "none"
      let shown = PlainText.from(String(found.prefix(64)))
      throw CallError(
        .badRequest, code: CloudErrorCode.resourceIDMalformed.rawValue, "\(field) must be a UUID, found \"\(shown)\"")
    }
    return text.lowercased()
  }

  private static func only(_ field: String, _ ids: [String]) throws(RequestViolations) -> String {
    guard ids.count == 1, let id = ids.first else { throw RequestViolations.notOne(field, ids.count) }
    return id
  }
}
