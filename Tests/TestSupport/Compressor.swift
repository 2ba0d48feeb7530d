// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program that compresses, as the makers of initial RAM file systems use them.
public enum Compressor: String, Sendable, CaseIterable {
  case gzip, xz, lzma, zstd, lz4, bzip2

  private var command: [String] {
    switch self {
    case .gzip: ["gzip", "-9", "-n"]
    case .xz: ["xz", "--check=crc32", "--lzma2=dict=1MiB"]
    case .lzma: ["xz", "--format=lzma"]
    case .zstd: ["zstd", "-q", "-19"]
    case .lz4: ["lz4", "-q", "-9", "-l"]
    case .bzip2: ["bzip2"]
    }
  }

  /// Whether the program is installed.
  public var isThere: Bool {
    ["/usr/bin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(command[0])") }
  }

  /// Those whose programs are installed.
  public static let there = allCases.filter(\.isThere)

  /// The compressed form of bytes.
  public func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "wholeimage-compress-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (from, to) = (folder.appending(path: "from"), folder.appending(path: "to"))
    try Data(bytes).write(to: from)
    _ = FileManager.default.createFile(atPath: to.path, contents: nil)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = try FileHandle(forReadingFrom: from)
    process.standardOutput = try FileHandle(forWritingTo: to)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(command: command.joined(separator: " ")) }
    return Array(try Data(contentsOf: to))
  }

  /// A program that failed.
  public struct Failure: Error {
    /// How it was called.
    public var command: String
  }
}
