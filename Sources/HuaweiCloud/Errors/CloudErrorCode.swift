// SPDX-License-Identifier: Apache-2.0

/// The image service's own error codes that we answer with, where it has one for the same refusal.
///
/// From the service's table of error codes (Image Management Service API reference, "Error codes").
public enum CloudErrorCode: String, Sendable, CaseIterable {
  /// The request is not well formed.
  case malformedRequest = "IMG.0001"
  /// The name has more than 128 characters.
  case nameTooLong = "IMG.0002"
  /// The name has a character that is not allowed, or begins or ends with a space.
  case nameMalformed = "IMG.0003"
  /// The request has no body.
  case emptyBody = "IMG.0007"
  /// The name is missing or empty.
  case nameMissing = "IMG.0013"
  /// The server's id is missing.
  case serverMissing = "IMG.0012"
  /// A resource id is none.
  case resourceIDMalformed = "IMG.0031"
  /// The name is wrong in another way: it is not text.
  case nameWrong = "IMG.0062"
  /// The job could not be queried.
  case jobQueryFailed = "IMG.0023"
  /// What the image is to be made from is not told in one way.
  case creationTypeWrong = "IMG.0157"
}
