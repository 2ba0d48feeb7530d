// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Answers of `sc`, `reg` and `driverquery`: of them nothing but the sentence for what is missing is translated.
extension PreparationReader {
  /// `SERVICE_NAME: viostor`, `STATE : 4  RUNNING`, `START_TYPE : 0  BOOT_START`, `[SC] ... 1060:`.
  mutating func readService(_ line: Line) -> Bool {
    let text = line.text
    if text.hasPrefix("[SC]") {
      errorContinues = text.hasSuffix(":") || text.hasSuffix("：")
      if errorContinues { readServiceError(line) }
      return true
    }
    if errorContinues {
      errorContinues = false
      return true
    }
    if text.hasPrefix("(") { return true }
    guard let (key, value) = KeyValue.split(line) else { return false }
    if key == "SERVICE_NAME" {
      service = PreparedService(name: value)
      if let service { facts.services[service] = .value(facts.service(service).value ?? WindowsService()) }
      return true
    }
    readProperty(value)
    return line.units.first.map(Line.isBlank) == true
      || key.utf8.allSatisfy { $0 == 0x5F || (0x30...0x5A).contains($0) }
  }

  /// The number and the word of a state or of a start type; what stands before the colon is translated on some systems.
  private mutating func readProperty(_ value: String) {
    let words = value.split(separator: " ")
    guard let service, words.count > 1, Int(words[0]) != nil, var known = facts.service(service).value else { return }
    let states: [Substring: WindowsService.State] = [
      "RUNNING": .running, "STOPPED": .stopped, "PAUSED": .other, "START_PENDING": .other, "STOP_PENDING": .other,
      "CONTINUE_PENDING": .other, "PAUSE_PENDING": .other,
    ]
    let starts: [Substring: WindowsService.Start] = [
      "BOOT_START": .boot, "SYSTEM_START": .system, "AUTO_START": .automatic, "DEMAND_START": .manual,
      "DISABLED": .disabled,
    ]
    if let state = states[words[1]] {
      known.state = .value(state)
    } else if let start = starts[words[1]] {
      known.start = .value(start)
    } else {
      return
    }
    facts.services[service] = .value(known)
    isAnswered = true
  }

  /// The number of an error is the same in every language: 1060, there is no such service.
  private mutating func readServiceError(_ line: Line) {
    let numbers = line.words.compactMap { range in line.number(range.dropLast(line.units[range].last == 0x3A ? 1 : 0)) }
    guard let service else { return }
    if numbers.last == 1060 {
      facts.services[service] = Observed<WindowsService>.none
    } else {
      note(service.member, .unreadable, line.text)
    }
    isAnswered = true
  }

  /// `HKEY_LOCAL_MACHINE\...`, and below it `    name    REG_DWORD    0x1`.
  mutating func readRegistry(_ line: Line, _ asked: RegistryFact?) -> Bool {
    if line.word(0).hasPrefix("HKEY_") {
      key = line.text
      return true
    }
    let type = (1..<max(1, line.words.count)).first { line.word($0).hasPrefix("REG_") }
    if let type {
      let name = line.text(line.words[0].lowerBound..<line.words[type].lowerBound)
      let data = line.text(line.words[type].upperBound..<line.units.count)
      if let fact = RegistryFact(key: key, value: name) { take(fact, data, isNumber: line.word(type) == "REG_DWORD") }
      return true
    }
    // What it says where there is nothing: one line, in the language of the system.
    guard let asked, !isAnswered, key.isEmpty else { return false }
    isAnswered = true
    if RegistryFact.saysMissing(line.text) {
      takeMissing(asked)
    } else if asked != .remoteDesktopPolicy {
      note(asked.member, .unsupported, line.text)
    }
    return true
  }

  private mutating func take(_ fact: RegistryFact, _ data: String, isNumber: Bool) {
    isAnswered = true
    let number = isNumber ? RegistryFact.number(data) : nil
    switch fact {
    case .remoteDesktop:
      guard !isRemoteDesktopByPolicy else { return }
      facts.remoteDesktop = Observed(known: number.map { $0 == 0 })
    case .remoteDesktopPolicy:
      isRemoteDesktopByPolicy = number != nil
      if let number { facts.remoteDesktop = .value(number == 0) }
    case .imageState: facts.imageState = Observed(known: data.isEmpty ? nil : PlainText.from(data))
    case .generalizationState: facts.generalizationState = Observed(known: number)
    case .start(let service):
      guard let start = number.flatMap(WindowsService.Start.init(number:)) else { break }
      var known = facts.service(service).value ?? WindowsService()
      known.start = .value(start)
      facts.services[service] = .value(known)
    }
    if number == nil, fact != .imageState || data.isEmpty { note(fact.member, .malformed, "\(fact.member): \(data)") }
  }

  mutating func takeMissing(_ fact: RegistryFact) {
    switch fact {
    case .imageState: facts.imageState = .none
    case .generalizationState: facts.generalizationState = .none
    // Windows takes what is missing for the default, which is off.
    case .remoteDesktop: if !isRemoteDesktopByPolicy { facts.remoteDesktop = .value(false) }
    case .remoteDesktopPolicy: break
    case .start(let service):
      if facts.service(service).value == nil { facts.services[service] = Observed<WindowsService>.none }
    }
  }

  /// A row of `driverquery`: the name of the module first; its rulers are of `=`.
  mutating func readDriver(_ line: Line) -> Bool {
    let isRuler = line.units.allSatisfy { $0 == 0x3D || Line.isBlank($0) }
    guard line.hasWideBlanks || isRuler else { return false }
    driverRows = isRuler ? 0 : driverRows + 1
    if let driver = PreparedService(name: line.word(0)) { drivers.insert(driver) }
    return true
  }

  mutating func finishDrivers(_ isEnded: Bool) {
    guard isEnded, driverRows > 0 else { return note("services", .truncated, "the list of drivers is not whole") }
    for driver in [PreparedService.viostor, .vioscsi, .netkvm] where !facts.service(driver).isKnown {
      facts.services[driver] = drivers.contains(driver) ? .value(WindowsService()) : Observed<WindowsService>.none
    }
  }
}
