// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// The file with the collector's own key: `{"access": "...", "secret": "..."}`.
struct CloudKeyFile: Sendable {
  let path: String

  /// The key; refused if others than its owner may read or write the file.
  func read() throws(CollectorFailure) -> RequestSigner {
    let bytes = try SecretFile.read(path, what: "cloud key file", upTo: 4096)
    do {
      let members = try JSON(parsing: bytes).asObject()
      let access: String = try members.required("access")
      let secret: String = try members.required("secret")
      guard !access.isEmpty, !secret.isEmpty, members.members.count == 2 else {
        throw DocumentError(reason: "expected access and secret and nothing else")
      }
      return RequestSigner(access: access, secret: secret)
    } catch {
      throw CollectorFailure(.input, "the cloud key file \(path) cannot be used: \(error)")
    }
  }
}
