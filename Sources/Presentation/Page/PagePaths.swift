// SPDX-License-Identifier: Apache-2.0

public import Readiness

/// Where a collector's pages are, and how they lead to each other.
public struct PagePaths: Sendable {
  /// The list of guests.
  public static let root = "/ui/"

  /// The language of the page.
  public var language: Language
  /// Whether the reader chose it; then it goes along with every link.
  public var isChosen: Bool

  /// The paths for a page in a language.
  public init(language: Language, isChosen: Bool) {
    self.language = language
    self.isChosen = isChosen
  }

  /// The list of guests, held to a verdict and a project, from a cursor on.
  func fleet(verdict: Verdict? = nil, project: String? = nil, after: String? = nil) -> String {
    path(Self.root, [("verdict", verdict?.rawValue), ("project", project), ("after", after)])
  }

  /// The page of a guest.
  func guest(_ id: String, project: String) -> String {
    path(Self.root + "guests/" + Self.encoded(id), [("project", project)])
  }

  /// The rules.
  var rules: String { path(Self.root + "rules", []) }

  /// One rule.
  func rule(_ id: String) -> String { path(Self.root + "rules/" + Self.encoded(id), []) }

  /// The links at the top of every page; the last leads to the same page in the other language.
  func links(toOther path: String) -> [PageLink] {
    let other: Language = language == .english ? .chinese : .english
    let start = path.split(separator: "?", maxSplits: 1).first.map(String.init) ?? path
    let query = path.split(separator: "?", maxSplits: 1).dropFirst().first?.split(separator: "&") ?? []
    let kept = query.filter { !$0.hasPrefix("lang=") } + ["lang=\(other.rawValue)"[...]]
    return [
      PageLink(path: fleet(), text: FleetWords.title.text(in: language)),
      PageLink(path: rules, text: FleetWords.rules.text(in: language)),
      PageLink(path: start + "?" + kept.joined(separator: "&"), text: Self.name(of: other)),
    ]
  }

  /// What a language is called by those who read it.
  private static func name(of language: Language) -> String {
    switch language {
    case .english: "English"
    case .chinese: "中文"
    }
  }

  /// The links at the top of the page of a guest.
  public func linksOfGuest(_ id: String, project: String) -> [PageLink] {
    links(toOther: guest(id, project: project))
  }

  private func path(_ path: String, _ query: [(String, String?)]) -> String {
    var parts = query.compactMap { name, value in value.map { "\(name)=\(Self.encoded($0))" } }
    if isChosen { parts.append("lang=\(language.rawValue)") }
    return parts.isEmpty ? path : path + "?" + parts.joined(separator: "&")
  }

  /// Text as part of a path or a query: all but unreserved characters as `%NN` (RFC 3986, section 2.3).
  static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
      }
    }
    return result
  }
}
