// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Reads the credentials file again on SIGHUP; one that cannot be used changes nothing.
struct CredentialsReload: Service {
  let file: CredentialsFile?
  let current: CurrentCredentials?
  let log: Logger

  func run() async throws {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { reload() }
  }

  /// Reads the file once.
  func reload() {
    guard let file, let current else {
      log.notice("SIGHUP: there is no credentials file to read again")
      return
    }
    do throws(CollectorFailure) {
      let credentials = try file.read()
      current.value = credentials
      log.notice(
        "credentials read again", metadata: ["tokens": "\(credentials.count)", "keys": "\(credentials.keys.count)"])
    } catch {
      log.error("credentials kept as they were: \(error.message)")
    }
  }
}
