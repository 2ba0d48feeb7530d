// SPDX-License-Identifier: Apache-2.0

internal import Readiness

/// The frame of every page: one document without scripts and without anything that is fetched.
enum Page {
  /// A whole document around its header and its main part.
  static func document(
    title: String, language: Language, header: (inout Markup) -> Void, main: (inout Markup) -> Void
  ) -> String {
    var page = Markup()
    page.literal("<!DOCTYPE html>\n")
    page.element("html", ["lang": language.rawValue]) { page in
      page.element("head") { page in
        page.void("meta", ["charset": "utf-8"])
        page.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        page.void("meta", ["name": "referrer", "content": "no-referrer"])
        // A page that was saved, or mailed, is held to the same as one that is served.
        page.void("meta", ["http-equiv": "Content-Security-Policy", "content": PagePolicy.content])
        page.element("title", [:], title)
        page.element("style") { $0.literal(StyleSheet.text) }
      }
      page.element("body") { page in
        page.element("header", [:], header)
        page.element("main", [:], main)
      }
    }
    page.literal("\n")
    return page.source
  }

  /// A mark in front of a line, in signs and a frame, not in colour alone.
  static func tag(_ text: String, _ kind: String, to page: inout Markup) {
    page.element("span", ["class": "tag \(kind)"], text)
  }
}

/// What a browser may do with our pages (Content Security Policy Level 3): nothing but show them.
public enum PagePolicy {
  /// The directives that hold for a file, too.
  static let content = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'"

  /// The value of the header `Content-Security-Policy`.
  public static let header = content + "; frame-ancestors 'none'"
}
