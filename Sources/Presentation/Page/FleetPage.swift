// SPDX-License-Identifier: Apache-2.0

public import Readiness

/// The list of a collector's guests as a page.
public struct FleetPage: Sendable {
  /// One guest.
  public struct Item: Sendable {
    /// The guest's id in its project.
    public var instanceID: String
    /// The project.
    public var project: String
    /// `linux` or `windows`; `nil` if nobody knows.
    public var family: String?
    /// The verdict on the guest alone, in the word of the reports.
    public var verdict: String
    /// How old its facts are; `nil` if nobody knows.
    public var ageSeconds: Int64?

    /// One guest of the list.
    public init(instanceID: String, project: String, family: String?, verdict: String, ageSeconds: Int64?) {
      self.instanceID = instanceID
      self.project = project
      self.family = family
      self.verdict = verdict
      self.ageSeconds = ageSeconds
    }
  }

  /// The guests of this page, in their order.
  public var items: [Item]
  /// The verdict that the list is held to.
  public var verdict: Verdict?
  /// The project that the list is held to.
  public var project: String?
  /// Leads to the next page.
  public var next: String?

  /// A page of guests, held to a verdict and a project where these are given.
  public init(items: [Item], verdict: Verdict? = nil, project: String? = nil, next: String? = nil) {
    self.items = items
    self.verdict = verdict
    self.project = project
    self.next = next
  }

  /// The page in the language of its paths.
  public func render(_ paths: PagePaths) -> String {
    let language = paths.language
    let title = FleetWords.title.text(in: language)
    return Page.document(title: title, language: language) { page in
      PageLink.write(paths.links(toOther: paths.fleet(verdict: verdict, project: project)), to: &page)
      page.element("h1", ["class": "plain"], title)
    } main: { page in
      filters(paths, to: &page)
      list(paths, to: &page)
      if let next {
        let path = paths.fleet(verdict: verdict, project: project, after: next)
        page.element("p") { $0.element("a", ["href": path, "rel": "next"], FleetWords.next.text(in: language)) }
      }
    }
  }

  private func filters(_ paths: PagePaths, to page: inout Markup) {
    let language = paths.language
    page.element("form", ["method": "get", "action": PagePaths.root]) { page in
      page.element("label") { page in
        page.text(FleetWords.verdict.text(in: language))
        page.element("select", ["name": "verdict"]) { page in
          page.element("option", ["value": ""], FleetWords.all.text(in: language))
          for choice in Verdict.allCases {
            let selected = choice == verdict ? "selected" : nil
            page.element(
              "option", ["value": choice.rawValue, "selected": selected],
              FleetWords.verdict(choice).text(in: language))
          }
        }
      }
      page.element("label") { page in
        page.text(FleetWords.project.text(in: language))
        page.void("input", ["name": "project", "value": project ?? ""])
      }
      if paths.isChosen { page.void("input", ["type": "hidden", "name": "lang", "value": language.rawValue]) }
      page.element("button", [:], FleetWords.filter.text(in: language))
    }
  }

  private func list(_ paths: PagePaths, to page: inout Markup) {
    let language = paths.language
    guard !items.isEmpty else { return page.element("p", [:], FleetWords.none.text(in: language)) }
    page.element("div", ["class": "scroll", "tabindex": "0"]) { page in
      page.element("table", ["class": "fleet"]) { page in
        page.element("thead") { page in
          page.element("tr") { page in
            for heading in [
              FleetWords.guest, FleetWords.verdict, FleetWords.age, FleetWords.family, FleetWords.project,
            ] {
              page.element("th", ["scope": "col"], heading.text(in: language))
            }
          }
        }
        page.element("tbody") { page in
          for item in items { row(item, paths, to: &page) }
        }
      }
    }
  }

  private func row(_ item: Item, _ paths: PagePaths, to page: inout Markup) {
    let language = paths.language
    page.element("tr") { page in
      page.element("td") { page in
        let path = paths.guest(item.instanceID, project: item.project)
        page.element("a", ["href": path]) { $0.element("code", [:], item.instanceID) }
      }
      page.element("td") { page in
        // A verdict that this release does not know is shown as what is not known.
        let verdict = Verdict(rawValue: item.verdict) ?? .undetermined
        Page.tag(FleetWords.verdict(verdict).text(in: language), verdict.rawValue, to: &page)
      }
      page.element("td", [:], FleetWords.age(item.ageSeconds).text(in: language))
      page.element("td", [:], FleetWords.family(item.family).text(in: language))
      page.element("td") { $0.element("code", [:], item.project) }
    }
  }
}
