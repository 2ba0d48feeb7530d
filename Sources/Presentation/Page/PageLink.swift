// SPDX-License-Identifier: Apache-2.0

/// A link from one page of the collector to another.
public struct PageLink: Sendable, Equatable {
  /// Where it leads, a path on the same server.
  public var path: String
  /// What it says.
  public var text: String

  /// A link to a path on the same server.
  public init(path: String, text: String) {
    self.path = path
    self.text = text
  }

  /// Writes the links as the navigation of a page; nothing where there are none.
  static func write(_ links: [PageLink], to page: inout Markup) {
    guard !links.isEmpty else { return }
    page.element("nav") { page in
      for link in links { page.element("a", ["href": link.path], link.text) }
    }
  }
}
