// SPDX-License-Identifier: Apache-2.0

/// The collector's own error codes, `WIR.nnnn`: used only where the cloud has no code for the same refusal.
///
/// A token or a signature of the cloud's kind that is not accepted is answered as the cloud's gateway does, 401
/// `APIGW.0301`, and too many requests with 429 `APIGW.0308`.
///
/// | code | status | meaning |
/// |---|---|---|
/// | WIR.0001 | 400 | the request is not well-formed HTTP or JSON |
/// | WIR.0002 | 413 | the body is larger than this call takes |
/// | WIR.0003 | 400 | a member, a header or a query value is missing, unknown or wrong |
/// | WIR.0004 | 404 | no such path |
/// | WIR.0005 | 405 | the path does not take this method |
/// | WIR.0006 | 401 | no identity, or a bearer token that is not known |
/// | WIR.0007 | 403 | the caller's role does not allow this |
/// | WIR.0008 | 403 | the project is not one of the caller's |
/// | WIR.0009 | 400 | the caller has several projects and named none |
/// | WIR.0010 | 400 | the facts document is not one, or contradicts itself |
/// | WIR.0011 | 400 | the facts are of another instance than the path says |
/// | WIR.0012 | 409 | a newer report of this boot is stored already; `Wholeimage-Report-Sequence` says which |
/// | WIR.0013 | 409 | the heartbeat does not confirm the stored facts: send them in full |
/// | WIR.0014 | 404 | no such guest |
/// | WIR.0015 | 404 | no such decision |
/// | WIR.0017 | 409 | a decision cannot be derived again: its input is gone |
/// | WIR.0018 | 409 | `Idempotency-Key` names another request already |
/// | WIR.0020 | 401 | a guest's signature is not accepted |
/// | WIR.0021 | 401 | a guest's key was revoked |
/// | WIR.0022 | 401 | an enrolment token is unknown, expired or revoked, or for another guest; or a copy is not let in |
/// | WIR.0023 | 409 | an enrolment token let in as many guests as it may |
/// | WIR.0024 | 409 | the guest is enrolled with another key |
/// | WIR.0025 | 409 | the key belongs to another guest, or was revoked |
/// | WIR.0026 | 409 | the boot is over; `Wholeimage-Boot-Number` says the number of the newest |
/// | WIR.0027 | 403 | the guest is enrolled: only what its key signed is taken |
/// | WIR.0030 | 403 | a token of the cloud that is for no project |
/// | WIR.0101 | 400 | undetermined: nothing is known about the guest |
/// | WIR.0102 | 400 | undetermined: the facts are older than allowed |
/// | WIR.0103 | 400 | undetermined: something that a blocker reads is not known |
/// | WIR.0104 | 400 | undetermined: the backup was made before anything was known about the guest |
/// | WIR.0105 | 400 | undetermined: the disks of a stopped server are others than its guest showed |
/// | WIR.0106 | 400 | undetermined: the cloud does not say when the server was stopped or the backup made |
/// | WIR.0201 | 400 | `lvm-volume-group-spans-physical-volumes` |
/// | WIR.0202 | 400 | `lvm-logical-volume-spans-physical-volumes` |
/// | WIR.0203 | 400 | `lvm-physical-volume-missing` |
/// | WIR.0204 | 400 | `lvm-physical-volume-duplicate` |
/// | WIR.0205 | 400 | `windows-spanned-volume` |
/// | WIR.0206 | 400 | `windows-san-policy-not-online-all` |
/// | WIR.0207 | 400 | `raid-array-spans-disks` |
/// | WIR.0208 | 400 | `filesystem-spans-devices` |
/// | WIR.0209 | 400 | `windows-multi-disk-volume` |
/// | WIR.0210 | 400 | `backup-with-shared-volume` |
/// | WIR.0211 | 400 | `backup-lacks-server-disk` |
/// | WIR.0212 | 400 | `server-held-by-image` |
/// | WIR.0299 | 400 | another rule; the member `rule` names it |
/// | WIR.0301 | 503 | the store cannot be read or written |
/// | WIR.0302 | 503 | no image service is configured |
/// | WIR.0303 | 503 | the image service cannot be reached; nothing was sent |
/// | WIR.0304 | 503 | in doubt: sent, but the answer is not known |
/// | WIR.0305 | 503 | the guest's facts kept changing while it was decided |
/// | WIR.0306 | 503 | undetermined: a service of the cloud did not tell what the decision needs |
/// | WIR.0307 | 503 | a service did not answer a call that is handed on; whether it was done is not known |
/// | WIR.0310 | 503 | the cloud's identity service cannot be asked |
/// | WIR.0311 | 503 | too many signed requests are being read |
/// | WIR.0500 | 500 | a fault of the collector |
enum ErrorCode: String, Sendable, CaseIterable {
  case malformed = "WIR.0001"
  case bodyTooLarge = "WIR.0002"
  case wrongValue = "WIR.0003"
  case noSuchPath = "WIR.0004"
  case wrongMethod = "WIR.0005"
  case noIdentity = "WIR.0006"
  case roleForbids = "WIR.0007"
  case foreignProject = "WIR.0008"
  case projectNeeded = "WIR.0009"
  case factsMalformed = "WIR.0010"
  case factsOfAnother = "WIR.0011"
  case reportOutdated = "WIR.0012"
  case factsWanted = "WIR.0013"
  case noSuchGuest = "WIR.0014"
  case noSuchDecision = "WIR.0015"
  case inputGone = "WIR.0017"
  case idempotencyKeyReused = "WIR.0018"
  case guestSignatureWrong = "WIR.0020"
  case guestKeyRevoked = "WIR.0021"
  case enrolmentRefused = "WIR.0022"
  case enrolmentTokenUsed = "WIR.0023"
  case guestHasAnotherKey = "WIR.0024"
  case keyNotUsable = "WIR.0025"
  case bootIsOver = "WIR.0026"
  case guestIsEnrolled = "WIR.0027"
  case tokenWithoutProject = "WIR.0030"
  case guestUnknown = "WIR.0101"
  case factsTooOld = "WIR.0102"
  case factsIncomplete = "WIR.0103"
  case beforeHistory = "WIR.0104"
  case disksDiffer = "WIR.0105"
  case timeUnknown = "WIR.0106"
  case volumeGroupSpans = "WIR.0201"
  case logicalVolumeSpans = "WIR.0202"
  case physicalVolumeMissing = "WIR.0203"
  case physicalVolumeDuplicate = "WIR.0204"
  case windowsSpannedVolume = "WIR.0205"
  case windowsSANPolicy = "WIR.0206"
  case raidArraySpans = "WIR.0207"
  case fileSystemSpans = "WIR.0208"
  case windowsMultiDiskVolume = "WIR.0209"
  case backupWithSharedVolume = "WIR.0210"
  case backupLacksServerDisk = "WIR.0211"
  case serverHeldByImage = "WIR.0212"
  case otherRule = "WIR.0299"
  case storeUnavailable = "WIR.0301"
  case noImageService = "WIR.0302"
  case imageServiceUnreachable = "WIR.0303"
  case inDoubt = "WIR.0304"
  case factsKeepChanging = "WIR.0305"
  case cloudFactsUnavailable = "WIR.0306"
  case serviceUnreachable = "WIR.0307"
  case identityServiceUnreachable = "WIR.0310"
  case tooBusy = "WIR.0311"
  case fault = "WIR.0500"

  /// The code of a rule that refuses a request.
  init(rule: String) {
    switch rule {
    case "lvm-volume-group-spans-physical-volumes": self = .volumeGroupSpans
    case "lvm-logical-volume-spans-physical-volumes": self = .logicalVolumeSpans
    case "lvm-physical-volume-missing": self = .physicalVolumeMissing
    case "lvm-physical-volume-duplicate": self = .physicalVolumeDuplicate
    case "windows-spanned-volume": self = .windowsSpannedVolume
    case "windows-san-policy-not-online-all": self = .windowsSANPolicy
    case "raid-array-spans-disks": self = .raidArraySpans
    case "filesystem-spans-devices": self = .fileSystemSpans
    case "windows-multi-disk-volume": self = .windowsMultiDiskVolume
    case "backup-with-shared-volume": self = .backupWithSharedVolume
    case "backup-lacks-server-disk": self = .backupLacksServerDisk
    case "server-held-by-image": self = .serverHeldByImage
    default: self = .otherRule
    }
  }
}
