// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Takes out of a capture what answers other questions than diskpart's: how the guest is prepared for being cloned.
///
/// An answer begins behind a shell's line that asks for it, or with a line that only such an answer begins with. It
/// takes lines of its own layout and nothing else: whatever diskpart may have printed is left to diskpart's reader, so
/// that no text here can hide a row or a policy there.
struct PreparationReader {
  /// What was answered.
  var facts = WindowsPreparation()
  /// Something of it is in the capture.
  private(set) var isThere = false
  /// What was asked for, or begun, and not answered: the member with the reason.
  private(set) var faults: [(member: String, reason: Gap.Reason, detail: String)] = []
  /// Characters of its lines that mean nothing in the encoding.
  private(set) var undecodable = 0

  private var question: PreparationQuestion?
  /// A shell's line shows the command.
  private var isTyped = false
  /// The answer holds something that is understood.
  var isAnswered = false
  var listing = AdapterListing()
  /// The service that the lines at hand are about.
  var service: PreparedService?
  /// The next line says in words what an error means.
  var errorContinues = false
  var key = ""
  /// Names of drivers in `driverquery`.
  var drivers: Set<PreparedService> = []
  var driverRows = 0
  /// The capture script was at work, and its last line is there.
  private var isOfScript = false
  private var isScriptDone = false
  /// A group policy decides on Remote Desktop.
  var isRemoteDesktopByPolicy = false

  /// Takes in a line that is not blank; false if it is none of these answers and is to be read otherwise.
  ///
  /// `isOpen` tells that the line may go on behind the end of the capture: it then says nothing for certain.
  mutating func read(_ line: Line, isOpen: Bool) -> Bool {
    guard line.end <= Line.longest else { return leave() }
    if let shell = ShellLine(line) { return begin(shell, isOpen: isOpen) }
    if question != nil, isDiskpart(line) {
      finish(isEnded: true)
      return false
    }
    if question == nil || startsAnother(line) {
      guard let started = Self.start(line) else { return leave() }
      finish(isEnded: true)
      begin(started)
    }
    guard !Self.mayBeOfDiskpart(line) else { return leave() }
    if isOpen {
      note(.truncated, "its last line has no end")
      return take(line)
    }
    return readAnswer(line) ? take(line) : leave()
  }

  /// The end of the capture.
  mutating func end() {
    finish(isEnded: false)
    if isOfScript, !isScriptDone { faults.append(("end", .truncated, "the answers end before the script did")) }
  }

  private mutating func take(_ line: Line) -> Bool {
    undecodable += line.units.count { $0 == CaptureText.replacement }
    return true
  }

  /// The line is none of the answer at hand, which therefore may have been cut before it.
  private mutating func leave() -> Bool {
    finish(isEnded: false)
    return false
  }

  // MARK: beginnings and ends

  private mutating func begin(_ shell: ShellLine, isOpen: Bool) -> Bool {
    finish(isEnded: true)
    if shell.isOfScript { (isThere, isOfScript) = (true, true) }
    if shell.isOfScript, shell.words == ["exit"] { isScriptDone = true }
    guard !isOpen, let asked = PreparationQuestion(shell) else { return shell.isOfScript }
    begin(asked)
    isTyped = true
    return true
  }

  private mutating func begin(_ started: PreparationQuestion) {
    (question, isThere, isTyped, isAnswered, errorContinues) = (started, true, false, false, false)
    (listing, service, key, drivers, driverRows) = (AdapterListing(), nil, "", [], 0)
    if case .service(let asked) = started { service = asked }
  }

  /// The question that a line answers which nothing else begins with.
  private static func start(_ line: Line) -> PreparationQuestion? {
    let first = line.word(0)
    if first == "SERVICE_NAME:" { return .service(PreparedService(name: line.word(1))) }
    if first.hasPrefix("HKEY_LOCAL_MACHINE\\") { return .registry(nil) }
    return first == "Windows" && AdapterListing.isTitle(line.text) ? .interfaces : nil
  }

  /// Whether a line begins the answer to another question than the one at hand.
  private func startsAnother(_ line: Line) -> Bool {
    switch (question, Self.start(line)) {
    case (_, nil), (.service, .service), (.registry, .registry), (.interfaces, .interfaces): false
    default: true
    }
  }

  /// diskpart's prompt, or the first line of its banner.
  private func isDiskpart(_ line: Line) -> Bool {
    DiskpartCommand.afterPrompt(line) != nil || line.text.hasPrefix("Microsoft DiskPart")
  }

  /// A line that diskpart prints and that matters: a row, a ruler, a header, the policy, a sentence.
  private static func mayBeOfDiskpart(_ line: Line) -> Bool {
    if Ruler(line) != nil || RowParts(line) != nil || line.text.contains("###") { return true }
    if let (key, value) = KeyValue.split(line), KeyValue.isPolicy(key), !value.isEmpty { return true }
    return WordTable.current.sentence(line.text) != nil
  }

  /// Closes the answer at hand; `isEnded` tells that something behind it shows that it ends here.
  private mutating func finish(isEnded: Bool) {
    guard let finished = question else { return }
    question = nil
    switch finished {
    case .adapters: finishScriptListing()
    case .interfaces: finishListing(isEnded)
    case .service(let asked):
      if let asked, !isAnswered { note(asked.member, .truncated, "the answer about \(asked.rawValue) is not there") }
    case .registry(let asked):
      guard let asked, !isAnswered else { break }
      // The key without the value that it is known for.
      if isEnded, !key.isEmpty { return takeMissing(asked) }
      note(asked.member, .truncated, "the answer of the registry is not there")
    case .drivers: finishDrivers(isEnded)
    }
  }

  private mutating func note(_ reason: Gap.Reason, _ detail: String) {
    switch question {
    case .adapters, .interfaces: note("adapters", reason, detail)
    case .service(let asked): if let asked { note(asked.member, reason, detail) }
    case .registry(let asked): if let asked { note(asked.member, reason, detail) }
    case .drivers: note("services", reason, detail)
    case nil: break
    }
    isAnswered = true
  }

  mutating func note(_ member: String, _ reason: Gap.Reason, _ detail: String) {
    guard faults.count < 64 else { return }
    faults.append((member, reason, PlainText.from(detail)))
  }

  // MARK: answers

  /// Takes in a line of the answer at hand; false if it is none of it.
  private mutating func readAnswer(_ line: Line) -> Bool {
    switch question {
    case .adapters: return listing.readScript(line.text)
    case .interfaces: return listing.read(line)
    case .service: return readService(line)
    case .registry(let asked): return readRegistry(line, asked)
    case .drivers: return readDriver(line)
    case nil: return false
    }
  }

  private mutating func finishScriptListing() {
    if listing.isUnavailable { return note("adapters", .unreadable, "the script could not ask for the adapters") }
    if listing.expected != nil || !listing.adapters.isEmpty { facts.adapters = listing.adapters }
    guard listing.expected == listing.adapters.count, !listing.isDamaged else {
      return note("adapters", .truncated, "the lines on the adapters are not as many as there are adapters")
    }
  }

  private mutating func finishListing(_ isEnded: Bool) {
    // Without /all it does not say how an address came about, so that nothing was asked.
    guard listing.withDHCP > 0 else {
      if isAnswered || !isTyped { return }
      return note("adapters", .truncated, "the answer of ipconfig /all is not there")
    }
    facts.adapters = listing.adapters
    if listing.isDamaged {
      note("adapters", .malformed, "it has more adapters or addresses than any server")
    } else if !isEnded {
      note("adapters", .truncated, "nothing behind the answer of ipconfig shows that it is whole")
    }
    for adapter in listing.adapters where !adapter.dhcp.isKnown {
      note(
        "adapters", .unsupported, "whether \(adapter.name) uses DHCP is said in words that are not known, or not at all"
      )
    }
  }
}
