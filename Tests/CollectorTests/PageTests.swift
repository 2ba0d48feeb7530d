// SPDX-License-Identifier: Apache-2.0

import Facts
import HTTPTypes
import Presentation
import Readiness
import Testing

@testable import Collector

/// The pages that browsers are shown.
@Suite struct PageTests {
  @Test(
    arguments: [
      ("text/html", true), ("application/xhtml+xml, text/html;q=0.9, */*;q=0.8", true), ("TEXT/HTML", true),
      ("*/*", false), ("application/json", false), ("text/html;q=0", false), ("text/*", false), ("", false),
    ] as [(String, Bool)])
  func onlyBrowsersAreLedToThePages(accept: String, isLed: Bool) async throws {
    try await withCollector { api in
      let answer = try await api.get("/", headers: [.accept: accept])
      #expect(answer.status == (isLed ? 302 : 404))
      #expect(answer.headers[.location] == (isLed ? "/ui/" : nil))
      #expect(try await api.get("/").status == 404)
    }
  }

  @Test func theListShowsVerdictAgeAndFamilyAndFilters() async throws {
    try await withCollector { api in
      _ = try await api.report("volume-group-on-two-disks")
      let other = try GuestQueryTests.facts(of: "g1")
      #expect(try await api.call(.put, "/v1/guests/g1/facts", bytes: other).status == 202)
      api.clock.forward(seconds: 300)
      let all = try await api.get("/ui/").text
      #expect(all.contains("href=\"/ui/guests/\(Fixture.guest)?project=default\""))
      #expect(all.contains("href=\"/ui/guests/g1?project=default\""))
      #expect(all.contains("5 min ago") && all.contains("Linux"))
      #expect(all.contains("<span class=\"tag not_ready\">not ready</span>"))
      let bad = try await api.get("/ui/?verdict=not_ready&project=").text
      #expect(bad.contains(Fixture.guest) && !bad.contains("/ui/guests/g1"))
      #expect(bad.contains("<option value=\"not_ready\" selected=\"selected\">"))
      #expect(try await api.get("/ui/?verdict=undetermined&project=default").text.contains("No guest."))
      for query in ["verdict=maybe", "after=x", "lang=fr", "verdct=ready", "lang=en&lang=en"] {
        #expect(try await api.get("/ui/?\(query)").status == 400, "\(query)")
      }
      #expect(try await api.get("/ui/?project=another").status == 403)
    }
  }

  @Test func theListHasPages() async throws {
    try await withCollector { api in
      for index in 0...PageRoutes.pageLength {
        _ = try await api.call(.put, "/v1/guests/g\(index)/facts", bytes: try GuestQueryTests.facts(of: "g\(index)"))
      }
      let first = try await api.get("/ui/?verdict=ready").text
      #expect(first.contains("<code>g0</code>") && !first.contains("<code>g\(PageRoutes.pageLength)</code>"))
      let link = try #require(first.firstMatch(of: #/href="([^"]*)" rel="next"/#)).1.replacing("&amp;", with: "&")
      #expect(link == "/ui/?verdict=ready&after=\(PageRoutes.pageLength)")
      let second = try await api.get(String(link)).text
      #expect(second.contains("<code>g\(PageRoutes.pageLength)</code>") && !second.contains("<code>g0</code>"))
      #expect(!second.contains("rel=\"next\""))
    }
  }

  @Test func aGuestsPageIsTheOneOfTheAgent() async throws {
    try await withCollector { api in
      _ = try await api.report("volume-group-on-two-disks")
      let answer = try await api.get("/ui/guests/\(Fixture.guest)")
      #expect(answer.status == 200)
      let facts = try GuestFacts(json: try Fixture.json("volume-group-on-two-disks"))
      let judgement = RuleSet.current.judge(facts, scope: .guest)
      // From the verdict on it is the same page; before it stand the links.
      let own = HTMLReport.render(judgement)
      let verdict = try #require(own.firstRange(of: "<h1"))
      #expect(answer.text.hasSuffix(String(own[verdict.lowerBound...])))
      let other = "href=\"/ui/guests/\(Fixture.guest)?project=default&amp;lang=zh-CN\""
      #expect(answer.text.contains(other))
      #expect(try await api.get("/ui/guests/nobody").status == 404)
    }
  }

  @Test(arguments: ["/ui/", "/ui/guests/\(Fixture.guest)", "/ui/rules", "/ui/rules/raid-array-spans-disks"])
  func pagesSpeakBothLanguagesAndAreLocked(path: String) async throws {
    try await withCollector { api in
      _ = try await api.report("volume-group-on-two-disks")
      let asked: [(String, HTTPFields, String)] = [
        (path, [:], "en"), (path, [.acceptLanguage: "zh-CN,zh;q=0.9"], "zh-CN"), (path + "?lang=zh-CN", [:], "zh-CN"),
        (path + "?lang=en", [.acceptLanguage: "zh-CN"], "en"),
      ]
      for (target, headers, language) in asked {
        let answer = try await api.get(target, headers: headers)
        #expect(answer.status == 200)
        #expect(answer.text.contains("<html lang=\"\(language)\">"), "\(target)")
        #expect(answer.headers[.contentLanguage] == language)
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        let policy = answer.headers[.contentSecurityPolicy] ?? ""
        #expect(policy.hasPrefix("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("script"))
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(try await api.call(.head, target, headers: headers).body.isEmpty)
      }
    }
  }

  @Test func everyRuleIsExplained() async throws {
    try await withCollector { api in
      let list = try await api.get("/ui/rules?lang=zh-CN").text
      for rule in RuleSet.current.rules {
        #expect(list.contains("href=\"/ui/rules/\(rule.id)?lang=zh-CN\""))
        let page = try await api.get("/ui/rules/\(rule.id)?lang=zh-CN")
        #expect(page.status == 200 && page.text.contains("<code>\(rule.id)</code>"))
      }
      #expect(try await api.get("/ui/rules/no-such-rule").status == 404)
    }
  }

  @Test func pagesAreAsClosedAsTheirData() async throws {
    try await CredentialsTests.withTokens { api in
      let owner = CredentialsTests.bearer("admin", project: "p2")
      #expect(try await api.report("volume-group-on-two-disks", headers: owner).status == 202)
      for path in ["/ui/", "/ui/guests/\(Fixture.guest)"] {
        #expect(try await api.get(path).status == 401)
        #expect(try await api.get(path, headers: CredentialsTests.bearer("agents")).status == 403)
      }
      let terraform = CredentialsTests.bearer("terraform")
      let list = try await api.get("/ui/", headers: terraform)
      #expect(list.status == 200 && !list.text.contains(Fixture.guest))
      #expect(try await api.get("/ui/?project=p2", headers: terraform).status == 403)
      #expect(try await api.get("/ui/guests/\(Fixture.guest)?project=p2", headers: terraform).status == 403)
      #expect(try await api.get("/ui/guests/\(Fixture.guest)", headers: terraform).status == 404)
      #expect(try await api.get("/ui/guests/\(Fixture.guest)?project=p2", headers: owner).status == 200)
      #expect(try await api.get("/ui/rules").status == 200)
    }
  }
}
