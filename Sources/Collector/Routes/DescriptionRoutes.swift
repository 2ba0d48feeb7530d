// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The description of the API; open to all, as it tells nothing of anybody.
struct DescriptionRoutes: Sendable {
  private let bytes: ByteBuffer

  init(_ document: APIDocument) { bytes = ByteBuffer(bytes: document.json.canonicalBytes) }

  var routes: [Route] {
    [
      Route(.get, "/openapi.json", .open) { [bytes] _ in .bytes(bytes, type: "application/json") }
    ]
  }
}
