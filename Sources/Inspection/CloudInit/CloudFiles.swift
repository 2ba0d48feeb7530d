// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GuestConfiguration

/// What cloud-init's own configuration says, read once for the sections that are told by it.
///
/// `/etc/cloud/cloud.cfg` and behind it the files of `/etc/cloud/cloud.cfg.d` by their names: of a subject that several
/// speak of, the last one's word counts ("Base configuration" of cloud-init's documentation).
struct CloudFiles {
  /// Whether there is any configuration; unknown where that could not be told.
  let hasMain: Observed<Bool>
  /// Whether a file keeps cloud-init from running, or has it run: `/etc/cloud/cloud-init.disabled` and `.enabled`.
  let isDisabled: Bool
  let isEnabled: Bool
  /// The files in the order in which they count.
  private(set) var files: [(path: String, configuration: CloudConfiguration)] = []
  /// What could not be read; each section notes it for itself.
  let failures: [Gap]

  private static let main = "/etc/cloud/cloud.cfg"
  /// Keeps cloud-init from running while it is there.
  static let disabling = "/etc/cloud/cloud-init.disabled"

  init(root: Root) {
    var reader = SectionFiles(root: root, section: .cloudInit)
    let form: ([UInt8]) -> [UInt8] = { CloudConfiguration(parsing: $0).recorded }
    var paths = [Self.main]
    let first = reader.content(Self.main, recordedAs: form)
    hasMain = first != nil ? .value(true) : reader.gaps.isEmpty ? .value(false) : .unknown
    if hasMain != .value(false) {
      let others = reader.files(in: ["/etc/cloud/cloud.cfg.d"]) { name, _ in name.hasSuffix(".cfg") }
      paths += others.map(\.path)
    }
    for path in paths {
      let bytes = path == Self.main ? first : reader.content(path, recordedAs: form)
      if let bytes { files.append((path, CloudConfiguration(parsing: bytes))) }
    }
    isDisabled = root.exists(Self.disabling)
    isEnabled = root.exists("/etc/cloud/cloud-init.enabled")
    failures = reader.gaps
  }

  /// What the last file that speaks of a subject says of it, and that file.
  func last<Value>(_ subject: (CloudConfiguration) -> Value?) -> (path: String, value: Value)? {
    for file in files.reversed() {
      if let value = subject(file.configuration) { return (PlainText.from(file.path), value) }
    }
    return nil
  }
}
