// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization

/// A log that keeps its records as text, all levels.
final class KeptLog: Sendable {
  private struct Handler: LogHandler {
    let log: KeptLog
    var logLevel: Logger.Level = .trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
      let line =
        "\(event.level) \(event.message) \(all.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " "))"
      log.records.withLock { $0.append(line) }
    }
  }

  private let records = Mutex<[String]>([])

  /// What was logged, in its order.
  var lines: [String] { records.withLock { $0 } }

  /// A logger that writes here.
  var logger: Logger { Logger(label: "tests") { _ in Handler(log: self) } }
}
