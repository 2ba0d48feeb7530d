// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

extension ReportRefusal {
  /// The answer to a report that is not taken.
  var callError: CallError {
    switch self {
    case .guestIsEnrolled:
      return CallError(
        .forbidden, .guestIsEnrolled,
        "This guest is enrolled with a key of its own: only what that key signed is taken. If the key is lost, have an "
          + "operator run wholeimage-collector guests revoke.", retry: .afterRemedy)
    case .keyNotInForce:
      return GuestSignatures.keyRevoked
    case .outdated(let stored):
      var error = CallError(
        .conflict, .reportOutdated,
        "A request of this boot with the number \(stored) was taken already; number the next one higher.",
        retry: .afterRemedy)
      error.headers[.reportSequence] = String(stored)
      return error
    case .bootIsOver(let number):
      var error = CallError(
        .conflict, .bootIsOver,
        "Boot \(number) of this guest is the newest that reported: a boot that is over does not come back. If this is a "
          + "newer one, number it \(number + 1).", retry: .afterRemedy)
      error.headers[.bootNumber] = String(number)
      return error
    case .keyIsShared:
      return CallError(
        .unauthorized, .guestKeyRevoked,
        "Two servers report with this guest's key, turn by turn, so it was revoked: enrol each of them anew, with a token, "
          + "under an instance id of its own.", retry: .afterRemedy)
    }
  }
}
