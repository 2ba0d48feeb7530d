// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Collector
internal import Readiness

/// `wholeimage-collector serve`.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Takes facts, decides, forwards, until SIGTERM.")

  @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port"))
  var listen: String?
  @Option(help: ArgumentHelp("The database file, local disk only.", valueName: "sqlite:path"))
  var database: String?
  @Option(help: ArgumentHelp("Tokens, keys and roles; mode 600; read again on SIGHUP.", valueName: "file"))
  var credentials: String?
  @Option(help: ArgumentHelp("Certificate chain, PEM.", valueName: "file"))
  var tlsCertificate: String?
  @Option(help: ArgumentHelp("Its private key, PEM.", valueName: "file"))
  var tlsKey: String?
  @Flag(help: "Serve plain HTTP to other machines: behind a TLS proxy.")
  var plainHttp = false
  @Option(help: ArgumentHelp("Where to stand in front of the compute service.", valueName: "host:port"))
  var ecsListen: String?
  @Option(help: ArgumentHelp("Base URL of the cloud's image service.", valueName: "url"))
  var imsURL: String?
  @Option(help: ArgumentHelp("Base URL of the compute service.", valueName: "url"))
  var ecsURL: String?
  @Option(help: ArgumentHelp("Base URL of the block storage service.", valueName: "url"))
  var evsURL: String?
  @Option(help: ArgumentHelp("Base URL of the backup service.", valueName: "url"))
  var cbrURL: String?
  @Option(help: ArgumentHelp("Base URL of the older backup service.", valueName: "url"))
  var csbsURL: String?
  @Option(help: ArgumentHelp("The collector's own key, which only reads; mode 600.", valueName: "file"))
  var cloudKeyFile: String?
  @Option(help: ArgumentHelp("Base URL of the cloud's identity service: its tokens are taken.", valueName: "url"))
  var iamURL: String?
  @Option(
    help: ArgumentHelp(
      "A name that signed requests may be signed for; may be repeated (default: any).", valueName: "host[:port]"))
  var publicHost: [String] = []
  @Option(help: ArgumentHelp("Reports of one guest, or off (default: 10,12/min).", valueName: "burst,count/unit"))
  var reportLimit: String?
  @Option(help: ArgumentHelp("Decisions in one project, or off (default: 50,20/s).", valueName: "burst,count/unit"))
  var decisionLimit: String?
  @Option(
    help: ArgumentHelp(
      "Requests without a valid identity from one address, or off (default: 20,60/min).", valueName: "burst,count/unit")
  )
  var failureLimit: String?
  @Option(
    help: ArgumentHelp(
      "Who answers for what only the cloud knows: required (default) or delegated.", valueName: "mode"))
  var cloudFacts: String?
  @Option(
    help: ArgumentHelp(
      "What lets a copy of an enrolled guest in: admit (its key; default) or token (an enrolment token).",
      valueName: "mode"))
  var clones: String?
  @Option(help: ArgumentHelp("How old facts may be, in seconds (default: 900).", valueName: "seconds"))
  var factsMaxAge: String?
  @Option(help: ArgumentHelp("How old captures may be, in seconds (default: 3600).", valueName: "seconds"))
  var capturesMaxAge: String?
  @Option(help: ArgumentHelp("Which hazards are blockers: vendor (default) or strict.", valueName: "profile"))
  var profile: String?
  @Option(
    help: ArgumentHelp("physical-volumes (default) or physical-disks.", valueName: "reading"))
  var reading: String?
  @Flag(help: "Hand on no path of a service but those that are decided on.")
  var gateOnly = false

  @Option(help: ArgumentHelp("How long replaced facts are kept (default: 400).", valueName: "days"))
  var historyDays: String?

  func run() async throws {
    try await Collector.open(try settings(Environment.ofProcess(Self.optionNames))).run()
  }

  /// The names of all options, as the environment spells them.
  static let optionNames = [
    "listen", "database", "credentials", "tls-certificate", "tls-key", "plain-http", "ims-url", "cloud-facts",
    "facts-max-age", "profile", "reading", "gate-only", "ecs-listen", "ecs-url", "evs-url", "cbr-url", "csbs-url",
    "iam-url", "cloud-key-file", "captures-max-age", "history-days", "public-host", "report-limit", "decision-limit",
    "failure-limit", "clones",
  ]

  /// What the command line and the environment ask for together.
  func settings(_ environment: Environment) throws(CollectorFailure) -> CollectorConfiguration {
    var settings = CollectorConfiguration(database: try DatabaseOption.path(database, environment))
    settings.listen = try address("listen", listen, environment) ?? settings.listen
    settings.computeListen = try address("ecs-listen", ecsListen, environment)
    settings.credentials = environment.text("credentials", credentials)
    settings.tls = try tls(environment)
    settings.plainHTTP = try environment.flag("plain-http", plainHttp)
    settings.imageService = environment.text("ims-url", imsURL)
    settings.computeService = environment.text("ecs-url", ecsURL)
    settings.volumeService = environment.text("evs-url", evsURL)
    settings.backupService = environment.text("cbr-url", cbrURL)
    settings.olderBackupService = environment.text("csbs-url", csbsURL)
    settings.cloudKey = environment.text("cloud-key-file", cloudKeyFile)
    settings.cloudFacts = try environment.word("cloud-facts", cloudFacts, CloudFactsMode.self) ?? settings.cloudFacts
    settings.gateOnly = try environment.flag("gate-only", gateOnly)
    settings.identityService = environment.text("iam-url", iamURL)
    settings.publicHosts = publicHost.isEmpty ? environment.list("public-host") : publicHost
    settings.limits.reports = try environment.limit("report-limit", reportLimit, settings.limits.reports)
    settings.limits.decisions = try environment.limit("decision-limit", decisionLimit, settings.limits.decisions)
    settings.limits.failures = try environment.limit("failure-limit", failureLimit, settings.limits.failures)
    settings.clones = try environment.word("clones", clones, CloneAdmission.self) ?? settings.clones
    settings.factsMaxAge =
      try environment.number("facts-max-age", factsMaxAge, in: 1...31_622_400) ?? settings.factsMaxAge
    settings.capturesMaxAge =
      try environment.number("captures-max-age", capturesMaxAge, in: 1...31_622_400) ?? settings.capturesMaxAge
    settings.historyDays = try environment.number("history-days", historyDays, in: 1...36_500) ?? settings.historyDays
    settings.profile = try environment.word("profile", profile, Profile.self) ?? settings.profile
    settings.reading = try environment.word("reading", reading, Reading.self) ?? settings.reading
    try settings.check()
    return settings
  }

  private func address(
    _ option: String, _ given: String?, _ environment: Environment
  ) throws(CollectorFailure) -> ListenAddress? {
    guard let text = environment.text(option, given) else { return nil }
    guard let address = ListenAddress(text) else {
      throw environment.usage(option, "must be a numeric address and a port, as 127.0.0.1:8470, found \(text)")
    }
    return address
  }

  private func tls(_ environment: Environment) throws(CollectorFailure) -> TLSFiles? {
    switch (environment.text("tls-certificate", tlsCertificate), environment.text("tls-key", tlsKey)) {
    case (nil, nil): return nil
    case (let certificate?, let key?): return TLSFiles(certificate: certificate, key: key)
    case (_?, nil): throw environment.usage("tls-key", "must be given with --tls-certificate")
    case (nil, _?): throw environment.usage("tls-certificate", "must be given with --tls-key")
    }
  }
}
