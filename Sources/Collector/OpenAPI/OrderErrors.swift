// SPDX-License-Identifier: Apache-2.0

internal import HuaweiCloud

extension APIError {
  private static func refusal(_ code: CloudErrorCode, _ meaning: String) -> APIError {
    APIError(400, code.rawValue, meaning)
  }

  /// What can be wrong with the parameters of an order.
  static let parameters: [APIError] = [
    refusal(.malformedRequest, "the body is no JSON object, or a member's name is nearly a known one"),
    refusal(.emptyBody, "there is no body"),
    refusal(.nameMissing, "`name` is missing or empty"),
    refusal(.nameTooLong, "`name` has more than 128 characters"),
    refusal(.nameMalformed, "`name` has a character that is not allowed, or begins or ends with a space"),
    refusal(.nameWrong, "`name` is not text"),
    refusal(.descriptionTooLong, "`description` has more than 1024 characters"),
    refusal(.descriptionMalformed, "`description` has a line break, `<` or `>`, or is not text"),
    refusal(.serverMissing, "neither `instance_id` nor `backup_id` is there"),
    refusal(.backupMissing, "`whole_image_type` is there, and no `backup_id`"),
    refusal(.creationTypeWrong, "`instance_id` and `backup_id` are both there"),
    refusal(.sourceTypeUnknown, "`whole_image_type` is neither CBR nor CSBS"),
    refusal(.resourceIDMalformed, "an id is no UUID"),
    refusal(.memoryIllegal, "`min_ram` or `max_ram` is no whole number of 0 or more, or they contradict each other"),
    refusal(.tagInvalid, "a tag is wrong, or both forms of tags are there"),
    refusal(.tooManyTags, "there are tags of more than ten keys"),
    refusal(.enterpriseProjectInvalid, "`enterprise_project_id` is no UUID"),
    refusal(.vaultInvalid, "`vault_id` is no UUID, or there is no such vault"),
  ]

  /// What of the guest can forbid a whole image.
  static let guests: [APIError] = own(
    .guestUnknown, .factsTooOld, .factsIncomplete, .beforeHistory, .disksDiffer, .timeUnknown, .volumeGroupSpans,
    .logicalVolumeSpans, .physicalVolumeMissing, .physicalVolumeDuplicate, .windowsSpannedVolume, .windowsSANPolicy,
    .raidArraySpans, .fileSystemSpans, .windowsMultiDiskVolume, .backupWithSharedVolume, .backupLacksServerDisk,
    .otherRule)

  /// What of the server, the backup or the vault can forbid a whole image.
  static let cloud: [APIError] = [
    APIError(400, "IMG.0005", "there is no such server"),
    APIError(400, "IMG.0010", "the server has another task"),
    APIError(400, "IMG.0126", "the server is neither running nor stopped"),
    APIError(400, "IMG.0153", "a disk lies on dedicated storage"),
    APIError(400, "IMG.0020", "there is no such CBR backup"),
    APIError(400, "IMG.0127", "there is no such CSBS backup"),
    APIError(400, "IMG.0032", "the CBR backup is not available"),
    APIError(400, "IMG.0132", "the CSBS backup is not available"),
    APIError(400, "IMG.0033", "the backup holds no system disk"),
    APIError(400, "IMG.0029", "an image was made from the CBR backup already"),
    APIError(400, "IMG.0134", "an image was made from the CSBS backup already"),
    APIError(400, "IMG.0198", "`whole_image_type` does not match the backup"),
    APIError(400, "IMG.0188", "the vault is not available"),
    APIError(400, "IMG.0193", "the vault is not for backups of servers"),
  ]

  /// What is decided about an image.
  static let images: [APIError] = [
    refusal(.imageIDMalformed, "`image_id` is no UUID"), refusal(.malformedRequest, "the body cannot be read"),
    refusal(.emptyBody, "there is no body"), refusal(.addressWrong, "the path cannot be read"),
    APIError(400, "IMG.0144", "there is no such image"),
  ]
}
