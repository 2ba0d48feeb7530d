// SPDX-License-Identifier: Apache-2.0

public import Facts

/// The rules of one release.
public struct RuleSet: Sendable {
  /// The rules of this release.
  public static let current = RuleSet(
    version: "3",
    rules: [
      .volumeGroupSpansPhysicalVolumes, .logicalVolumeSpansPhysicalVolumes, .physicalVolumeMissing,
      .physicalVolumeDuplicate, .raidArraySpansDisks, .fileSystemSpansDevices, .partitionTableStale,
      .networkStaticAddress, .networkPersistentNames, .initramfsWithoutVirtio,
      .cloudInitMissing, .sshHostKeysCopied, .machineIDCopied, .lvmDevicesFilePinsDisks, .multipathBindingsCopied,
      .windowsSpannedVolume, .windowsSANPolicy, .windowsMultiDiskVolume, .windowsDiskUnavailable,
      .windowsStorageSpaces,
      .windowsStaticAddress, .windowsRemoteDesktopOff, .windowsWithoutVirtio, .windowsCloudbaseInitMissing,
      .windowsSysprepInterrupted, .diskOnDedicatedStorage, .serverNotSettled, .backupNotAvailable, .backupAlreadyImaged,
      .backupWithSharedVolume, .backupLacksServerDisk, .vaultUnusable, .wholeImageExported, .wholeImageCopiedInRegion,
      .wholeImagePublished, .wholeImageNotShareable, .serverHeldByImage, .fstabUnstableName, .fstabDeviceMissing,
      .bootRootMissing, .bootRootUnstableName, .bootFilesMissing,
    ])

  /// The version; it changes whenever the same facts may be judged otherwise.
  public let version: String
  /// The rules, in the order of their ids.
  public let rules: [Rule]

  /// A set of rules.
  public init(version: String, rules: [Rule]) {
    self.version = version
    self.rules = rules.sorted { $0.id < $1.id }
  }

  /// The rule of an id.
  public func rule(_ id: String) -> Rule? { rules.first { $0.id == id } }

  /// Judges facts for a scope: `.guest`, or `.request` for all scopes together.
  public func judge(
    _ facts: GuestFacts, scope: Scope, profile: Profile = .vendor, reading: Reading = .physicalVolumes,
    cloudFacts: CloudFactsMode = .delegated, cloud: CloudFacts? = nil,
    request: ImageRequest = ImageRequest(form: .server), language: Language = .english
  ) -> Judgement {
    let input = RuleInput(
      facts: facts, profile: profile, reading: reading, cloudFacts: cloudFacts, cloud: cloud, request: request)
    var ranked: [(rank: Int, index: Int, finding: Finding)] = []
    for rule in rules {
      let results = ReportLimits.limit(results(of: rule, input, scope), severity: rule.severity(in: profile))
      for result in results {
        let finding = rule.finding(result, profile, language)
        ranked.append((finding.rank, ranked.count, finding))
      }
    }
    ranked.sort { ($0.rank, $0.index) < ($1.rank, $1.index) }
    let findings = ranked.map(\.finding)
    return Judgement(
      scope: scope, verdict: Verdict(over: findings, scope: scope), profile: profile, reading: reading,
      language: language, ruleSet: version, findings: findings, facts: facts)
  }

  /// The verdict that `judge` comes to, without the words: most verdicts are stored and never read.
  public func verdict(
    on facts: GuestFacts, scope: Scope, profile: Profile = .vendor, reading: Reading = .physicalVolumes,
    cloudFacts: CloudFactsMode = .delegated, cloud: CloudFacts? = nil,
    request: ImageRequest = ImageRequest(form: .server)
  ) -> Verdict {
    var input = RuleInput(
      facts: facts, profile: profile, reading: reading, cloudFacts: cloudFacts, cloud: cloud, request: request)
    input.explains = false
    var tally = VerdictTally()
    for rule in rules where scope.includes(rule.scope) {
      for result in results(of: rule, input, scope) {
        tally.add(result.outcome, result.severity ?? rule.severity(in: profile))
      }
    }
    return tally.verdict
  }

  private func results(of rule: Rule, _ input: RuleInput, _ scope: Scope) -> [RuleResult] {
    guard scope.includes(rule.scope) else { return [rule.outOfScope()] }
    if scope != .guest, !rule.forms.contains(input.request.form) { return [rule.otherForm()] }
    let results = rule.evaluate(input)
    return results.isEmpty ? [rule.withoutFinding()] : results
  }
}

extension Rule {
  fileprivate func finding(_ result: RuleResult, _ profile: Profile, _ language: Language) -> Finding {
    Finding(
      rule: id, scope: scope, outcome: result.outcome, severity: result.severity ?? severity(in: profile),
      hazard: hazard, reason: result.reason?.rawValue, subjects: result.subjects,
      title: result.title.text(in: language), message: result.message.text(in: language), evidence: result.evidence,
      remedy: result.remedy.map { Remedy(text: $0.text.text(in: language), commands: $0.commands) },
      source: explanation.source.text(in: language))
  }

  fileprivate func outOfScope() -> RuleResult {
    RuleResult(
      .notApplicable, reason: .outOfScope, title: Statement(explanation.title), message: Statement(Self.notAsked))
  }

  fileprivate func otherForm() -> RuleResult {
    RuleResult(
      .notApplicable, reason: .otherForm, title: Statement(explanation.title), message: Statement(Self.notThisForm))
  }

  fileprivate func withoutFinding() -> RuleResult {
    RuleResult(
      .unknown, reason: .noFinding, title: Statement(explanation.title), message: Statement(Self.noAnswer))
  }

  static let notAsked = Wording(
    "This rule looks at the cloud's side or at the request; a verdict on the guest alone leaves it out.",
    "该规则针对云侧或请求本身；仅针对云服务器内部的结论不包含它。")
  static let notThisForm = Wording(
    "This rule is about another form of request.", "该规则针对其他形式的请求。")
  static let noAnswer = Wording(
    "The rule gave no answer, so nothing is known.", "该规则没有给出结果，因此无法判定。")
}
