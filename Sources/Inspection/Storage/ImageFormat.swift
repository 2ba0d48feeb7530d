// SPDX-License-Identifier: Apache-2.0

/// How a file holds a disk: byte for byte, or wrapped in a format of its own.
///
/// A wrapped disk has none of its signatures where they are looked for, so it would look like an empty one.
enum ImageFormat {
  /// The first bytes of each format, or those at an offset where it does not begin with them.
  private static let marks: [(name: String, offset: Int, bytes: [UInt8])] = [
    ("qcow2", 0, [0x51, 0x46, 0x49, 0xFB]),
    ("QED", 0, Array("QED\0".utf8)),
    ("VMDK", 0, Array("KDMV".utf8)),
    ("VMDK", 0, Array("COWD".utf8)),
    ("VMDK", 0, Array("# Disk DescriptorFile".utf8)),
    ("VHD", 0, Array("conectix".utf8)),
    ("VHDX", 0, Array("vhdxfile".utf8)),
    ("VDI", 0x40, [0x7F, 0x10, 0xDA, 0xBE]),
    ("Parallels", 0, Array("WithoutFreeSpace".utf8)),
    ("Parallels", 0, Array("WithouFreSpacExt".utf8)),
    ("Android sparse", 0, [0x3A, 0xFF, 0x26, 0xED]),
    ("gzip", 0, [0x1F, 0x8B]),
    ("xz", 0, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
    ("zstd", 0, [0x28, 0xB5, 0x2F, 0xFD]),
    ("LZ4", 0, [0x04, 0x22, 0x4D, 0x18]),
    ("bzip2", 0, Array("BZh".utf8)),
    ("ZIP", 0, [0x50, 0x4B, 0x03, 0x04]),
    ("7z", 0, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
    ("tar", 257, Array("ustar".utf8)),
  ]

  /// How many bytes of a file tell its format.
  static let markSize = 512

  /// The format that the first bytes of a file are of; `nil` if it is none of those that wrap a disk.
  static func wrapping(_ start: [UInt8]) -> String? {
    marks.first { start.dropFirst($0.offset).starts(with: $0.bytes) }?.name
  }
}
