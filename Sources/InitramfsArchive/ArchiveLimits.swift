// SPDX-License-Identifier: Apache-2.0

/// What reading one initial RAM file system may cost.
///
/// The usual ones are far beyond every archive that a distribution makes, and small enough that a hostile one costs
/// seconds.
public struct ArchiveLimits: Sendable {
  /// Bytes of the file.
  public var inputBytes = 512 << 20
  /// Bytes that all compressed parts together unfold to.
  public var outputBytes = 2 << 30
  /// Files, folders and links in it.
  public var entries = 200_000
  /// Bytes of a path in it, the zero byte at its end included; the kernel takes as many (PATH_MAX).
  public var nameBytes = 4096
  /// Kernels whose modules may be in it.
  public var releases = 16
  /// Rule files that are listed.
  public var rules = 64
  /// Memory that the decoders of xz and lzma may take, in bytes: the dictionary is nearly all of it.
  public var memoryBytes: UInt64 = 96 << 20
  /// The largest window of zstd, as a power of two in bytes; the kernel takes as much (lib/decompress_unzstd.c).
  public var windowLog: Int32 = 27

  /// The usual limits.
  public init() {}
}
