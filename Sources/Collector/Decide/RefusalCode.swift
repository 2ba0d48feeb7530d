// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

extension Refusal {
  /// The answer's code: the cloud's own where it has one for the same refusal.
  func code(for form: ImageRequest.Form) -> String {
    switch self {
    case .guestUnknown: ErrorCode.guestUnknown.rawValue
    case .factsTooOld: ErrorCode.factsTooOld.rawValue
    case .beforeHistory: ErrorCode.beforeHistory.rawValue
    case .backupUnknown where isCloudsSilence: ErrorCode.cloudFactsUnavailable.rawValue
    case .backupUnknown: form == .csbsBackup ? "IMG.0127" : "IMG.0020"
    case .timeUnknown: ErrorCode.timeUnknown.rawValue
    case .disksDiffer: ErrorCode.disksDiffer.rawValue
    case .notReady(let finding, _): RefusalCode.code(of: finding, form)
    case .incomplete: (isCloudsSilence ? ErrorCode.cloudFactsUnavailable : .factsIncomplete).rawValue
    }
  }
}

/// The cloud's codes for what our rules refuse (Image Management Service API reference, "Error codes").
enum RefusalCode {
  static func code(of finding: Finding, _ form: ImageRequest.Form) -> String {
    let reason = finding.reason.flatMap(FindingReason.init(rawValue:))
    let isCSBS = form == .csbsBackup
    switch (finding.rule, reason) {
    case ("disk-on-dedicated-storage", _): return "IMG.0153"
    case ("server-not-settled", .noSuchThing?): return "IMG.0005"
    case ("server-not-settled", .taskInProgress?): return "IMG.0010"
    case ("server-not-settled", _): return "IMG.0126"
    case ("backup-not-available", .noSuchThing?): return isCSBS ? "IMG.0127" : "IMG.0020"
    case ("backup-not-available", .otherService?): return "IMG.0198"
    case ("backup-not-available", .wrongKind?): return "IMG.0033"
    case ("backup-not-available", _): return isCSBS ? "IMG.0132" : "IMG.0032"
    case ("backup-already-imaged", _): return isCSBS ? "IMG.0134" : "IMG.0029"
    case ("vault-unusable", .noSuchThing?): return "IMG.0184"
    case ("vault-unusable", .wrongKind?): return "IMG.0193"
    case ("vault-unusable", _): return "IMG.0188"
    case ("whole-image-exported", .noSuchThing?), ("whole-image-copied-in-region", .noSuchThing?),
      ("whole-image-published", .noSuchThing?), ("whole-image-not-shareable", .noSuchThing?):
      return "IMG.0144"
    case ("whole-image-exported", _): return "IMG.0128"
    case ("whole-image-copied-in-region", _): return "IMG.0130"
    case ("whole-image-published", _): return "IMG.0131"
    case ("whole-image-not-shareable", _): return "IMG.0135"
    default: return ErrorCode(rule: finding.rule).rawValue
    }
  }
}
