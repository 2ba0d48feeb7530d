// SPDX-License-Identifier: Apache-2.0

internal import LVMMetadata

/// Writes a tar archive in the POSIX form, holes in the way of GNU tar's sparse format 1.0.
///
/// The forms: pax(1) of POSIX.1-2017, "ustar Interchange Format" and "pax Interchange Format"; "Storing Sparse Files" in
/// the manual of GNU tar. GNU tar, bsdtar and Python's tarfile unpack it with its holes.
struct TarWriter<Failure: Error> {
  /// Takes the next bytes of the archive.
  let sink: ([UInt8]) throws(Failure) -> Void
  /// Seconds since 1970 that every entry shows.
  var time: UInt64 = 0

  private static var block: Int { 512 }

  /// A writer to a sink.
  init(time: UInt64, to sink: @escaping ([UInt8]) throws(Failure) -> Void) {
    self.time = time
    self.sink = sink
  }

  /// Adds a directory that only its owner may enter.
  func folder(_ name: String) throws(Failure) { try header(name + "/", type: "5", mode: 0o700) }

  /// Adds a symbolic link.
  func link(_ name: String, to target: String) throws(Failure) {
    try header(name, type: "2", mode: 0o777, target: target)
  }

  /// Adds a file that only its owner may read.
  func file(_ name: String, _ bytes: [UInt8]) throws(Failure) {
    try header(name, type: "0", mode: 0o600, size: UInt64(bytes.count))
    try sink(bytes)
    try sink(Self.padding(after: bytes.count))
  }

  /// Adds a file with holes; the regions are sorted, apart, and begin at multiples of 512, each but one at the end of the
  /// file also ends at one.
  func file(_ name: String, size: UInt64, regions: [ByteRegion]) throws(Failure) {
    var map = "\(regions.count + 1)\n"
    for region in regions { map += "\(region.offset)\n\(region.bytes.count)\n" }
    // An empty range at the end says where the file ends when it ends in a hole.
    map += "\(size)\n0\n"
    let count = regions.reduce(0) { $0 + $1.bytes.count + Self.padding(after: $1.bytes.count).count }
    let mapSize = map.utf8.count + Self.padding(after: map.utf8.count).count
    let base = name.split(separator: "/").last.map(String.init) ?? name
    let records = [
      ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", name),
      ("GNU.sparse.realsize", "\(size)"),
    ]
    try header(
      "GNUSparseFile.0/" + base, type: "0", mode: 0o600, size: UInt64(mapSize + count), records: records)
    try sink(Array(map.utf8) + Self.padding(after: map.utf8.count))
    for region in regions { try sink(region.bytes + Self.padding(after: region.bytes.count)) }
  }

  /// Ends the archive.
  func end() throws(Failure) { try sink([UInt8](repeating: 0, count: 2 * Self.block)) }

  private static func padding(after count: Int) -> [UInt8] {
    [UInt8](repeating: 0, count: (block - count % block) % block)
  }

  // MARK: headers

  private func header(
    _ name: String, type: Character, mode: UInt64, size: UInt64 = 0, target: String = "",
    records: [(String, String)] = []
  ) throws(Failure) {
    var records = records
    // What has no room in the old header is told in an extended one before it.
    if name.utf8.count > 100, !records.contains(where: { $0.0 == "GNU.sparse.name" }) { records.append(("path", name)) }
    if target.utf8.count > 100 { records.append(("linkpath", target)) }
    if !records.isEmpty {
      let bytes = records.flatMap { Self.record($0.0, $0.1) }
      try sink(block("PaxHeaders/entry", type: "x", mode: 0o600, size: UInt64(bytes.count), target: ""))
      try sink(bytes + Self.padding(after: bytes.count))
    }
    try sink(block(name, type: type, mode: mode, size: size, target: target))
  }

  /// `LENGTH KEY=VALUE` and a line break, where the length counts itself.
  private static func record(_ key: String, _ value: String) -> [UInt8] {
    let rest = Array(" \(key)=\(value)\n".utf8)
    var length = rest.count + 1
    while "\(length)".utf8.count + rest.count != length { length = "\(length)".utf8.count + rest.count }
    return Array("\(length)".utf8) + rest
  }

  private func block(_ name: String, type: Character, mode: UInt64, size: UInt64, target: String) -> [UInt8] {
    var header: [UInt8] = []
    func text(_ value: some Sequence<UInt8>, _ width: Int) {
      let bytes = Array(value.prefix(width))
      header += bytes + [UInt8](repeating: 0, count: width - bytes.count)
    }
    func octal(_ value: UInt64, _ width: Int) {
      let digits = String(value, radix: 8)
      text((String(repeating: "0", count: max(0, width - 1 - digits.count)) + digits).utf8, width)
    }
    text(name.utf8, 100)
    octal(mode, 8)
    octal(0, 8)
    octal(0, 8)
    octal(size, 12)
    octal(time, 12)
    text("        ".utf8, 8)
    text(String(type).utf8, 1)
    text(target.utf8, 100)
    text("ustar".utf8, 6)
    text("00".utf8, 2)
    text("root".utf8, 32)
    text("root".utf8, 32)
    text([], Self.block - header.count)
    // The checksum is that of a header with blanks in its place.
    let sum = String(header.reduce(0) { $0 + UInt64($1) }, radix: 8)
    let field = Array((String(repeating: "0", count: max(0, 6 - sum.count)) + sum).utf8) + [0, 0x20]
    header.replaceSubrange(148..<156, with: field)
    return header
  }
}
