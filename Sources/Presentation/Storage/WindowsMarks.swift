// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// Which disks and volumes of a Windows guest the findings are about.
struct WindowsMarks {
  private var marks: [String: Mark] = [:]

  init(_ judgement: Judgement) {
    for finding in judgement.findings where finding.outcome == .fail || finding.outcome == .unknown {
      let mark: Mark =
        switch (finding.outcome, finding.severity) {
        case (.fail, .blocker): .blocker
        case (.fail, _): .warning
        case (_, .blocker): .unseen
        default: .plain
        }
      for subject in finding.subjects {
        let key = "\(subject.kind) \(subject.name)"
        marks[key] = max(marks[key] ?? .plain, mark)
      }
    }
  }

  /// The mark of a disk.
  func mark(of disk: WindowsDisk) -> Mark { marks["windows_disk \(disk.name)"] ?? .plain }

  /// The mark of a volume.
  func mark(of volume: WindowsVolume) -> Mark { marks["windows_volume \(volume.number)"] ?? .plain }
}
