// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import SystemPackage

/// Files whose content nobody else may see.
enum SecretFile {
  /// The content of a regular file that only its owner can read and write.
  static func read(_ path: String, what: String, upTo limit: Int) throws(CollectorFailure) -> [UInt8] {
    do {
      let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
      return try file.closeAfter { try content(of: file, path, what, limit) }
    } catch let failure as CollectorFailure {
      throw failure
    } catch {
      throw CollectorFailure(.input, "the \(what) \(path) cannot be read: \(error)")
    }
  }

  private static func content(of file: FileDescriptor, _ path: String, _ what: String, _ limit: Int) throws -> [UInt8] {
    // Asked of the open file, not of its name, which may mean another one by now.
    let status = try file.stat()
    guard status.type == .regular else {
      throw CollectorFailure(.input, "the \(what) \(path) is not a regular file")
    }
    // What systemd hands in has an access control list, which shows the service's own right as the group's; the folder
    // lets nobody else in (systemd.exec(5), LoadCredential=).
    let forbidden: FilePermissions =
      isHandedIn(path)
      ? [.groupWrite, .groupExecute, .otherReadWriteExecute] : [.groupReadWriteExecute, .otherReadWriteExecute]
    guard status.permissions.isDisjoint(with: forbidden) else {
      throw CollectorFailure(
        .input, "the \(what) \(path) can be read or written by others than its owner: chmod 600 it")
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: buffer[..<count])
      guard bytes.count <= limit else {
        throw CollectorFailure(.input, "the \(what) \(path) is larger than \(limit) bytes")
      }
    }
  }

  /// Whether a path lies in the folder of what the service manager handed to this service.
  private static func isHandedIn(_ path: String) -> Bool {
    guard let folder = getenv("CREDENTIALS_DIRECTORY").map({ FilePath(String(cString: $0)) }), folder.isAbsolute else {
      return false
    }
    return FilePath(path).removingLastComponent().lexicallyNormalized() == folder.lexicallyNormalized()
  }
}
