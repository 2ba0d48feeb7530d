// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Why cloud-init does not set up a server that is made from the image.
enum CloudInitFault: Equatable {
  case notInstalled
  /// A file, or the kernel's command line, keeps it from running.
  case disabled(by: String)
  case notStarted
  /// It looks for data only where this cloud has none.
  case otherSources([String], file: String)

  /// The data sources that read what this cloud tells a server ("Datasources" of cloud-init's documentation): the
  /// metadata service in the forms of OpenStack and of EC2, the disk that comes with a server, and the names that the
  /// cloud's own builds of cloud-init have for them.
  static let usableSources: Set<String> = ["openstack", "configdrive", "ec2", "huawei", "huaweicloud"]

  /// The first reason that the facts give; `nil` where they give none, be it that something is not known.
  init?(_ facts: CloudInitFacts) {
    if case .none = facts.program {
      self = .notInstalled
    } else if let file = facts.disabledBy.value {
      self = .disabled(by: file)
    } else if case .none = facts.startedBy {
      self = .notStarted
    } else if let names = facts.dataSources.value,
      !names.contains(where: { Self.usableSources.contains($0.lowercased()) })
    {
      self = .otherSources(names, file: facts.dataSourcesFile.value ?? "/etc/cloud/cloud.cfg")
    } else {
      return nil
    }
  }

  /// The facts that have to be known before cloud-init may be said to run.
  static func missing(_ facts: GuestFacts) -> [Obstacle] {
    guard let cloud = facts.cloudInit else { return [.section(.cloudInit, .sectionMissing)] }
    let all: [(String, Bool)] = [
      ("program", cloud.program.isKnown), ("disabled_by", cloud.disabledBy.isKnown),
      ("started_by", cloud.startedBy.isKnown), ("datasource_list", cloud.dataSources.isKnown),
    ]
    var missing = all.filter { !$0.1 }.map { name, _ in
      Obstacle.fact("cloud_init.\(name)", of: Subject(kind: "section", name: Section.cloudInit.rawValue))
    }
    if cloud.dataSources.value != nil, facts.counts?["datasources"] == nil { missing.append(.count(of: "datasources")) }
    return missing
  }

  static let reads: [FactPath] = [
    "cloud_init", "cloud_init.program", "cloud_init.disabled_by", "cloud_init.started_by", "cloud_init.datasource_list",
  ]
}
