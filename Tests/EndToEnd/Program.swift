// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// One of the real binaries, as a user would run it.
enum Program {
  /// Where the binaries are: the folder that `WHOLEIMAGE_BINARIES` names, else beside the test bundle.
  static var folder: URL {
    if let path = ProcessInfo.processInfo.environment["WHOLEIMAGE_BINARIES"], !path.isEmpty {
      return URL(filePath: path)
    }
    return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
  }

  /// How a program ended.
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Runs a program to its end.
  @discardableResult
  static func run(_ command: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
    let process = Process()
    process.executableURL = command.hasPrefix("wholeimage-") ? folder.appending(path: command) : try tool(command)
    process.arguments = arguments
    process.environment = cleanEnvironment.merging(environment) { $1 }
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // The one is read on a thread of its own, so that a full pipe of the other never stops the program.
    let reader = BackgroundReader(errors.fileHandleForReading)
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: text, errors: reader.text)
  }

  /// The environment without what configures our programs, and without this machine's proxies.
  static var cleanEnvironment: [String: String] {
    ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("WHOLEIMAGE_") && !$0.key.lowercased().hasSuffix("_proxy") }
      .merging(["LC_ALL": "C.UTF-8", "LVM_SUPPRESS_FD_WARNINGS": "1", "DM_DISABLE_UDEV": "1"]) { $1 }
  }

  private static func tool(_ name: String) throws -> URL {
    for folder in ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/bin"] {
      let path = "\(folder)/\(name)"
      if FileManager.default.isExecutableFile(atPath: path) { return URL(filePath: path) }
    }
    throw CocoaError(.executableNotLoadable, userInfo: [NSLocalizedDescriptionKey: "there is no \(name)"])
  }
}

/// Reads a pipe to its end on a thread of its own.
private final class BackgroundReader: @unchecked Sendable {
  private let done = DispatchSemaphore(value: 0)
  private var data = Data()

  init(_ handle: FileHandle) {
    Thread.detachNewThread {
      self.data = handle.readDataToEndOfFile()
      self.done.signal()
    }
  }

  var text: String {
    done.wait()
    return String(decoding: data, as: UTF8.self)
  }
}

/// A program that runs until it is stopped.
final class Service: @unchecked Sendable {
  private let process = Process()
  private let errors = Pipe()
  private let lock = NSCondition()
  private var text = ""
  private var ended = false

  /// Starts one of our programs, or the one of a path.
  init(_ command: String, _ arguments: [String], environment: [String: String] = [:]) throws {
    process.executableURL =
      command.hasPrefix("/") ? URL(filePath: command) : Program.folder.appending(path: command)
    process.arguments = arguments
    process.environment = Program.cleanEnvironment.merging(environment) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    let handle = errors.fileHandleForReading
    try process.run()
    Thread.detachNewThread { [self] in
      while true {
        let data = handle.availableData
        lock.withLock {
          if data.isEmpty { ended = true }
          text += String(decoding: data, as: UTF8.self)
          lock.broadcast()
        }
        if data.isEmpty { return }
      }
    }
  }

  /// All that it said so far.
  var messages: String { lock.withLock { text } }

  /// What follows a text in the program's messages up to the end of the line, once it has been said.
  func said(_ prefix: String, within seconds: Double = 60) throws -> String {
    let deadline = Date(timeIntervalSinceNow: seconds)
    return try lock.withLock {
      while true {
        if let range = text.range(of: prefix), let end = text[range.upperBound...].firstIndex(of: "\n") {
          return String(text[range.upperBound..<end])
        }
        guard !ended, lock.wait(until: deadline) else {
          throw CocoaError(.executableLoad, userInfo: [NSLocalizedDescriptionKey: "never said \(prefix): \(text)"])
        }
      }
    }
  }

  /// Ends it as systemd would; its exit status.
  @discardableResult
  func stop() -> Int32 {
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Ends it as a power failure would: it does nothing any more.
  func kill() {
    if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  deinit { stop() }
}
