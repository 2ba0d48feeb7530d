// SPDX-License-Identifier: Apache-2.0

public import Readiness

/// The explanations of the rules as pages.
public enum RulePages {
  /// All rules, a line each.
  public static func list(_ rules: [Rule], _ paths: PagePaths) -> String {
    let language = paths.language
    let title = FleetWords.rules.text(in: language)
    return Page.document(title: title, language: language) { page in
      PageLink.write(paths.links(toOther: paths.rules), to: &page)
      page.element("h1", ["class": "plain"], title)
    } main: { page in
      page.element("ul", ["class": "rules"]) { page in
        for rule in rules.sorted(by: { $0.id < $1.id }) {
          page.element("li") { page in
            page.element("a", ["href": paths.rule(rule.id)]) { $0.element("code", [:], rule.id) }
            page.element("p", [:], rule.text(language).title)
          }
        }
      }
    }
  }

  /// One rule: what it means, why it is one, how to fix, where it is from.
  public static func one(_ rule: Rule, _ paths: PagePaths) -> String {
    let language = paths.language
    let text = rule.text(language)
    return Page.document(title: text.title, language: language) { page in
      PageLink.write(paths.links(toOther: paths.rule(rule.id)), to: &page)
      page.element("h1", ["class": "plain"], text.title)
      page.element("p", ["class": "soft"]) { $0.element("code", [:], rule.id) }
    } main: { page in
      let parts: [(Wording, String)] = [
        (FleetWords.meaning, text.meaning), (FleetWords.why, text.why), (FleetWords.fix, text.fix),
        (FleetWords.source, text.source),
      ]
      for (heading, body) in parts {
        page.element("section") { page in
          page.element("h2", [:], heading.text(in: language))
          page.element("p", [:], body)
        }
      }
    }
  }
}
