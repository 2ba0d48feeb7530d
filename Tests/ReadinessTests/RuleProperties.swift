// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness

/// Holds a set of rules to the properties of the verdict algebra on one document, and says what breaks them.
struct RuleProperties {
  let rules: [Rule]
  let document: JSON
  let profile: Profile
  let reading: Reading

  init(_ rules: RuleSet, _ document: JSON, profile: Profile = .vendor, reading: Reading = .physicalVolumes) {
    self.rules = rules.rules.filter { $0.scope == .guest }
    self.document = document
    self.profile = profile
    self.reading = reading
  }

  /// What a rule finds and how much each of it weighs; no answer counts as unknown.
  private func results(of rule: Rule, _ facts: GuestFacts) -> [(outcome: Outcome, severity: Severity)] {
    let severity = rule.severity(in: profile)
    let results = rule.evaluate(RuleInput(facts: facts, profile: profile, reading: reading))
    return results.isEmpty ? [(.unknown, severity)] : results.map { ($0.outcome, $0.severity ?? severity) }
  }

  private func outcomes(of rule: Rule, _ facts: GuestFacts) -> Set<Outcome> {
    Set(results(of: rule, facts).map(\.outcome))
  }

  /// The verdict, by the words of the design and without the code under test: 0 ready, 1 undetermined, 2 not ready.
  private func verdict(_ facts: GuestFacts) -> Int { verdict(of: rules.map { results(of: $0, facts) }) }

  private func verdict(of results: [[(outcome: Outcome, severity: Severity)]]) -> Int {
    let blockers = results.flatMap { $0 }.filter { $0.severity == .blocker }.map(\.outcome)
    if blockers.contains(.fail) { return 2 }
    return blockers.isEmpty || blockers.contains(.unknown) ? 1 : 0
  }

  /// (a) Erasing a fact that a rule reads, everywhere or at one place, makes a rule that passed unknown - or the
  /// document malformed.
  func erasedFactsThatDoNotMatter() -> [String] {
    guard let facts = try? GuestFacts(json: document) else { return ["the document is malformed"] }
    let passing = rules.filter { outcomes(of: $0, facts) == [.pass] }
    var violations: [String] = []
    var matched: Set<String> = []
    for path in Set(passing.flatMap(\.reads)) {
      guard let erased = path.erased(from: document) else { continue }
      let readers = passing.filter { $0.reads.contains(path) }
      matched.formUnion(readers.map(\.id))
      for (place, changed) in ([erased] + path.erasedOnce(from: document, limit: 8)).enumerated() {
        guard let after = try? GuestFacts(json: changed) else { continue }
        for rule in readers where outcomes(of: rule, after) != [.unknown] {
          violations.append("\(rule.id) is \(outcomes(of: rule, after)) without \(path) (\(place))")
        }
      }
    }
    for rule in passing where !matched.contains(rule.id) {
      violations.append("\(rule.id) reads nothing that is there and passes")
    }
    return violations
  }

  /// (c) A gap more never improves the verdict, nor the outcome of any rule.
  func gapsThatImprove() -> [String] {
    guard let facts = try? GuestFacts(json: document) else { return ["the document is malformed"] }
    let before = rules.map { results(of: $0, facts) }
    let verdictBefore = verdict(of: before)
    let ranksBefore = before.map(Self.rank)
    var violations: [String] = []
    for gap in Self.gaps(on: document) {
      var after = facts
      after.gaps = (facts.gaps ?? []) + [gap]
      if facts.counts?["gaps"] != nil { after.counts?["gaps"] = after.gaps?.count }
      let now = rules.map { results(of: $0, after) }
      if verdict(of: now) < verdictBefore { violations.append("the verdict improves by \(gap.json.text)") }
      for (index, rule) in rules.enumerated() where Self.rank(now[index]) < ranksBefore[index] {
        violations.append("\(rule.id) improves by \(gap.json.text)")
      }
    }
    return violations
  }

  /// Removing any one thing from the document - declared as read or not - never makes a guest ready that was not.
  func lossesThatMakeReady() -> [String] {
    guard let facts = try? GuestFacts(json: document) else { return ["the document is malformed"] }
    guard verdict(facts) > 0 else { return [] }
    return Self.losses(of: document, at: "").compactMap { path, changed in
      guard let after = try? GuestFacts(json: changed) else { return nil }
      return verdict(after) == 0 ? "ready without \(path)" : nil
    }
  }

  /// The document without one member or element, for each of them.
  private static func losses(of value: JSON, at path: String) -> [(String, JSON)] {
    switch value {
    case .object(let object):
      return object.members.flatMap { member in
        let here = path.isEmpty ? member.key : "\(path).\(member.key)"
        var without = object
        without[member.key] = nil
        let inner = losses(of: member.value, at: here).map { path, changed in
          var changedObject = object
          changedObject[member.key] = changed
          return (path, JSON.object(changedObject))
        }
        return [(here, JSON.object(without))] + inner
      }
    case .array(let elements):
      return elements.indices.flatMap { index in
        let here = "\(path)[\(index)]"
        var without = elements
        without.remove(at: index)
        let inner = losses(of: elements[index], at: here).map { path, changed in
          var changedElements = elements
          changedElements[index] = changed
          return (path, JSON.array(changedElements))
        }
        return [(here, JSON.array(without))] + inner
      }
    default: return []
    }
  }

  /// A gap of every kind and reason, at things that the document holds and at things that it does not.
  private static func gaps(on document: JSON) -> [Gap] {
    let kinds: [(Gap.Kind, [String])] = [
      (.device, ["vda", "vdz"]), (.physicalVolume, ["x"]),
      (.volumeGroup, [document["volume_groups"]?.array?.first?["uuid"]?.string ?? "x"]), (.logicalVolume, ["x"]),
      (.raidArray, ["md0"]), (.fileSystem, ["x"]), (.mount, ["/srv"]), (.file, ["/etc/fstab"]),
      (.section, Section.allCases.map(\.rawValue) + ["later"]), (.windowsDisk, ["0"]), (.windowsVolume, ["0"]),
    ]
    let reasons: [Gap.Reason] = [
      .timedOut, .suspended, .unreadable, .ambiguous, .inconsistent, .malformed, .encrypted, .unsupported,
      .notPermitted, .truncated,
    ]
    var gaps: [Gap] = []
    for (kind, names) in kinds {
      for name in names {
        for reason in reasons {
          let members = ["", "content", "serial", "members", "active", "san_policy", "volumes", "disks", "end", "type"]
          for member in reason == .unreadable ? members : [""] {
            gaps.append(Gap(Gap.Subject(kind, name, member: member), reason, detail: ""))
          }
        }
      }
    }
    return gaps
  }

  private static func rank(_ results: [(outcome: Outcome, severity: Severity)]) -> Int {
    if results.contains(where: { $0.outcome == .fail }) { return 2 }
    return results.contains { $0.outcome == .unknown } ? 1 : 0
  }
}
