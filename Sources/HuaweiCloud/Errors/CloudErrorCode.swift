// SPDX-License-Identifier: Apache-2.0

/// The cloud's own error codes that we answer with, where it has one for the same refusal.
///
/// From the tables of error codes in the API references of the Image Management Service (`IMG.`), of the Elastic Cloud
/// Server (`Ecs.`) and of the API gateway in front of both (`APIGW.`).
public enum CloudErrorCode: String, Sendable, CaseIterable {
  /// The request is not well formed.
  case malformedRequest = "IMG.0001"
  /// The name has more than 128 characters.
  case nameTooLong = "IMG.0002"
  /// The name has a character that is not allowed, or begins or ends with a space.
  case nameMalformed = "IMG.0003"
  /// The description has more than 1024 characters.
  case descriptionTooLong = "IMG.0004"
  /// The request has no body.
  case emptyBody = "IMG.0007"
  /// The server's id is missing.
  case serverMissing = "IMG.0012"
  /// The name is missing or empty.
  case nameMissing = "IMG.0013"
  /// The address of the call is wrong.
  case addressWrong = "IMG.0017"
  /// The backup's id is missing.
  case backupMissing = "IMG.0019"
  /// The kind of the source is unknown.
  case sourceTypeUnknown = "IMG.0021"
  /// The job could not be queried.
  case jobQueryFailed = "IMG.0023"
  /// The image's id is missing.
  case imageMissing = "IMG.0027"
  /// A resource id is none.
  case resourceIDMalformed = "IMG.0031"
  /// The description has a character that is not allowed.
  case descriptionMalformed = "IMG.0054"
  /// A size of memory is none, or the sizes do not fit together.
  case memoryIllegal = "IMG.0055"
  /// The name is wrong in another way: it is not text.
  case nameWrong = "IMG.0062"
  /// The image's id is none.
  case imageIDMalformed = "IMG.0066"
  /// A tag is none, or both forms of tags are there.
  case tagInvalid = "IMG.0115"
  /// There are more tags than an image can have.
  case tooManyTags = "IMG.0116"
  /// The enterprise project's id is none.
  case enterpriseProjectInvalid = "IMG.0155"
  /// What the image is to be made from is not told in one way.
  case creationTypeWrong = "IMG.0157"
  /// The vault's id is none.
  case vaultInvalid = "IMG.0184"
  /// A parameter of a call to the compute service is wrong.
  case serverRequestWrong = "Ecs.0005"
  /// The token of the identity service or the signature is wrong: 401.
  case identityWrong = "APIGW.0301"
  /// There were too many requests: 429.
  case tooManyRequests = "APIGW.0308"
}
