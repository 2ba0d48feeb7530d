// SPDX-License-Identifier: Apache-2.0

/// An archive in cpio's form `newc` or `crc`, made for a test.
public struct CpioArchive {
  /// One entry.
  public struct Entry: Sendable {
    /// Its path.
    public var name: [UInt8]
    /// File type and permissions.
    public var mode: Int
    /// What it holds.
    public var content: [UInt8]
    /// What the header says of the size, where that is not true.
    public var saidSize: Int?
    /// What the header says of the name's length, where that is not true.
    public var saidNameSize: Int?

    /// A regular file.
    public init(_ name: String, _ content: [UInt8] = [], mode: Int = 0o100644) {
      self.name = Array(name.utf8)
      self.content = content
      self.mode = mode
    }

    /// A folder.
    public static func folder(_ name: String) -> Entry { Entry(name, mode: 0o040755) }
    /// A symbolic link.
    public static func link(_ name: String, to target: String) -> Entry {
      Entry(name, Array(target.utf8), mode: 0o120777)
    }
  }

  /// The bytes so far.
  public private(set) var bytes: [UInt8] = []
  private let magic: String

  /// An empty archive.
  public init(magic: String = "070701") { self.magic = magic }

  /// Adds an entry.
  public mutating func add(_ entry: Entry) {
    let size = entry.saidSize ?? entry.content.count
    let nameSize = entry.saidNameSize ?? entry.name.count + 1
    bytes += magic.utf8
    for number in [721, entry.mode, 0, 0, 1, 1_700_000_000, size, 0, 0, 0, 0, nameSize, 0] {
      let digits = String(number, radix: 16, uppercase: true)
      bytes += (String(repeating: "0", count: 8 - digits.count) + digits).utf8
    }
    bytes += entry.name + [0]
    pad()
    bytes += entry.content
    pad()
  }

  /// The bytes with the trailer at their end.
  public var ended: [UInt8] {
    var archive = self
    archive.add(Entry("TRAILER!!!", mode: 0))
    return archive.bytes
  }

  private mutating func pad() { while bytes.count % 4 != 0 { bytes.append(0) } }

  /// A whole archive of entries.
  public static func of(_ entries: [Entry], magic: String = "070701") -> [UInt8] {
    var archive = CpioArchive(magic: magic)
    for entry in entries { archive.add(entry) }
    return archive.ended
  }

  /// An archive as a distribution makes it for a kernel, with these modules.
  public static func initramfs(_ release: String, drivers: [String], suffix: String = ".ko") -> [UInt8] {
    let folder = "usr/lib/modules/\(release)"
    return of(
      [.folder("."), .link("lib", to: "usr/lib"), .folder("usr"), .folder("usr/lib"), Entry("init", Array("#!".utf8))]
        + [
          Entry("\(folder)/modules.dep", Array("x".utf8)), Entry("\(folder)/kernel/fs/ext4/ext4\(suffix)", [1, 2, 3]),
        ]
        + drivers.map { Entry("\(folder)/kernel/drivers/\($0)\(suffix)", Array(repeating: 0x5A, count: 1000)) })
  }

  /// An archive of what is loaded early, padded with zeros as the makers do.
  public static let microcode: [UInt8] = {
    let bytes = of([
      .folder("."), .folder("kernel"), .folder("kernel/x86"), .folder("kernel/x86/microcode"),
      Entry("kernel/x86/microcode/AuthenticAMD.bin", Array(repeating: 0xA5, count: 5000)),
    ])
    return bytes + [UInt8](repeating: 0, count: 512 - bytes.count % 512)
  }()
}
