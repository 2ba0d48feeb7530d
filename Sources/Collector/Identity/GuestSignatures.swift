// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GuestSigning
internal import HTTPTypes
internal import HuaweiCloud
internal import Hummingbird

/// Verifies requests that are signed with the key of an enrolled guest (``SignedRequest``).
struct GuestSignatures: Sendable {
  let store: Store

  /// Whether a request is meant to be signed by a guest, and brings no other identity, which would go first.
  static func isMeant(_ request: Request) -> Bool {
    request.headers[.authorization] == nil && (request.headers[.authToken] ?? "").isEmpty
      && SignatureClaim.isMeant(request.headers[.signatureInput])
  }

  /// What a request says of itself; 401 if its headers are not those of a signed one.
  static func claim(_ request: Request) throws(CallError) -> SignatureClaim {
    let target = request.head.path ?? ""
    let mark = target.firstIndex(of: "?")
    do throws(SignatureClaimError) {
      return try SignatureClaim(
        method: request.method.rawValue, path: String(target[..<(mark ?? target.endIndex)]),
        query: mark.map { String(target[target.index(after: $0)...]) } ?? "",
        header: { name in HTTPField.Name(name).flatMap { request.headers[$0] } })
    } catch {
      throw refused("\(error)")
    }
  }

  /// The guest that signed; 401 if the signature is not of that key, or the key is not in force.
  ///
  /// Told from the head alone: the body is read by whoever handles the call, and compared with the digest then.
  func caller(_ claim: SignatureClaim, with known: GuestKeyRecord) throws(CallError) -> Identified {
    guard claim.isValid(for: known.key) else { throw Self.refused("the signature is not of the key \(claim.keyID)") }
    guard known.revokedAt == nil else { throw Self.keyRevoked }
    let report = SignedReport(claim)
    let caller = Caller(
      name: "guest:\(known.instanceID)", role: .agent, projects: [known.project], instanceID: known.instanceID,
      cloud: .anonymous)
    return Identified(caller: caller, guest: GuestProof(report: report, bodyDigest: claim.request.bodyDigest))
  }

  static func refused(_ reason: String) -> CallError {
    CallError(.unauthorized, .guestSignatureWrong, "The guest's signature is not accepted: \(reason).")
  }

  static let keyRevoked = CallError(
    .unauthorized, .guestKeyRevoked,
    "The guest's key was revoked, by an operator or because two servers reported with it: enrol anew, with a new key and a token.",
    retry: .afterRemedy)
}

/// What a guest's signature vouches for.
struct GuestProof: Sendable {
  /// Which report of which boot it is.
  var report: SignedReport
  /// SHA-256 of the body.
  var bodyDigest: [UInt8]
}
