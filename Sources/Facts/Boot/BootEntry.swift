// SPDX-License-Identifier: Apache-2.0

/// One entry of a boot loader that starts a Linux kernel.
public struct BootEntry: Sendable, Equatable, JSONConvertible {
  /// Its title, as a person sees it in the menu.
  public var title: String
  /// The file that it is in.
  public var file: String
  /// The line on which it begins, where the form has several entries in a file.
  public var line: Int?
  /// Whether it is started when nobody chooses.
  public var isDefault: Observed<Bool> = .unknown
  /// Whether its title or arguments say that it is for repairs (`rescue`, `recovery`, `single`).
  public var isRecovery: Bool
  /// The kernel.
  public var kernel: BootFile
  /// The release of the kernel, as `uname -r`, where its name or the entry tells; `none` where neither does.
  public var kernelVersion: Observed<String> = .unknown
  /// The initial RAM file systems, in the order in which they are loaded; none is normal for a kernel without modules.
  public var initramfs: [BootFile]
  /// The value of `root=`; `none` where the entry has no such argument, unknown where it depends on a variable that
  /// could not be resolved.
  public var root: Observed<String> = .unknown
  /// Name of the device that `root=` means; `none` if it means no device of this guest, unknown if that cannot be told.
  public var rootDevice: Observed<String> = .unknown

  /// An entry of which its kernel is known.
  public init(title: String, file: String, line: Int? = nil, kernel: BootFile) {
    self.title = title
    self.file = file
    self.line = line
    self.kernel = kernel
    isRecovery = false
    initramfs = []
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    title = try members.required("title")
    file = try members.required("file")
    line = try members.optional("line")
    isDefault = try members.observed("default")
    isRecovery = try members.required("recovery")
    kernel = try members.required("kernel")
    kernelVersion = try members.observed("kernel_version")
    initramfs = try members.required("initramfs")
    root = try members.observed("root")
    rootDevice = try members.observed("root_device")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("default", isDefault.jsonIfKnown), ("file", file.json), ("initramfs", initramfs.json), ("kernel", kernel.json),
      ("kernel_version", kernelVersion.jsonIfKnown), ("line", line?.json), ("recovery", isRecovery.json),
      ("root", root.jsonIfKnown), ("root_device", rootDevice.jsonIfKnown), ("title", title.json))
  }
}

/// A file that a boot loader loads.
public struct BootFile: Sendable, Equatable, JSONConvertible {
  /// Its name as the loader's configuration writes it, which is a path on the file system that the loader chose.
  public var written: String
  /// Its path as the running system sees it; `none` if it is certain that there is no such file, unknown where its file
  /// system is not mounted or not known.
  public var path: Observed<String> = .unknown

  /// A file of that name.
  public init(written: String, path: Observed<String> = .unknown) {
    self.written = written
    self.path = path
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    written = try members.required("written")
    path = try members.observed("path")
  }

  /// The document form.
  public var json: JSON { .members(("path", path.jsonIfKnown), ("written", written.json)) }
}
