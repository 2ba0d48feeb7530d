// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc
public import Logging

/// Log records on standard error, one line each.
///
/// Under journald a line begins with `<N>`, its priority (sd-daemon(3)), and the journal has the time; elsewhere with
/// the time and the level.
public struct StandardErrorLog: LogHandler {
  /// Records below this level are left out.
  public var logLevel: Logger.Level = .info
  /// What every record carries.
  public var metadata: Logger.Metadata = [:]
  /// What gives more of it for each record.
  public var metadataProvider: Logger.MetadataProvider?
  private let isJournal: Bool

  /// A handler; the journal is recognised unless it is said whether there is one.
  public init(isJournal: Bool? = nil) { self.isJournal = isJournal ?? JournalStream.isStandardError }

  /// One member of what every record carries.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes a record.
  public func log(event: LogEvent) {
    let metadata = self.metadata.merging(event.metadata ?? [:]) { $1 }
    let line = Self.line(event.level, "\(event.message)", metadata, isJournal: isJournal, at: .now())
    let bytes = Array(line.utf8)
    // One write for one line; a lost log line must not stop the service.
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  /// One line: no value can begin another one.
  static func line(
    _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata, isJournal: Bool, at moment: UTCTime
  ) -> String {
    let prefix = isJournal ? "<\(priority(level))>" : "\(moment.text) \(level.rawValue) "
    let pairs = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\(quoted("\($0.value)"))" }.joined()
    return prefix + PlainText.from(message) + pairs + "\n"
  }

  private static func quoted(_ value: String) -> String {
    let plain = PlainText.from(value)
    guard plain.isEmpty || plain.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else { return plain }
    return "\"" + plain.map { $0 == "\"" ? "'" : String($0) }.joined() + "\""
  }

  private static func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .critical: 2
    case .error: 3
    case .warning: 4
    case .notice: 5
    case .info: 6
    case .debug, .trace: 7
    }
  }
}
