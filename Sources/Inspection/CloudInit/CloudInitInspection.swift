// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GuestConfiguration

/// Whether cloud-init sets up a server that is made from the image of this machine.
struct CloudInitInspection {
  private(set) var facts = CloudInitFacts()
  private var files: SectionFiles
  private let cloud: CloudFiles
  private let commandLine: KernelCommandLine

  /// What could not be read or was not understood.
  var gaps: [Gap] { files.gaps }

  private static let programs = ["/usr/bin/cloud-init", "/usr/local/bin/cloud-init", "/bin/cloud-init"]
  /// The units of the stage that looks for data sources and makes host keys; before 24.3 it is `cloud-init.service`.
  private static let units = [
    "cloud-init.service", "cloud-init-network.service", "cloud-init-main.service", "cloud-init.target",
  ]
  private static let generators = ["/usr/lib", "/lib"].map { $0 + "/systemd/system-generators/cloud-init-generator" }
  private static let identification = "/etc/cloud/ds-identify.cfg"
  private static let arguments = KernelCommandLine.file

  init(root: Root, cloud: CloudFiles, commandLine: KernelCommandLine) {
    files = SectionFiles(root: root, section: .cloudInit)
    self.cloud = cloud
    self.commandLine = commandLine
  }

  /// Reads everything.
  mutating func run() {
    for gap in cloud.failures { files.note(gap) }
    for file in cloud.files { for error in file.configuration.errors { files.note(file.path, error) } }
    facts.program = Observed(looked: Self.programs.first(where: files.root.exists))
    let arguments = readArguments()
    let identification = readIdentification()
    readStart()
    readDisablement(arguments, identification)
    readDataSources(arguments, identification)
    readHostKeys()
  }

  // MARK: files beside the configuration

  /// `nil` where they could not be read.
  private mutating func readArguments() -> CloudArguments? {
    switch commandLine.content {
    case .success(let line): return CloudArguments(parsing: line ?? [])
    case .failure(let failure):
      files.note(failure, Self.arguments)
      return nil
    }
  }

  private mutating func readIdentification() -> DataSourceIdentification? {
    let gapsBefore = gaps.count
    let bytes = files.content(Self.identification, recordedAs: { $0 })
    return gaps.count == gapsBefore ? DataSourceIdentification(parsing: bytes ?? []) : nil
  }

  // MARK: facts

  private mutating func readStart() {
    guard facts.program.value != nil else {
      facts.startedBy = .none
      return
    }
    let gapsBefore = gaps.count
    var started = StartedServices(&files, targets: ["cloud-init.target", "multi-user.target"], script: "cloud-init")
    started.dropMasked(Self.units, &files)
    // The target itself is started by a link, or by the generator if that finds a data source at boot.
    let hasTarget = started.link(to: ["cloud-init.target"]) != nil || Self.generators.contains(where: files.root.exists)
    let link = started.link(to: Self.units) { hasTarget || !$0.contains("/cloud-init.target.wants/") }
    let upstart = "/etc/init/cloud-init.conf"
    if let link {
      facts.startedBy = .value(link)
    } else if let other = started.script ?? (files.root.exists(upstart) ? upstart : nil) {
      facts.startedBy = .value(other)
    } else if gaps.count == gapsBefore, started.isKnown {
      facts.startedBy = .none
    } else if gaps.count == gapsBefore {
      files.note("/etc/systemd/system", .unsupported, "no init system that is known here")
    }
  }

  /// What keeps it from running; the kernel's command line outranks the files (cloud-init's generator).
  private mutating func readDisablement(_ arguments: CloudArguments?, _ identification: DataSourceIdentification?) {
    if arguments?.isDisabled == true || arguments?.policyDisables == true {
      facts.disabledBy = .value(Self.arguments)
    } else if cloud.isDisabled, !cloud.isEnabled, arguments?.isDisabled != false {
      facts.disabledBy = .value(CloudFiles.disabling)
    } else if identification?.isDisabled == true {
      facts.disabledBy = .value(Self.identification)
    } else if arguments != nil, identification != nil {
      facts.disabledBy = .none
    }
  }

  private mutating func readDataSources(_ arguments: CloudArguments?, _ identification: DataSourceIdentification?) {
    if let named = arguments?.dataSource {
      (facts.dataSources, facts.dataSourcesFile) = (.value([named]), .value(Self.arguments))
    } else if let named = identification?.dataSource {
      (facts.dataSources, facts.dataSourcesFile) = (.value([named]), .value(Self.identification))
    } else if arguments != nil, identification != nil, isUnderstood(["datasource_list"]) {
      let last = cloud.last(\.dataSources)
      (facts.dataSources, facts.dataSourcesFile) = (Observed(looked: last?.value), Observed(looked: last?.path))
    }
  }

  /// Host keys are made anew by a module that has to be in a list, unless that is switched off ("SSH" among the modules
  /// of cloud-init's documentation); without any list no module runs.
  private mutating func readHostKeys() {
    guard isUnderstood(["ssh_deletekeys"] + CloudConfiguration.moduleLists) else { return }
    let runs = CloudConfiguration.moduleLists.contains { list in cloud.last { $0.runsSSH[list] }?.value ?? false }
    facts.renewsHostKeys = .value(runs && cloud.last(\.deletesHostKeys)?.value ?? true)
  }

  /// Whether every file could be read, and what it says of subjects was understood.
  private func isUnderstood(_ subjects: [String]) -> Bool {
    cloud.failures.isEmpty
      && !cloud.files.contains { file in subjects.contains(where: file.configuration.isMisunderstood) }
  }
}
