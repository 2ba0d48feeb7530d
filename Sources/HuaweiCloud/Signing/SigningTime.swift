// SPDX-License-Identifier: Apache-2.0

public import Facts

/// The form of `X-Sdk-Date`: UTC to the second, `yyyyMMddTHHmmssZ`.
public enum SigningTime {
  /// A moment in that form; what is below a second is dropped.
  public static func text(_ time: UTCTime) -> String {
    // From 2024-11-06T06:19:43.195Z.
    String(time.text.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" }) + "Z"
  }

  /// The moment of a text in that form; `nil` if it is none.
  public static func time(_ text: String) -> UTCTime? {
    let bytes = Array(text.utf8)
    guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
    func part(_ start: Int, _ count: Int) -> String {
      String(decoding: bytes[start..<(start + count)], as: UTF8.self)
    }
    // RFC 3339 knows leap seconds; this form does not.
    guard part(13, 2) != "60" else { return nil }
    return UTCTime(
      rfc3339: "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))T\(part(9, 2)):\(part(11, 2)):\(part(13, 2))Z")
  }
}
