// SPDX-License-Identifier: Apache-2.0

import DiskpartCapture
import Facts
import Readiness
import Testing

/// Captures that are cut or damaged never make a guest ready that is not.
@Suite struct DamageTests {
  static func verdict(_ bytes: [UInt8], _ profile: Profile = .vendor) throws -> Verdict {
    RuleSet.current.judge(try CaptureFixtures.read(bytes), scope: .guest, profile: profile).verdict
  }

  private static func text(_ name: String) throws -> String {
    String(decoding: try CaptureFixtures.bytes(name), as: UTF8.self)
  }

  // MARK: cutting

  /// Cut at every byte.
  static let cutFiles = [
    "041-en-spanned-proved-by-details.txt", "042-zh-cn-dynamic-types-san-online.cp936.txt",
    "047-xx-unknown-type-word-on-dynamic-disk.txt", "050-en-powershell-transcript.txt",
    "111-zh-tw-spanned-cp950.cp950.txt", "136-ja-details-of-an-offline-dynamic-disk.cp932.txt",
  ]
  /// Cut at the ends of their lines, where a cut looks most like an end, and a byte before and behind.
  static let longCutFiles = [
    "042-zh-cn-dynamic-types-san-online.utf16le.txt", "103-en-script-spanned-last.txt",
    "104-en-script-foreign-last.txt", "105-xx-types-settled-by-details.txt", "108-en-repeated-lists.txt",
    "113-en-labels-and-folders-that-lie.txt",
  ]

  @Test(arguments: cutFiles) func aCutAnywhereNeverMakesReady(_ file: String) throws {
    let bytes = try CaptureFixtures.bytes(file: file)
    for count in 0...bytes.count {
      #expect(try Self.verdict(Array(bytes.prefix(count))) != .ready, "ready when cut after \(count) bytes")
    }
  }

  @Test(arguments: longCutFiles) func aCutAtALineNeverMakesReady(_ file: String) throws {
    let bytes = try CaptureFixtures.bytes(file: file)
    for count in Self.lineEnds(bytes) {
      #expect(try Self.verdict(Array(bytes.prefix(count))) != .ready, "ready when cut after \(count) bytes")
    }
  }

  @Test func aChangeOfThePolicyCountsFromItsCommandOn() throws {
    let bytes = try CaptureFixtures.bytes("107-en-policy-made-worse")
    let command = "san policy=offlineshared".utf8
    let start = try #require(bytes.indices.first { bytes[$0...].starts(with: command) }) + command.count
    #expect(try Self.verdict(Array(bytes.prefix(start - command.count))) == .ready)
    for count in start...bytes.count { #expect(try Self.verdict(Array(bytes.prefix(count))) != .ready, "\(count)") }
  }

  private static func lineEnds(_ bytes: [UInt8]) -> [Int] {
    bytes.indices.filter { bytes[$0] == 0x0A }.flatMap { [$0, $0 + 1, $0 + 2] }.filter { $0 <= bytes.count }
  }

  @Test func aCutThatLosesSomethingLeavesAGap() throws {
    let bytes = try CaptureFixtures.bytes("112-zh-cn-basic-disks")
    let whole = try CaptureFixtures.read(bytes).windows
    for count in 0..<bytes.count {
      let facts = try CaptureFixtures.read(Array(bytes.prefix(count)))
      #expect(facts.windows == whole || facts.gaps?.isEmpty == false, "\(count) bytes")
    }
  }

  @Test(arguments: [
    "101-en-script-basic-disks", "102-en-script-simple-on-dynamic", "106-xx-types-settled-by-details",
    "109-ru-cp866", "110-pl-basic-disks-cp852", "112-zh-cn-basic-disks",
  ])
  func whatIsFineIsReady(_ name: String) throws {
    for file in CaptureFixtures.files where file.name == name {
      #expect(try Self.verdict(try CaptureFixtures.bytes(file: file.file)) == .ready, "\(file.file)")
    }
  }

  @Test func storagePoolsDecideUnderStrict() throws {
    let text = try Self.text("101-en-script-basic-disks")
    #expect(try Self.verdict(Array(text.utf8), .strict) == .ready)
    let without = text.replacing("Get-StoragePool: 0\n", with: "")
    #expect(try Self.verdict(Array(without.utf8), .strict) == .undetermined)
    #expect(try Self.verdict(Array(without.utf8)) == .ready)
    let pools = text.replacing("Get-StoragePool: 0\n", with: "Get-StoragePool: 2\n")
    #expect(try Self.verdict(Array(pools.utf8), .strict) == .notReady)
    #expect(try Self.verdict(Array(pools.utf8)) == .ready)
  }

  // MARK: rows that come twice

  /// Two pages of a console that overlap: the rows of the first are still there.
  @Test func pagesThatOverlapAreOneList() throws {
    let text = try Self.text("103-en-script-spanned-last")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let first = try #require(lines.firstIndex { $0.contains("Volume 0 ") })
    let last = try #require(lines.firstIndex { $0.contains("Spanned") })
    // The row of the spanned volume before all others, and a row that was there already behind them.
    let rows = [lines[last]] + lines[first..<last] + [lines[first]]
    let capture = (lines[..<first] + rows + lines[(last + 1)...]).joined(separator: "\n")
    #expect(try Self.verdict(Array(capture.utf8)) == .notReady)
    // Another row of that number: something happened between the two.
    let changed =
      (lines[..<first] + rows.dropLast() + [lines[first].replacing(" GB", with: " MB")]
      + lines[(last + 1)...]).joined(separator: "\n")
    #expect(try Self.verdict(Array(changed.utf8)) != .ready)
  }

  /// What stands behind another command is no answer to `san`, whoever wrote it there.
  @Test(arguments: ["list disk", "exit"]) func aPolicyThatNobodyAskedForIsNotBelieved(_ command: String) throws {
    let capture = "DISKPART> san\n\nSAN Policy  : Offline All\n\nDISKPART> \(command)\nSAN note : Online All\n\n"
    let facts = try CaptureFixtures.read(Array(capture.utf8))
    #expect(facts.windows?.sanPolicy == .value(.offlineAll))
    #expect(facts.gaps?.contains { $0.subject.member == "san_policy" && $0.hidesStorage } == true)
  }

  // MARK: other damage

  struct Mutation: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var change: @Sendable ([String]) -> [String]

    init(_ name: String, _ change: @escaping @Sendable ([String]) -> [String]) {
      testDescription = name
      self.change = change
    }
  }

  private static func isRuler(_ line: String) -> Bool { line.contains("---  ---") || line.contains("-------  ---") }

  /// They take nothing away: the facts must be the same.
  static let harmless: [Mutation] = [
    Mutation("without rulers") { $0.filter { !isRuler($0) } },
    Mutation("blanks at the end trimmed") { $0.map(trimmed) },
    Mutation("indented") { $0.map { $0.isEmpty ? $0 : "        " + $0 } },
    Mutation("quoted") { $0.map { "> " + $0 } },
    Mutation("commented") { $0.map { "# " + $0 } },
    Mutation("empty lines doubled") { $0.flatMap { [$0, ""] } },
    Mutation("every line twice") { $0.flatMap { [$0, $0] } },
    Mutation("empty lines that hold blanks") { $0.map { $0.isEmpty ? "   " : $0 } },
  ]

  static let harmful: [Mutation] = [
    Mutation("without headers") { $0.filter { !$0.contains("###") } },
    Mutation("without rulers and headers") { $0.filter { !isRuler($0) && !$0.contains("###") } },
    Mutation("blanks collapsed") { $0.map { $0.split(separator: " ").joined(separator: " ") } },
    Mutation("blanks at the start trimmed") { $0.map { line in String(line.drop { $0 == " " }) } },
    Mutation("empty lines removed") { $0.filter { !$0.allSatisfy { $0 == " " } } },
    Mutation("rows joined") { [$0.joined(separator: " ")] },
    Mutation("right edge cut at 74") { $0.map { String($0.prefix(74)) } },
    Mutation("right edge cut at 60") { $0.map { String($0.prefix(60)) } },
    Mutation("right edge cut at 48") { $0.map { String($0.prefix(48)) } },
    Mutation("right edge cut at 42") { $0.map { String($0.prefix(42)) } },
    Mutation("wrapped at 72") { wrapped($0, 72) },
    Mutation("wrapped at 60") { wrapped($0, 60) },
    Mutation("wrapped at 50") { wrapped($0, 50) },
    Mutation("wrapped at 40") { wrapped($0, 40) },
    Mutation("wrapped at 30") { wrapped($0, 30) },
    Mutation("lines swapped", swapped),
    Mutation("the words for types swapped", withoutWords),
    Mutation("every second row left out", thinned),
    Mutation("turned around") { Array($0.reversed()) },
  ]

  private static func trimmed(_ line: String) -> String {
    line.lastIndex { $0 != " " }.map { String(line[...$0]) } ?? ""
  }

  private static func swapped(_ lines: [String]) -> [String] {
    var result = lines
    for index in stride(from: 1, to: lines.count, by: 2) { result.swapAt(index - 1, index) }
    return result
  }

  private static func withoutWords(_ lines: [String]) -> [String] {
    let words = [("Spanned   ", "Gnippanned"), ("Spanned", "Gnipped"), ("跨区", "某某"), ("跨距", "某某")]
    return lines.map { line in words.reduce(line) { $0.replacing($1.0, with: $1.1) } }
  }

  private static func thinned(_ lines: [String]) -> [String] {
    var seen = 0
    return lines.map { line in
      guard line.contains(" GB") else { return line }
      seen += 1
      return seen % 2 == 0 ? "..." : line
    }
  }

  private static func wrapped(_ lines: [String], _ width: Int) -> [String] {
    lines.flatMap { line -> [String] in
      var parts: [String] = []
      var rest = line[...]
      while rest.count > width {
        parts.append(String(rest.prefix(width)))
        rest = rest.dropFirst(width)
      }
      return parts + [String(rest)]
    }
  }

  static let wrong = [
    "041-en-spanned-proved-by-details", "042-zh-cn-dynamic-types-san-online", "103-en-script-spanned-last",
    "104-en-script-foreign-last", "105-xx-types-settled-by-details", "108-en-repeated-lists",
    "111-zh-tw-spanned-cp950", "113-en-labels-and-folders-that-lie", "047-xx-unknown-type-word-on-dynamic-disk",
    "050-en-powershell-transcript", "040-en-san-offline-all-server-2016",
  ]

  @Test(arguments: wrong, harmless + harmful) func damageNeverMakesReady(_ name: String, _ mutation: Mutation) throws {
    let lines = try Self.text(name).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let changed = mutation.change(lines).joined(separator: "\n")
    #expect(try Self.verdict(Array(changed.utf8)) != .ready)
  }

  /// Captures of guests that are not safe, filtered as findstr and grep do it: headers and rulers gone, rows gone.
  ///
  /// A row that is taken out of the middle of an otherwise whole list leaves no trace, so that the culprit's own rows stay
  /// wherever nothing else tells of it.
  static let unsafe = [
    "041-en-spanned-proved-by-details", "042-zh-cn-dynamic-types-san-online", "103-en-script-spanned-last",
    "104-en-script-foreign-last", "108-en-repeated-lists", "111-zh-tw-spanned-cp950",
    "113-en-labels-and-folders-that-lie",
  ]

  @Test(arguments: unsafe) func aFilteredCaptureIsNotReady(_ name: String) throws {
    let lines = try Self.text(name).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var random = SeededRandom(seed: 7)
    for round in 0..<40 {
      var kept = lines
      // Headers and rulers go, as they hold none of the words that one filters for; of the rest every so manieth line.
      kept.removeAll { Self.isRuler($0) || $0.contains("###") }
      let share = 2 + Int(random.next() % 12)
      kept.removeAll { line in
        let isKept = line.contains("DISKPART>") || line.contains("SAN") || Int(random.next() % UInt64(share)) != 0
        return !isKept
      }
      #expect(try Self.verdict(Array(kept.joined(separator: "\n").utf8)) != .ready, "\(name) \(round)")
    }
  }

  /// Whatever else goes, as long as the culprit's own lines stay.
  @Test(arguments: unsafe) func aThinnedCaptureIsNotReady(_ name: String) throws {
    let lines = try Self.text(name).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let culprits = ["Spanned", "跨区", "跨距", "Foreign"]
    var random = SeededRandom(seed: 11)
    for round in 0..<40 {
      let share = UInt64(2 + Int(random.next() % 30))
      let kept = lines.filter { line in
        culprits.contains { line.contains($0) } || random.next() % share != 0
      }
      #expect(try Self.verdict(Array(kept.joined(separator: "\n").utf8)) != .ready, "\(name) \(round)")
    }
  }

  /// A list that other answers contradict lost a row.
  @Test func aListThatLacksWhatWasSelectedIsNotWhole() throws {
    let lines = try Self.text("103-en-script-spanned-last")
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // Every row of the spanned volume goes; that it was selected stays.
    let without = lines.filter { !$0.contains("Spanned") }
    #expect(try Self.verdict(Array(without.joined(separator: "\n").utf8)) != .ready)
    let facts = try CaptureFixtures.read(Array(without.joined(separator: "\n").utf8))
    #expect(facts.gaps?.contains { $0.subject.member == "volumes" && $0.reason == .inconsistent } == true)
  }

  @Test func aDynamicDiskWithDataHoldsDynamicVolumes() throws {
    let capture = """
      DISKPART> san

      SAN Policy  : Online All

      DISKPART> list disk

        Disk ###  Status         Size     Free     Dyn  Gpt
        --------  -------------  -------  -------  ---  ---
        Disk 0    Online           60 GB      0 B
        Disk 1    Online          100 GB  FREE   *

      DISKPART> list volume

        Volume ###  Ltr  Label        Fs     Type        Size     Status     Info
        ----------  ---  -----------  -----  ----------  -------  ---------  --------
        Volume 0     C                NTFS   Partition     59 GB  Healthy    Boot

      DISKPART> exit

      """
    let used = capture.replacing("FREE", with: "    0 B")
    #expect(try Self.verdict(Array(used.utf8)) == .undetermined)
    // An empty one holds none; of its size a megabyte is Windows' own.
    for free in [" 100 GB", "  99 GB"] {
      #expect(try Self.verdict(Array(capture.replacing("FREE", with: free).utf8)) == .ready)
    }
  }

  static let fine = [
    "101-en-script-basic-disks", "102-en-script-simple-on-dynamic", "112-zh-cn-basic-disks",
    "113-en-labels-and-folders-that-lie", "021-zh-cn-session-vds-error-removable-raw",
    "042-zh-cn-dynamic-types-san-online",
  ]

  @Test(arguments: fine, harmless) func whatTakesNothingAwayChangesNothing(
    _ name: String, _ mutation: Mutation
  ) throws {
    // Folders are told from text by the lines around them, and one of them has a ruler in it.
    let notOfFolders = ["quoted", "commented", "empty lines doubled", "without rulers"]
    guard !name.hasPrefix("113") || !notOfFolders.contains(mutation.testDescription) else { return }
    let lines = try Self.text(name).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let before = try #require(try CaptureFixtures.read(Array(lines.joined(separator: "\n").utf8)).windows)
    let changed = mutation.change(lines).joined(separator: "\n")
    let after = try #require(try CaptureFixtures.read(Array(changed.utf8)).windows)
    #expect(after.disks == before.disks)
    #expect(after.volumes == before.volumes)
    #expect(after.sanPolicy == before.sanPolicy)
  }

  @Test(arguments: ["\r\n", "\r\r\n", "\r"]) func lineEndsDoNotMatter(_ end: String) throws {
    let text = try Self.text("101-en-script-basic-disks")
    let before = try CaptureFixtures.read(Array(text.utf8)).windows
    #expect(try CaptureFixtures.read(Array(text.replacing("\n", with: end).utf8)).windows == before)
  }

  /// What fuzzing found; each once crashed the reader.
  @Test(arguments: ["found-short-row-under-a-ruler.bin"]) func whatFuzzingFoundIsRead(_ file: String) throws {
    #expect(try Self.verdict(try CaptureFixtures.bytes(file: file)) == .undetermined)
  }

  @Test func aLongCaptureIsRefused() throws {
    let empty = GuestFacts(collectedAt: "", agentVersion: "0")
    let bytes = [UInt8](repeating: 0x20, count: DiskpartCapture.byteLimit + 1)
    #expect(throws: DiskpartCapture.Refusal.tooLarge) { try DiskpartCapture.read(bytes, into: empty) }
  }

  /// Each once took the square of its length.
  @Test(arguments: ["1 GB ", "* ", "a ", "Disk 1 0 B 0 B "]) func longLinesAreRead(
    _ text: String
  ) throws {
    let bytes = Array(String(repeating: text, count: DiskpartCapture.byteLimit / 8 / text.utf8.count).utf8)
    #expect(try Self.verdict(bytes) == .undetermined)
  }

  /// A disk and a volume of its own in each of very many answers.
  @Test func manyAnswersAreRead() throws {
    let answers = (0..<4000).map { "DISKPART> detail volume\nx \($0) a 1 B         1 B\n\n" }
    #expect(try Self.verdict(Array(answers.joined().utf8)) == .undetermined)
  }

  @Test(arguments: [0x41, 0x0A, 0x2D, 0x20, 0x81, 0xFF, 0x00, 0x3A] as [UInt8]) func monotonousBytesAreRead(
    _ byte: UInt8
  ) throws {
    let bytes = [UInt8](repeating: byte, count: DiskpartCapture.byteLimit / 16)
    #expect(try Self.verdict(bytes) == .undetermined)
  }
}
