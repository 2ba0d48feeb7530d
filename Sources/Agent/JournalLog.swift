// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Logging

/// Writes one line a record on standard error; under systemd with the priority in front and without a time, since
/// the journal adds its own (sd-daemon(3)).
public struct JournalLog: LogHandler {
  /// Metadata that every record carries.
  public var metadata: Logger.Metadata = [:]
  /// Records below this level are left out.
  public var logLevel: Logger.Level = .info
  private let label: String
  private let toJournal: Bool

  /// A handler for records of that label.
  public init(label: String) {
    self.label = label
    toJournal = getenv("JOURNAL_STREAM") != nil
  }

  /// One member of the metadata.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes a record.
  public func log(event: LogEvent) {
    let priority =
      switch event.level {
      case .critical: 2
      case .error: 3
      case .warning: 4
      case .notice: 5
      case .info: 6
      case .debug, .trace: 7
      }
    // One record is one line: a line break in a message could forge another record.
    var text = "\(event.message)".map { $0.isNewline ? " " : String($0) }.joined()
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) { text += " \(key)=\(value)" }
    let line = toJournal ? "<\(priority)>\(text)\n" : "\(label): \(event.level): \(text)\n"
    let bytes = Array(line.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
