// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import MetricsFormat
internal import NIOCore

/// What a monitoring system asks: counts of what is stored in the caller's projects, and of what was answered at all.
struct MetricsRoutes: Sendable {
  let store: Store
  let metrics: CollectorMetrics

  var routes: [Route] {
    [
      Route(.get, "/metrics", .roles([.operator])) { call in
        try call.allowQuery([])
        let counts = await store.counts(of: try call.identified().projects)
        return .bytes(ByteBuffer(string: metrics.text(counts)), type: MetricsText.contentType)
      }
    ]
  }
}
