// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Facts

/// A new token for a caller, and the entry that makes the collector know it.
public struct IssuedToken: Sendable {
  /// The token, 256 random bits from the kernel; it is kept nowhere.
  public let token: String
  /// The entry for `tokens` in the credentials file, JSON in one line; it has the token's SHA-256 alone.
  public let entry: String

  /// A token of that name and role; throws what the credentials file would not take.
  public init(name: String, role: String, projects: [String], instanceID: String?) throws(CollectorFailure) {
    var random = SystemRandomNumberGenerator()
    // A beginning that scanners for secrets can know it by.
    token = "wic_" + Digest.hex((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    let json = JSON.object(
      JSONObject([
        ("name", .string(name)), ("sha256", .string(TokenDigest.of(token))), ("role", .string(role)),
        ("projects", projects.json), ("instance_id", instanceID.map { .string($0) }),
      ]))
    do throws(DocumentError) { _ = try Credentials.Entry(json: json) } catch {
      throw CollectorFailure(.usage, "no token was made, since the credentials file would not take it: \(error)")
    }
    entry = json.text
  }
}

/// How tokens stand in the credentials file.
public enum TokenDigest {
  /// The SHA-256 of a token, 64 lower-case hexadecimal digits.
  public static func of(_ token: String) -> String { Digest.hex(SHA256.hash(data: Array(token.utf8))) }
}
