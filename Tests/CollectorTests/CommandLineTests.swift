// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Collector
import Readiness
import Testing

@testable import CollectorCommands

@Suite struct CommandLineTests {
  static func settings(
    _ arguments: [String], _ variables: [String: String] = [:]
  ) throws -> CollectorConfiguration {
    let command = try #require(try CollectorCommand.parseAsRoot(["serve"] + arguments) as? ServeCommand)
    return try command.settings(Environment(variables))
  }

  static let database = ["--database", "sqlite:/tmp/x.sqlite"]

  @Test func defaults() throws {
    let settings = try Self.settings(Self.database)
    #expect(settings.listen.description == "127.0.0.1:8470")
    #expect(settings.database == "/tmp/x.sqlite")
    #expect(settings.factsMaxAge == 900)
    #expect(settings.profile == .vendor)
    #expect(settings.reading == .physicalVolumes)
    #expect(settings.imageService == nil)
    #expect(settings.credentials == nil)
    #expect(settings.cloudFacts == .required && settings.computeListen == nil && !settings.gateOnly)
  }

  @Test func servicesOfTheCloud() throws {
    let settings = try Self.settings(
      Self.database + [
        "--ecs-listen", "127.0.0.1:8471", "--ims-url", "http://i", "--ecs-url", "http://e", "--evs-url", "http://v",
        "--cbr-url", "http://b", "--csbs-url", "http://o", "--cloud-facts", "delegated", "--cloud-key-file", "/k",
        "--gate-only",
      ])
    #expect(settings.computeListen?.port == 8471 && settings.cloudFacts == .delegated && settings.gateOnly)
    let urls = [
      settings.imageService, settings.computeService, settings.volumeService, settings.backupService,
      settings.olderBackupService,
    ]
    #expect(urls == ["http://i", "http://e", "http://v", "http://b", "http://o"])
    #expect(settings.cloudKey == "/k")
  }

  @Test func withoutADatabaseItLiesInTheStateDirectory() throws {
    let folder = try ScratchFolder()
    let systemd = try Self.settings([], ["STATE_DIRECTORY": "\(folder.path)/a/b:/other", "HOME": "/nowhere"])
    #expect(systemd.database == "\(folder.path)/a/b/collector.sqlite")
    #expect(throws: CollectorFailure.self) { try Self.settings([], ["STATE_DIRECTORY": "/proc/none"]) }
  }

  @Test func theEnvironmentIsReadAndTheOptionWins() throws {
    let variables = [
      "WHOLEIMAGE_LISTEN": "127.0.0.1:9", "WHOLEIMAGE_DATABASE": "sqlite:/e", "WHOLEIMAGE_IMS_URL": "http://e",
      "WHOLEIMAGE_FACTS_MAX_AGE": "60", "WHOLEIMAGE_PROFILE": "strict", "WHOLEIMAGE_READING": "physical-disks",
      "WHOLEIMAGE_CLOUD_FACTS": "delegated", "WHOLEIMAGE_CREDENTIALS": "/c", "WHOLEIMAGE_GATE_ONLY": "1",
      "WHOLEIMAGE_HISTORY_DAYS": "",
    ]
    let environment = try Self.settings([], variables)
    #expect(environment.listen.port == 9)
    #expect(environment.database == "/e")
    #expect(environment.imageService == "http://e")
    #expect(environment.factsMaxAge == 60)
    #expect(environment.profile == .strict)
    #expect(environment.reading == .physicalDisks)
    #expect(environment.credentials == "/c")
    let option = try Self.settings(["--listen", "127.0.0.1:10", "--facts-max-age", "61"], variables)
    #expect(option.listen.port == 10)
    #expect(option.factsMaxAge == 61)
    #expect(option.capturesMaxAge == 3600)
    #expect(try Self.settings(["--captures-max-age", "62"], variables).capturesMaxAge == 62)
  }

  @Test func identityAndLimits() throws {
    let variables = [
      "WHOLEIMAGE_CREDENTIALS": "/c", "WHOLEIMAGE_IAM_URL": "https://iam.example",
      "WHOLEIMAGE_PUBLIC_HOST": "a.example,b.example:8470", "WHOLEIMAGE_REPORT_LIMIT": "5,30/h",
      "WHOLEIMAGE_DECISION_LIMIT": "off",
    ]
    let environment = try Self.settings(Self.database, variables)
    #expect(environment.identityService == "https://iam.example")
    #expect(environment.publicHosts == ["a.example", "b.example:8470"])
    #expect(environment.limits.reports == RateLimit(burst: 5, count: 30, per: .hour))
    #expect(environment.limits.decisions == nil)
    #expect(environment.limits.failures == RateLimitSettings().failures)
    let options = try Self.settings(
      Self.database + [
        "--public-host", "c.example", "--public-host", "d.example", "--report-limit", "off", "--decision-limit",
        "7,8/min", "--failure-limit", "1,1/s",
      ], variables)
    #expect(options.publicHosts == ["c.example", "d.example"])
    #expect(options.limits.reports == nil)
    #expect(options.limits.decisions?.description == "7,8/min")
    #expect(options.limits.failures?.description == "1,1/s")
  }

  @Test(arguments: [
    ["--listen", "somewhere:80"], ["--listen", "0.0.0.0:80"], ["--database", "postgres://h/d"],
    ["--database", "/tmp/x"], ["--database", "sqlite:"], ["--facts-max-age", "0"], ["--facts-max-age", "soon"],
    ["--profile", "lax"], ["--reading", "physical"], ["--cloud-facts", "none"],
    ["--tls-certificate", "c"], ["--tls-key", "k"], ["--ecs-listen", "127.0.0.1:1"], ["--ecs-listen", "x"],
    ["--iam-url", "http://x"],
    ["--captures-max-age", "0"], ["--history-days", "0"],
    ["--tls-certificate", "c", "--tls-key", "k", "--plain-http"], ["--report-limit", "10"],
    ["--decision-limit", "0,1/s"], ["--failure-limit", "1,1/day"], ["--public-host", "https://collector.example"],
    ["--public-host", "collector.example:port"], ["--public-host", ""],
  ])
  func usageErrors(arguments: [String]) {
    #expect {
      try Self.settings((arguments.contains("--database") ? [] : Self.database) + arguments)
    } throws: {
      ($0 as? CollectorFailure)?.kind == .usage
    }
  }

  @Test(arguments: [
    ["WHOLEIMAGE_ECS_LISTEN": "x"], ["WHOLEIMAGE_HISTORY_DAYS": "x"], ["WHOLEIMAGE_PLAIN_HTTP": "maybe"],
    ["WHOLEIMAGE_CLOUD_FACTS": "none"], ["WHOLEIMAGE_FACTS_MAX_AGE": "x"],
  ])
  func usageErrorsOfTheEnvironment(variables: [String: String]) {
    #expect {
      try Self.settings(Self.database, variables)
    } throws: { error in
      guard let failure = error as? CollectorFailure, let name = variables.keys.first else { return false }
      return failure.kind == .usage && failure.message.contains(name)
    }
  }

  /// What a later release brings must not be taken for something else now.
  @Test(arguments: [
    ["tokens", "drop"], ["guests", "forget"], ["guests", "show"], ["guests", "list", "--verdict", "maybe"],
    ["guests", "list", "--limit", "0"], ["decisions", "forget"], ["audit", "mend"], ["decisions", "resolve", "d"],
    ["decisions", "resolve", "d", "--job", "j", "--not-made"], ["decisions", "list", "--limit", "0"],
    ["serve", "extra"], ["backup"],
  ])
  func unknownCommandsAreUsageErrors(arguments: [String]) {
    #expect {
      try CollectorCommand.parseAsRoot(arguments)
    } throws: {
      CollectorCommand.exitCode(for: $0).rawValue == 64
    }
  }
}
