// SPDX-License-Identifier: Apache-2.0

public import Facts

extension CloudVault {
  /// The path of `GET /v3/{project_id}/vaults/{vault_id}` (CBR API reference, "Querying a Specified Vault").
  public static func path(project: String, id: String) -> String { "/v3/\(project)/vaults/\(id)" }

  /// Reads the answer; `nil` if it is not about that vault.
  public init?(answer: JSON, id: String) {
    guard let vault = answer["vault"], vault["id"]?.string?.lowercased() == id else { return nil }
    self.init(id: id)
    let billing = vault["billing"]
    status = billing?.answeredText("status") ?? .unknown
    objectType = billing?.answeredText("object_type") ?? .unknown
    protectType = billing?.answeredText("protect_type") ?? .unknown
    resources = Self.resources(in: vault["resources"])
  }

  private static func resources(in json: JSON?) -> Observed<[Resource]> {
    guard let elements = json?.array else { return .unknown }
    var resources: [Resource] = []
    for element in elements {
      guard let id = element["id"]?.string else { return .unknown }
      var resource = Resource(id: id.lowercased())
      switch element["extra_info"] {
      case nil, .null?:
        resource.excludedVolumeIDs = .none
        resource.includedVolumeIDs = .none
      case let more?:
        resource.excludedVolumeIDs = more.answeredIDs("exclude_volumes")
        resource.includedVolumeIDs = more.answeredIDs("include_volumes")
        // An empty list of what to take means that nothing is chosen, not that nothing is taken.
        if resource.includedVolumeIDs.value?.isEmpty == true { resource.includedVolumeIDs = .none }
      }
      resources.append(resource)
    }
    return .value(resources)
  }
}
