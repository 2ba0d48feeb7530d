// SPDX-License-Identifier: Apache-2.0

internal import Readiness

/// The `Accept-Language` header (RFC 9110, section 12.5.4), as far as two languages need it.
enum AcceptLanguage {
  /// The language of ours that the header prefers; English where it names none.
  static func preferred(in header: String?) -> Language {
    guard let header, header.utf8.count <= 1024 else { return .english }
    var best: (language: Language, quality: Double)?
    for range in header.split(separator: ",") {
      let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
      guard let tag = parts.first, let language = language(of: tag) else { continue }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
      guard weight > 0, weight > best?.quality ?? 0 else { continue }
      best = (language, weight)
    }
    return best?.language ?? .english
  }

  private static func language(of tag: String) -> Language? {
    if tag == "zh" || tag.hasPrefix("zh-") { return .chinese }
    if tag == "en" || tag.hasPrefix("en-") { return .english }
    return nil
  }
}
