// SPDX-License-Identifier: Apache-2.0

internal import Collector
internal import Glibc

/// `--database sqlite:PATH`, and where the database lies without it.
enum DatabaseOption {
  /// The path of the database file; makes the default's directory.
  static func path(_ given: String?, _ environment: Environment) throws(CollectorFailure) -> String {
    guard let text = environment.text("database", given) else { return try defaultPath(environment) }
    if text.hasPrefix("postgres:") || text.hasPrefix("postgresql:") {
      throw environment.usage("database", "postgres:// is not available in this release: give sqlite:PATH")
    }
    guard text.hasPrefix("sqlite:"), text.utf8.count > "sqlite:".utf8.count else {
      throw environment.usage("database", "must be sqlite:PATH, found \(text)")
    }
    return String(text.dropFirst("sqlite:".count))
  }

  /// Under systemd its state directory (systemd.exec(5), `StateDirectory=`); for root below /var/lib, for others
  /// below `XDG_STATE_HOME` (XDG Base Directory Specification).
  private static func defaultPath(_ environment: Environment) throws(CollectorFailure) -> String {
    let directory: String
    if let state = environment.variables["STATE_DIRECTORY"]?.split(separator: ":").first {
      directory = String(state)
    } else if geteuid() == 0 {
      directory = "/var/lib/wholeimage-collector"
    } else if let state = environment.variables["XDG_STATE_HOME"], state.hasPrefix("/") {
      directory = state + "/wholeimage-collector"
    } else if let home = environment.variables["HOME"], home.hasPrefix("/") {
      directory = home + "/.local/state/wholeimage-collector"
    } else {
      throw environment.usage("database", "must be given: there is no home directory to put the database in")
    }
    try make(directory)
    return directory + "/collector.sqlite"
  }

  private static func make(_ directory: String) throws(CollectorFailure) {
    var path = ""
    for part in directory.split(separator: "/") {
      path += "/" + part
      // Only the last one is ours to close to others; the ones above it are made as XDG asks.
      guard mkdir(path, 0o700) != 0, errno != EEXIST, errno != EROFS, errno != EACCES else { continue }
      throw CollectorFailure(.input, "the directory \(path) cannot be made: error \(errno)")
    }
  }
}
