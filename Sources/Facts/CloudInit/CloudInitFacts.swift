// SPDX-License-Identifier: Apache-2.0

/// Whether cloud-init sets up a server made from the image, as the guest's files say.
public struct CloudInitFacts: Sendable, Equatable, JSONConvertible {
  /// The program's path; `none` where it is not installed.
  public var program: Observed<String> = .unknown
  /// What has it started at boot: a link to a unit or script, by its path; `none` where nothing does.
  public var startedBy: Observed<String> = .unknown
  /// What keeps it from running: a file, or `/proc/cmdline`; `none` where nothing does.
  public var disabledBy: Observed<String> = .unknown
  /// The data sources that it tries, by their names in its configuration; `none` where it is left to try all it knows.
  public var dataSources: Observed<[String]> = .unknown
  /// The file that names the data sources; `none` where none does.
  public var dataSourcesFile: Observed<String> = .unknown
  /// Whether its configuration has it make a new server's ssh host keys anew.
  public var renewsHostKeys: Observed<Bool> = .unknown

  /// Facts of which nothing was observed yet.
  public init() {}

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    program = try members.observed("program")
    startedBy = try members.observed("started_by")
    disabledBy = try members.observed("disabled_by")
    dataSources = try members.observed("datasource_list")
    dataSourcesFile = try members.observed("datasource_list_file")
    renewsHostKeys = try members.observed("renews_host_keys")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("datasource_list", dataSources.jsonIfKnown), ("datasource_list_file", dataSourcesFile.jsonIfKnown),
      ("disabled_by", disabledBy.jsonIfKnown), ("program", program.jsonIfKnown),
      ("renews_host_keys", renewsHostKeys.jsonIfKnown), ("started_by", startedBy.jsonIfKnown))
  }
}
