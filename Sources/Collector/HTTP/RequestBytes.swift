// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Request {
  /// The body, read into memory; 413 past the limit.
  ///
  /// Each part is shown before it is kept, so that the memory of many bodies at a time can be bounded.
  func bytes(upTo limit: Int, showing show: (Int) throws -> Void = { _ in }) async throws -> ByteBuffer {
    let tooLarge = CallError(
      .contentTooLarge, .bodyTooLarge, "The body is larger than the \(limit) bytes allowed here.",
      chinese: "消息体超过此处允许的 \(limit) 字节。")
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
    var collected = ByteBuffer()
    for try await var part in body {
      guard collected.readableBytes + part.readableBytes <= limit else { throw tooLarge }
      try show(part.readableBytes)
      if collected.readableBytes == 0 { collected = part } else { collected.writeBuffer(&part) }
    }
    return collected
  }

  /// Whether no body follows the head (RFC 9112, section 6.3).
  var hasNoBody: Bool {
    guard headers[.transferEncoding] == nil else { return false }
    guard let length = headers[.contentLength] else { return true }
    return length == "0"
  }
}
