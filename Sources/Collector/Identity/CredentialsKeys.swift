// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Credentials {
  /// One entry of `keys`: a permanent key of the cloud, whose requests are verified here and signed anew for the cloud.
  struct Key: Sendable, CustomStringConvertible {
    var access: String
    var secret: String
    var role: Role
    var projects: [String]

    /// Without the secret, so that it can get into no log.
    var description: String { "key \(access)" }
  }

  /// The fewest and most bytes of a secret; those of the cloud have 40.
  static let secretLength = 16...256

  static func keys(_ values: [JSON]) throws(DocumentError) -> [String: Key] {
    var keys: [String: Key] = [:]
    for (index, value) in values.enumerated() {
      do throws(DocumentError) {
        let key = try Key(json: value)
        guard keys.updateValue(key, forKey: key.access) == nil else {
          throw DocumentError(path: "access", reason: "the same access key twice")
        }
      } catch {
        throw error.under("keys[\(index)]")
      }
    }
    return keys
  }
}

extension Credentials.Key {
  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    try Credentials.allow(["access", "secret", "role", "projects"], in: members)
    access = try members.required("access")
    guard (1...128).contains(access.utf8.count), access.utf8.allSatisfy(Self.isAccessByte) else {
      throw DocumentError(path: "access", reason: "must have 1 to 128 letters, digits, -, _ and .")
    }
    secret = try members.required("secret")
    guard Credentials.secretLength.contains(secret.utf8.count),
      secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw DocumentError(
        path: "secret",
        reason: "must have \(Credentials.secretLength.lowerBound) to \(Credentials.secretLength.upperBound) printable "
          + "ASCII characters and no blank")
    }
    role = try members.required("role")
    projects = try Credentials.projects(in: members)
  }

  private static func isAccessByte(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (0x30...0x39).contains(byte)
      || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
  }
}
