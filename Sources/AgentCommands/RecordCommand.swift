// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Glibc
internal import Inspection
internal import Readiness

/// `wholeimage-agent record`: writes down what an inspection reads, for somebody else to inspect again.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Writes down what an inspection reads, to be looked into elsewhere.",
    discussion: """
      The recording is a tar archive: unpack it, then "wholeimage-agent check --root" its folder. It names this server \
      (host name, machine id, serial numbers, device, volume and mount names, /etc/fstab) and holds those bytes of its \
      disks that the inspection depends on. Of a disk on which nothing is found, it holds all bytes that were looked \
      at. Files that not everybody may read are listed when they are in it.
      """)

  @Argument(help: ArgumentHelp("The new file to write; - is the standard output.", valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp("Record the machine recorded below this directory.", valueName: "dir"))
  var root: String?

  @Option(help: ArgumentHelp("Give all devices together, and initial RAM file systems, so long.", valueName: "seconds"))
  var timeout: Double = 10

  @Option(help: ArgumentHelp("The language of the messages: en or zh-CN.", valueName: "lang"))
  var lang: Language?

  mutating func validate() throws {
    guard timeout > 0, timeout <= 3600 else {
      throw ValidationError("--timeout takes a number of seconds above 0 and at most 3600, not \(timeout)")
    }
    guard !file.isEmpty else { throw ValidationError("record takes the name of a file to write") }
    guard file != "-" || !StandardOutput.isTerminal else {
      throw ValidationError("a recording is no text for a terminal: name a file, or direct the output to one")
    }
  }

  func run() throws {
    // A limit on the size of files is an error to report, not a signal to die of.
    signal(SIGXFSZ, SIG_IGN)
    let target = file == "-" ? nil : file
    if let target { try NewFile.requireAbsent(target) }
    let recording = try record()
    let folder = RecordingName.folder(ofFile: file)
    var size: UInt64 = 0
    let output = try target.map { path throws(CommandFailure) in try NewFile(path) }
    do {
      let archive = ArchiveOutput(descriptor: output?.descriptor ?? STDOUT_FILENO)
      try recording.writeArchive(folder: folder, time: UInt64(max(0, time(nil))), to: archive.write)
      try archive.finish()
      size = archive.size
      try output?.keep()
    } catch {
      output?.discard()
      throw error
    }
    let text = RecordingText(
      language: lang ?? JudgingOptions.environmentLanguage(EnvironmentOptions.processEnvironment))
    Diagnostics.write(text.summary(recording, file: target, folder: folder, size: size))
    try verify(recording, text)
  }

  private func record() throws -> MachineRecording {
    do throws(ReadFailure) {
      let recorder = MachineRecorder(
        try Root(path: root ?? "/"), deadlineMilliseconds: Int(timeout * 1000), agentVersion: AgentCommand.version)
      return try recorder.record()
    } catch {
      throw CommandFailure(.sourceUnavailable, "\(error). Name a source that can be read.")
    }
  }

  /// Says whether the recording gives the same facts again; ends the command with status 70 if it does not.
  private func verify(_ recording: MachineRecording, _ text: RecordingText) throws {
    var template = Array((Self.temporaryFolder + "/wholeimage-replay-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      Diagnostics.write(text.notVerified("\(Self.temporaryFolder): \(String(cString: strerror(errno)))"))
      return
    }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { rmdir(folder) }
    let differences: [String]
    do throws(ReadFailure) {
      differences = try recording.differencesInReplay(in: folder, deadlineMilliseconds: Int(timeout * 1000))
    } catch {
      Diagnostics.write(text.notVerified(error.description))
      return
    }
    guard differences.isEmpty else { throw CommandFailure(.unexpected, text.differs(differences)) }
    Diagnostics.write(text.verified)
  }

  private static var temporaryFolder: String {
    let folder = EnvironmentOptions.processEnvironment["TMPDIR", default: ""]
    return folder.hasPrefix("/") ? folder : "/tmp"
  }
}

/// The name of the folder that a recording unpacks into.
enum RecordingName {
  /// The file's name without `.tar`; a name of our own where that is no plain one.
  ///
  /// It is shown in a command and unpacked by another user, so it is one name and means nothing to a shell.
  static func folder(ofFile file: String) -> String {
    guard let name = file.split(separator: "/").last, name != "-", name.utf8.count <= 100, isPlain(name) else {
      return "wholeimage-recording"
    }
    return name.hasSuffix(".tar") && name != ".tar" ? String(name.dropLast(4)) : "\(name)-recording"
  }

  /// Whether a name or path is one word for a shell, and hides nothing.
  static func isPlain(_ name: Substring) -> Bool {
    guard let first = name.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: ".") else { return false }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "/._-+@".utf8.contains(byte)
      }
    }
  }
}
