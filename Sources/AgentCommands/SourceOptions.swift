// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import DiskpartCapture
public import Facts
internal import Inspection

/// What is looked at: this machine, a recorded one, image files, or captured output of diskpart.
struct SourceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Look at the machine recorded below this directory.", valueName: "dir"))
  var root: String?

  @Option(
    name: .customLong("disk-image"), parsing: .upToNextOption,
    help: ArgumentHelp("Look at image files of a guest's disks.", valueName: "file"))
  var diskImages: [String] = []

  @Option(help: ArgumentHelp("The family of the guest in the image files: linux or windows.", valueName: "family"))
  var osFamily: OperatingSystem.Family?

  @Option(help: ArgumentHelp("Look at captured output of diskpart, of a Windows guest; - reads it.", valueName: "file"))
  var diskpart: String?

  @Option(
    help: ArgumentHelp("The encoding of that output, if it is not to be detected: utf-8, cp936, ...", valueName: "name")
  )
  var encoding: CaptureEncoding?

  @Option(help: ArgumentHelp("The guest's id in the cloud, if it is not to be looked up.", valueName: "id"))
  var instanceID: String?

  @Option(help: ArgumentHelp("Give all devices together, and initial RAM file systems, so long.", valueName: "seconds"))
  var timeout: Double = 10

  mutating func validate() throws {
    guard timeout > 0, timeout <= 3600 else {
      throw ValidationError("--timeout takes a number of seconds above 0 and at most 3600, not \(timeout)")
    }
    guard [root != nil, !diskImages.isEmpty, diskpart != nil].filter(\.self).count <= 1 else {
      throw ValidationError("--root, --disk-image and --diskpart exclude each other")
    }
    guard encoding == nil || diskpart != nil else { throw ValidationError("--encoding goes with --diskpart") }
    guard osFamily == nil || !diskImages.isEmpty else { throw ValidationError("--os-family goes with --disk-image") }
    if let instanceID, !InstanceID.isValid(instanceID) { throw ValidationError(InstanceID.rule) }
  }

  /// The facts; ends the command with status 66 if the source cannot be opened.
  func inspect() throws -> GuestFacts {
    if let diskpart {
      return try CaptureSource(path: diskpart, encoding: encoding, instanceID: instanceID).facts()
    }
    do throws(ReadFailure) {
      var inspector = Inspector(
        try source(), instanceID: instanceID, deadlineMilliseconds: Int(timeout * 1000),
        agentVersion: AgentCommand.version)
      inspector.usesHelpers = true
      return try inspector.inspect()
    } catch {
      throw CommandFailure(.sourceUnavailable, "\(error). Name a source that can be read.")
    }
  }

  private func source() throws(ReadFailure) -> Inspector.Source {
    guard diskImages.isEmpty else { return .diskImages(diskImages, osFamily ?? .linux) }
    return .machine(try Root(path: root ?? "/"))
  }
}

/// What a guest's id may be.
enum InstanceID {
  static let rule = "--instance-id takes 1 to 64 letters, digits, hyphens, dots and underscores"

  /// The characters that are safe in a path, a header and a log.
  static func isValid(_ id: String) -> Bool {
    let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")
    return !id.isEmpty && id.utf8.count <= 64 && id.allSatisfy(allowed.contains) && id.first != "."
  }
}

extension OperatingSystem.Family: ExpressibleByArgument {}

extension CaptureEncoding: ExpressibleByArgument {
  /// The encoding of that name, in any of its spellings.
  public init?(argument: String) { self.init(name: argument) }
}
