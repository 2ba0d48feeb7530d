// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// Names that multipath gave to disks, `/etc/multipath/bindings` (multipath.conf(5), `bindings_file`): `ALIAS WWID`
/// lines; comments begin with `#`.
public struct MultipathBindings: Equatable, Sendable {
  /// One name.
  public struct Binding: Equatable, Sendable {
    /// The line.
    public var line: Int
    /// The name, as below `/dev/mapper`.
    public var alias: String
    /// The disk's world-wide name.
    public var wwid: String
  }

  /// The names, in the order of lines.
  public private(set) var bindings: [Binding] = []
  /// The first line that is neither a name, a comment nor empty.
  public private(set) var strayLine: Int?
  /// How many names there are beyond those that are listed.
  public private(set) var bindingsLeftOut = 0

  /// As many are listed.
  public static let mostBindings = 4096

  /// Reads the file.
  public init(parsing bytes: [UInt8]) {
    for (index, line) in bytes.lines.enumerated() {
      let words = line.prefix { $0 != UInt8(ascii: "#") }.words
      if words.isEmpty { continue }
      guard words.count == 2 else {
        strayLine = strayLine ?? index + 1
        continue
      }
      guard bindings.count < Self.mostBindings else {
        bindingsLeftOut += 1
        continue
      }
      bindings.append(Binding(line: index + 1, alias: words[0].text, wwid: words[1].text))
    }
  }
}
