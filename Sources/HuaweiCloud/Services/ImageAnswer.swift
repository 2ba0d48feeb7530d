// SPDX-License-Identifier: Apache-2.0

public import Facts

extension CloudImage {
  /// The path and query of `GET /v2/cloudimages?id={image_id}` (IMS API reference, "Querying Images").
  public static func path(id: String) -> String { "/v2/cloudimages?id=\(id)" }

  /// Reads the answer: the image, none if the list is without it, not known if it is no such list.
  public static func read(answer: JSON, id: String) -> Observed<CloudImage> {
    guard let images = answer["images"]?.array else { return .unknown }
    guard let found = images.first(where: { $0["id"]?.string?.lowercased() == id }) else {
      return images.isEmpty ? .none : .unknown
    }
    var image = CloudImage(id: id)
    // Images of other kinds are without the member.
    image.isWholeImage = found["__whole_image"] == nil ? .value(false) : found.answeredFlag("__whole_image")
    image.backupID = found["__backup_id"] == nil ? .none : found.answeredID("__backup_id")
    image.status = found.answeredText("status")
    return .value(image)
  }
}

extension CloudImage {
  /// The path and query of the whole images of a name.
  public static func wholeImagesPath(name: String) -> String {
    "/v2/cloudimages?__whole_image=true&name=\(PercentEncoding.encode(name))"
  }

  /// The youngest whole image of a name in an answer that was made since then; `nil` if there is none.
  ///
  /// The cloud's clock may be a few minutes off ours.
  public static func youngest(answer: JSON, name: String, since: UTCTime) -> String? {
    let earliest = UTCTime(milliseconds: since.milliseconds - 300_000)
    var found: (id: String, made: UTCTime)?
    for image in answer["images"]?.array ?? [] {
      guard image["name"]?.string == name, image.answeredFlag("__whole_image").value == true,
        let id = image["id"]?.string, let made = image["created_at"]?.string.flatMap(UTCTime.init(rfc3339:)),
        made >= earliest
      else { continue }
      if made > found?.made ?? earliest { found = (id, made) }
    }
    return found?.id
  }
}
