// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

extension HTTPField.Name {
  /// A header's name that is a constant of ours.
  private static func known(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .via }

  /// Names a request in answers and logs.
  static let requestID = known("X-Request-Id")
  /// The cloud's token, or one of ours from clients that know only this header.
  static let authToken = known("X-Auth-Token")
  /// The project that a request means.
  static let projectID = known("X-Project-Id")
  /// Names a request, so that it is not done twice.
  static let idempotencyKey = known("Idempotency-Key")
  /// What of the body is signed (`SDK-HMAC-SHA256`).
  static let contentHash = known("X-Sdk-Content-Sha256")
  /// The language that the cloud's console asks for.
  static let language = known("X-Language")
  /// Numbers a guest's reports within one boot.
  static let reportSequence = known("Wholeimage-Report-Sequence")
  /// The guest's boot id (`/proc/sys/kernel/random/boot_id`).
  static let bootID = known("Wholeimage-Boot-Id")
  /// Counts the boots in which a guest's key reported.
  static let bootNumber = known("Wholeimage-Boot-Number")
  /// What is signed, and with which key (RFC 9421, section 4.1).
  static let signatureInput = known("Signature-Input")
  /// Milliseconds between the inspection and the sending, by the guest's monotonic clock.
  static let inspectedAgo = known("Wholeimage-Inspected-Ago-Ms")
}
