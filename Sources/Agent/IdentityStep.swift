// SPDX-License-Identifier: Apache-2.0

/// Who this server is, as the newest inspection says.
struct ServerIdentity: Sendable, Equatable {
  /// Its id; `nil` if no source names one that can be believed.
  var instanceID: String?
  /// Who says so.
  var source: String?
  /// The UUID of its firmware, if it can be read.
  var hardwareUUID: String?
  /// Its boot.
  var bootID: String?
}

/// What becomes of the state that was found, on the server that it was found on.
enum IdentityStep: Equatable {
  /// It is not known which server this is: the state is kept, and nothing is said in anybody's name.
  case wait(String)
  /// There is no state: a new key is made.
  case begin
  /// The state is of this server.
  case keep
  /// The state is of another server: this one is a copy, and gets a key of its own.
  case copy

  /// What to do, given the server that the state is of and its firmware's UUID.
  static func of(
    state: (instanceID: String, hardwareUUID: String?)?, on server: ServerIdentity
  ) -> IdentityStep {
    guard let id = server.instanceID else {
      return .wait("no source names this server's id for certain; set --instance-id or --metadata-service")
    }
    guard server.bootID != nil else { return .wait("this server's boot id is not known") }
    guard let state else { return .begin }
    guard state.instanceID == id else { return .copy }
    // A configured id is copied with the disk; any other source is of this very server.
    if server.source == "configuration", let old = state.hardwareUUID, let new = server.hardwareUUID, old != new {
      return .wait(
        "the configured instance id \(id) belonged to a server whose firmware has the UUID \(old), and this one has "
          + "\(new): this is a copy that was configured as the other. Correct --instance-id; if it is right, remove "
          + "\(StateDirectory.file) from the state directory and have the old key revoked")
    }
    return .keep
  }
}
