// SPDX-License-Identifier: Apache-2.0

/// The services of the cloud whose addresses are configured.
struct CloudServices: Sendable {
  private let services: [CloudService.Name: CloudService]

  /// Clients of the services at those URLs.
  init(
    urls: [CloudService.Name: String], timeoutSeconds: Int64, clock: CollectorClock
  ) throws(CollectorFailure) {
    var services: [CloudService.Name: CloudService] = [:]
    for (name, url) in urls {
      services[name] = try CloudService(name, baseURL: url, timeoutSeconds: timeoutSeconds, clock: clock)
    }
    self.services = services
  }

  /// A service; `nil` if its address is not configured.
  subscript(name: CloudService.Name) -> CloudService? { services[name] }

  /// Ends all connections.
  func shutdown() async throws { for service in services.values { try await service.shutdown() } }
}
