// SPDX-License-Identifier: Apache-2.0

/// One mount that is backed by a listed device (`/proc/self/mountinfo`, proc(5)).
public struct Mount: Sendable, Equatable, JSONConvertible {
  /// Name of the device.
  public var device: String
  /// Where it is mounted.
  public var mountPoint: String
  /// The file system's type.
  public var type: String
  /// The part of the file system that is mounted, `/` for all of it.
  public var root: Observed<String> = .unknown
  /// Options of the mount and of the file system, in the kernel's order.
  public var options: Observed<[String]> = .unknown

  /// A mount.
  public init(device: String, mountPoint: String, type: String) {
    self.device = device
    self.mountPoint = mountPoint
    self.type = type
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    device = try members.required("device")
    mountPoint = try members.required("mount_point")
    type = try members.required("type")
    root = try members.observed("root")
    options = try members.observed("options")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("device", device.json), ("mount_point", mountPoint.json), ("options", options.jsonIfKnown),
      ("root", root.jsonIfKnown), ("type", type.json))
  }
}

/// One swap area in use (`/proc/swaps`, proc(5)).
public struct Swap: Sendable, Equatable, JSONConvertible {
  /// The path that the kernel names.
  public var path: String
  /// `partition` or `file`.
  public var type: String
  /// Name of the device; `none` for a file.
  public var device: Observed<String> = .unknown
  /// Size in bytes.
  public var sizeBytes: Observed<UInt64> = .unknown

  /// A swap area.
  public init(path: String, type: String) {
    self.path = path
    self.type = type
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    path = try members.required("path")
    type = try members.required("type")
    device = try members.observed("device")
    sizeBytes = try members.observed("size_bytes")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("device", device.jsonIfKnown), ("path", path.json), ("size_bytes", sizeBytes.jsonIfKnown),
      ("type", type.json))
  }
}

/// One line of `/etc/fstab` (fstab(5)).
public struct FstabEntry: Sendable, Equatable, JSONConvertible {
  /// Line number, from 1.
  public var line: Int
  /// What is to be mounted, as written.
  public var spec: String
  /// Where.
  public var mountPoint: String
  /// File system type.
  public var type: String
  /// Options as written, split at commas.
  public var options: [String]
  /// Order of checks at boot; 0 is none.
  public var pass: Int
  /// The device that the spec resolves to; `none` if to none, unknown if it names no device at all.
  public var device: Observed<String> = .unknown

  /// An entry.
  public init(line: Int, spec: String, mountPoint: String, type: String, options: [String], pass: Int) {
    self.line = line
    self.spec = spec
    self.mountPoint = mountPoint
    self.type = type
    self.options = options
    self.pass = pass
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    line = try members.required("line")
    spec = try members.required("spec")
    mountPoint = try members.required("mount_point")
    type = try members.required("type")
    options = try members.optional("options") ?? []
    pass = try members.optional("pass") ?? 0
    device = try members.observed("device")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("device", device.jsonIfKnown), ("line", line.json), ("mount_point", mountPoint.json),
      ("options", options.json), ("pass", pass.json), ("spec", spec.json), ("type", type.json))
  }
}
