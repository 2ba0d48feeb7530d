// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Hummingbird

/// What supervisors and balancers ask; open to all.
struct OperationRoutes: Sendable {
  let store: Store
  let hasImageService: Bool

  var routes: [Route] {
    [
      Route(.get, "/healthz", .open) { _ in .json(.members(("status", "ok"))) },
      Route(.get, "/readyz", .open) { _ in try await ready() },
    ]
  }

  private func ready() async throws -> Response {
    guard await store.isUsable() else {
      throw CallError.unavailable(
        .storeUnavailable, "The collector's store cannot be read or written now.", retryAfter: 10)
    }
    return .json(
      .members(("status", "ready"), ("image_service", hasImageService ? "configured" : "not_configured")))
  }
}
