// SPDX-License-Identifier: Apache-2.0

/// A file in `/etc/udev/rules.d` whose name holds `persistent` and `net`.
public struct PersistentNameRules: Sendable, Equatable, JSONConvertible {
  /// The file.
  public var file: String
  /// Its size in bytes; an empty file does nothing, and keeps a file of that name elsewhere from being used.
  public var sizeBytes: Int
  /// The names that it binds to hardware addresses, in their order.
  public var names: [String]
  /// Whether it has such a binding written for every card that is new.
  public var generates: Bool

  /// A file that binds nothing.
  public init(file: String, sizeBytes: Int) {
    self.file = file
    self.sizeBytes = sizeBytes
    names = []
    generates = false
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    file = try members.required("file")
    sizeBytes = try members.required("size_bytes")
    names = try members.required("names")
    generates = try members.required("generates")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("file", file.json), ("generates", generates.json), ("names", names.json), ("size_bytes", sizeBytes.json))
  }
}
