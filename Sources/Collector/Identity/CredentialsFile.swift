// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Synchronization

/// The credentials file: read at start and again on SIGHUP.
struct CredentialsFile: Sendable {
  let path: String

  /// The largest file that is read: room for some hundred thousand tokens.
  static let largest = 64 << 20

  /// The credentials in the file; refused if others than its owner may read or write it.
  func read() throws(CollectorFailure) -> Credentials {
    let bytes = try SecretFile.read(path, what: "credentials file", upTo: Self.largest)
    do {
      return try Credentials(json: try JSON(parsing: bytes))
    } catch {
      throw CollectorFailure(.input, "the credentials file \(path) cannot be used: \(error)")
    }
  }
}

/// The credentials in force now.
final class CurrentCredentials: Sendable {
  private let state: Mutex<Credentials>

  init(_ credentials: Credentials) { state = Mutex(credentials) }

  var value: Credentials {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
