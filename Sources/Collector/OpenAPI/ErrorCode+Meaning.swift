// SPDX-License-Identifier: Apache-2.0

extension ErrorCode {
  /// The status that a code comes with, and what it means.
  var described: (status: Int, meaning: String) {
    switch self {
    case .malformed: (400, "the request is not well-formed HTTP or JSON")
    case .bodyTooLarge: (413, "the body is larger than this call takes")
    case .wrongValue: (400, "a member, a header or a query value is missing, unknown or wrong")
    case .noSuchPath: (404, "no such path")
    case .wrongMethod: (405, "the path does not take this method")
    case .noIdentity: (401, "no identity, or a bearer token that is not known")
    case .roleForbids: (403, "the caller's role does not allow this")
    case .foreignProject: (403, "the project is not one of the caller's")
    case .projectNeeded: (400, "the caller has several projects and named none")
    case .factsMalformed: (400, "the facts document is not one, or contradicts itself")
    case .factsOfAnother: (400, "the facts are of another instance than the path says")
    case .reportOutdated:
      (409, "a newer report of this boot is stored already; `Wholeimage-Report-Sequence` says which")
    case .factsWanted: (409, "the heartbeat does not confirm the stored facts: send them in full")
    case .noSuchGuest: (404, "no such guest")
    case .noSuchDecision: (404, "no such decision")
    case .inputGone: (409, "a decision cannot be derived again: its input is gone")
    case .idempotencyKeyReused: (409, "`Idempotency-Key` names another request already")
    case .tokenWithoutProject: (403, "a token of the cloud that is for no project")
    case .guestUnknown: (400, "undetermined: nothing is known about the guest")
    case .factsTooOld: (400, "undetermined: the facts are older than allowed")
    case .factsIncomplete: (400, "undetermined: something that a blocker reads is not known")
    case .beforeHistory: (400, "undetermined: the backup was made before anything was known about the guest")
    case .disksDiffer: (400, "undetermined: the disks of a stopped server are others than its guest showed")
    case .timeUnknown: (400, "undetermined: the cloud does not say when the server was stopped or the backup made")
    case .volumeGroupSpans: (400, "`lvm-volume-group-spans-physical-volumes`")
    case .logicalVolumeSpans: (400, "`lvm-logical-volume-spans-physical-volumes`")
    case .physicalVolumeMissing: (400, "`lvm-physical-volume-missing`")
    case .physicalVolumeDuplicate: (400, "`lvm-physical-volume-duplicate`")
    case .windowsSpannedVolume: (400, "`windows-spanned-volume`")
    case .windowsSANPolicy: (400, "`windows-san-policy-not-online-all`")
    case .raidArraySpans: (400, "`raid-array-spans-disks`")
    case .fileSystemSpans: (400, "`filesystem-spans-devices`")
    case .windowsMultiDiskVolume: (400, "`windows-multi-disk-volume`")
    case .backupWithSharedVolume: (400, "`backup-with-shared-volume`")
    case .backupLacksServerDisk: (400, "`backup-lacks-server-disk`")
    case .serverHeldByImage: (400, "`server-held-by-image`")
    case .otherRule: (400, "another rule; the member `rule` names it")
    case .storeUnavailable: (503, "the store cannot be read or written")
    case .noImageService: (503, "no image service is configured")
    case .imageServiceUnreachable: (503, "the image service cannot be reached; nothing was sent")
    case .inDoubt: (503, "in doubt: sent, but the answer is not known")
    case .factsKeepChanging: (503, "the guest's facts kept changing while it was decided")
    case .cloudFactsUnavailable: (503, "undetermined: a service of the cloud did not tell what the decision needs")
    case .serviceUnreachable:
      (503, "a service did not answer a call that is handed on; whether it was done is not known")
    case .identityServiceUnreachable: (503, "the cloud's identity service cannot be asked")
    case .tooBusy: (503, "too many signed requests are being read")
    case .fault: (500, "a fault of the collector")
    }
  }
}
