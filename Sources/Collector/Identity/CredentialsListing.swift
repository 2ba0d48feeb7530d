// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Who is in a credentials file, without anything secret.
public enum CredentialsListing {
  /// One line for each token and each key, in the order of their names: kind, name, role, projects, instance id.
  ///
  /// Throws as starting with that file would.
  public static func lines(ofFile path: String) throws(CollectorFailure) -> [String] {
    let credentials = try CredentialsFile(path: path).read()
    var rows: [[String]] = []
    for entry in credentials.all.sorted(by: { $0.name < $1.name }) {
      let forwards = entry.forwardAs == nil ? nil : "forwards with a token of the cloud"
      let more = [entry.instanceID, forwards].compactMap { $0 }.joined(separator: ", ")
      rows.append(["token", entry.name, entry.role.rawValue, Self.shown(entry.projects), more])
    }
    for key in credentials.keys.values.sorted(by: { $0.access < $1.access }) {
      rows.append(["key", key.access, key.role.rawValue, Self.shown(key.projects), ""])
    }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, width) in widths.enumerated() {
        line += row[column] + String(repeating: " ", count: width - row[column].count + 2)
      }
      line += row[4]
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  private static func shown(_ projects: [String]) -> String {
    projects.map { PlainText.from($0) }.joined(separator: ",")
  }
}
