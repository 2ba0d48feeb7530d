// SPDX-License-Identifier: Apache-2.0

import GuestSigning

/// Headers of a request that says it is signed by a guest, a line each in a fixed order; what is read gives the same
/// headers again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let lines = UnsafeBufferPointer(start: start, count: count)
    .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
  let names = [
    "Content-Digest", "Wholeimage-Boot-Id", "Wholeimage-Boot-Number", "Wholeimage-Report-Sequence",
    "Wholeimage-Inspected-Ago-Ms", "Signature-Input", "Signature",
  ]
  let headers = Dictionary(uniqueKeysWithValues: zip(names, lines))
  guard
    let claim = try? SignatureClaim(method: "PUT", path: "/", query: "", header: { headers[$0] }),
    let key = GuestSecretKey(seed: Array(repeating: 7, count: 32))
  else { return 0 }
  _ = claim.isValid(for: key.publicKey)
  guard let again = claim.request.headers(signedWith: key) else { return 0 }
  for (name, value) in again where name != "Signature" && name != "Signature-Input" {
    precondition(headers[name] == value, "\(name) reads as another text")
  }
  return 0
}
