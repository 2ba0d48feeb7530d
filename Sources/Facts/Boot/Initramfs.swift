// SPDX-License-Identifier: Apache-2.0

/// An initial RAM file system: what the kernel has at hand before it finds its root.
public struct Initramfs: Sendable, Equatable, JSONConvertible {
  /// The file.
  public var path: String
  /// The release of the kernel whose modules are inside; `none` where it holds no modules.
  public var kernelVersion: Observed<String> = .unknown
  /// Which of `InstalledKernel.drivers` are inside, as modules, sorted.
  public var drivers: Observed<[String]> = .unknown
  /// Rule files inside it that give interfaces lasting names, by their paths within.
  public var persistentRules: Observed<[String]> = .unknown

  /// A file of which nothing was read yet.
  public init(path: String) { self.path = path }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    path = try members.required("path")
    kernelVersion = try members.observed("kernel_version")
    drivers = try members.observed("drivers")
    persistentRules = try members.observed("persistent_rules")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("drivers", drivers.jsonIfKnown), ("kernel_version", kernelVersion.jsonIfKnown), ("path", path.json),
      ("persistent_rules", persistentRules.jsonIfKnown))
  }
}

/// A kernel whose modules are installed (`/lib/modules/RELEASE`).
public struct InstalledKernel: Sendable, Equatable, JSONConvertible {
  /// The modules that decide whether a clone finds its disks and cards: virtio's, NVMe's and Xen's
  /// (kernel names, with `_`).
  public static let drivers = [
    "nvme", "virtio", "virtio_blk", "virtio_net", "virtio_pci", "virtio_ring", "virtio_scsi", "xen_blkfront",
    "xen_netfront",
  ]

  /// Its release, as `uname -r`.
  public var version: String
  /// Which of `drivers` are built into it (`modules.builtin`, kbuild/kbuild.rst), sorted.
  public var builtIn: Observed<[String]> = .unknown

  /// A kernel of which nothing else was read yet.
  public init(version: String) { self.version = version }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    version = try members.required("version")
    builtIn = try members.observed("built_in")
  }

  /// The document form.
  public var json: JSON { .members(("built_in", builtIn.jsonIfKnown), ("version", version.json)) }
}
