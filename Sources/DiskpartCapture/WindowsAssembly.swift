// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Makes the facts and the gaps of a Windows guest from what was read of its capture.
struct WindowsAssembly {
  var windows = WindowsFacts()
  private(set) var gaps: [Gap] = []
  private let reader: CaptureReader
  private let words = WordTable.current

  init(_ reader: CaptureReader, _ text: CaptureText) {
    self.reader = reader
    readPolicy()
    readDisks()
    readVolumes()
    windows.storagePools = Observed(known: reader.storagePools)
    windows.capture.language = Observed(known: CaptureLanguage.of(text))
    windows.capture.commands = reader.commands.map { PlainText.from($0) }
    windows.capture.errors = reader.errors.map { PlainText.from($0) }
    windows.capture.whitespaceCollapsed = reader.isCollapsed
    windows.capture.truncated = isTruncated
    noteUndecodable(text)
    notePreparation()
    if reader.banner.hasSeveralComputers {
      note("computer", .inconsistent, "the capture holds output of several computers")
    }
    if reader.lastLineIsOpen {
      note("end", .truncated, "the last line has no end; what came behind it is not in the capture")
    }
  }

  /// The facts with everything in them that is known of the guest.
  func complete(_ facts: GuestFacts) -> GuestFacts {
    var facts = facts
    facts.guest.os = OperatingSystem(family: .value(.windows))
    facts.guest.os.version = Observed(known: reader.banner.version)
    facts.guest.hostname = Observed(known: reader.banner.computer.map { PlainText.from($0) })
    facts.visibility.append(Visibility(.recorded, detail: "captured diskpart output"))
    facts.windows = windows
    facts.gaps = (facts.gaps ?? []) + gaps
    for section in Section.ofLinux where ![.boot, .initramfs, .cloudInit, .configuration].contains(section) {
      facts.setState(of: section, section == .guest ? .complete : .absent)
    }
    let isSeen = windows.disks != nil || windows.volumes != nil || windows.sanPolicy.isKnown
    let isPartial = gaps.contains(where: Section.windows.isTouched)
    facts.setState(of: .windows, !isSeen ? .absent : isPartial ? .partial : .complete)
    if reader.preparation.isThere {
      let isPartial = gaps.contains(where: Section.windowsPreparation.isTouched)
      facts.windowsPreparation = reader.preparation.facts
      facts.setState(of: .windowsPreparation, isPartial ? .partial : .complete)
    }
    facts.countArrays()
    return facts
  }

  /// Several code pages fit: labels may be read wrongly, the words of diskpart are not in doubt.
  mutating func noteAmbiguousEncoding(_ encoding: CaptureEncoding) {
    note("label", .ambiguous, "read as \(encoding.rawValue), but other code pages fit as well; name it with --encoding")
  }

  private mutating func note(_ member: String, _ reason: Gap.Reason, _ detail: String) {
    gaps.append(Gap(.init(.section, Section.windows.rawValue, member: member), reason, detail: PlainText.from(detail)))
  }

  // MARK: policy

  private mutating func readPolicy() {
    let trail = reader.policy
    windows.sanPolicyText = Observed(known: trail.text.map { PlainText.from($0) })
    windows.sanPolicy = Observed(known: trail.policy)
    if let doubt = trail.doubt {
      note("san_policy", trail.policy == nil ? .unsupported : .inconsistent, doubt)
    } else if trail.policy == nil {
      note("san_policy", .truncated, "the capture holds no answer to: san")
    }
  }

  // MARK: disks

  private mutating func readDisks() {
    let listing = reader.session.disks
    if listing.isListed || !listing.rows.isEmpty { windows.disks = listing.rows.map(disk) }
    noteFault(listing, "disks", command: "list disk")
    noteUnlisted(.disks, "disks", command: "list disk")
    // One disk at least is online, the one that Windows runs from: a word that all of them share means just that.
    let shared = Set(listing.rows.map(\.row.status)).count == 1
    for disk in windows.disks ?? [] where !disk.statusKind.isKnown && !shared {
      note(disk, "status", .unsupported, "the status \"\(disk.status)\" is not known")
    }
  }

  private func disk(_ read: CaptureSession.Disk) -> WindowsDisk {
    let row = read.row
    var disk = WindowsDisk(
      number: row.name.number, isMissing: row.name.countsMissing, status: PlainText.from(row.status),
      sizeText: PlainText.from(row.size), freeText: PlainText.from(row.free))
    disk.statusKind = Observed(known: disk.isMissing ? .missing : words.diskStatus(row.status))
    // Where no line of the capture reaches, a console or a page may have cut a star off.
    let isCut = row.dynamicEnd > reader.rightEdge && !reader.session.volumes.rows.isEmpty
    disk.dynamic = Self.star(row.isDynamic, isShown: read.showsDynamic ?? true && !isCut)
    disk.gpt = Self.star(row.isGPT, isShown: read.showsGPT)
    return disk
  }

  /// No star says something only where its column is there.
  private static func star(_ star: Bool?, isShown: Bool?) -> Observed<Bool> {
    star == false && isShown == false ? .unknown : Observed(known: star)
  }

  private mutating func note(_ disk: WindowsDisk, _ member: String, _ reason: Gap.Reason, _ detail: String) {
    gaps.append(Gap(.init(.windowsDisk, disk.name, member: member), reason, detail: PlainText.from(detail)))
  }

  private mutating func noteFault<Row>(
    _ listing: Listing<Row>, _ member: String, command: String, endIsOpen: Bool = true
  ) {
    switch listing.fault {
    case .damaged(let damage): note(member, .truncated, "\(command): \(damage.rawValue)")
    case .openStart:
      note(member, .truncated, "\(command): neither a header nor a command stands before its rows; some may be missing")
    case .openEnd:
      // Harmless where no row that is missing could matter.
      let detail = "\(command): the capture ends with its rows, so nothing shows that these are all"
      note(endIsOpen ? member : "end", .truncated, detail)
    case .unanswered where listing.isListed:
      note(member, .truncated, "\(command): it was asked for once more, and the answer is not in the capture")
    case .unanswered, nil:
      if !listing.isListed { note(member, .truncated, "the capture holds no answer to: \(command)") }
    }
  }

  // MARK: volumes

  /// A whole list of disks is there, its column Dyn too, and none of them can hold a part of a dynamic volume.
  private var hasOnlyBasicDisks: Bool {
    let listing = reader.session.disks
    guard listing.isListed, listing.fault == nil, !listing.rows.isEmpty, !reader.session.isOutdated,
      !gaps.contains(where: { $0.subject.kind == .windowsDisk })
    else { return false }
    return zip(listing.rows, windows.disks ?? []).allSatisfy { read, disk in
      read.showsDynamic == true && disk.dynamic.value == false && !disk.isMissing && disk.statusKind.value != .foreign
    }
  }

  private mutating func readVolumes() {
    let listing = reader.session.volumes
    let disks = Set((windows.disks ?? []).map(\.name))
    if listing.isListed || !listing.rows.isEmpty { windows.volumes = listing.rows.map { volume($0, on: disks) } }
    let listsOnlyBasic = hasOnlyBasicDisks
    let onlyBasic = listsOnlyBasic && !reader.session.sawDynamicVolume
    if onlyBasic != listsOnlyBasic {
      note("volumes", .inconsistent, "a volume has a type of dynamic disks, and list disk shows none of these")
    }
    // A list that was made once more was made because something may have changed.
    noteFault(listing, "volumes", command: "list volume", endIsOpen: !onlyBasic || listing.isListed)
    if reader.session.isOutdated, listing.isListed {
      note("volumes", .inconsistent, "a later command changed disks or volumes; enter list volume once more")
    }
    if reader.session.hasUnnamedMultiDiskVolume {
      note("volumes", .ambiguous, "detail volume shows several disks, and not for which volume")
    }
    noteUnlisted(.volumes, "volumes", command: "list volume")
    noteDisksWithoutVolumes()
    noteUnknownColumns()
    noteContradictions()
    noteUnknownTypes(onlyBasic)
    if case .damaged = listing.fault {
      windows.undeterminedVolumeTypes = .value(true)
    } else {
      windows.undeterminedVolumeTypes = .value(gaps.contains { $0.subject.member == "type" })
    }
  }

  private func volume(_ read: CaptureSession.Volume, on disks: Set<String>) -> WindowsVolume {
    let row = read.row
    var volume = WindowsVolume(
      number: read.number, typeText: PlainText.from(row.type), sizeText: PlainText.from(row.size))
    volume.letter = Observed(looked: row.letter)
    volume.label = PlainText.from(row.label)
    volume.fileSystem = Observed(looked: row.fileSystem.map { PlainText.from($0) })
    volume.type = Observed(known: words.volumeType(row.type))
    volume.status = PlainText.from(row.status)
    volume.statusKind = Observed(known: words.volumeStatus(row.status))
    volume.info = PlainText.from(row.info)
    volume.mountPoints = read.mountPoints.map { PlainText.fromWindowsPath($0) }
    volume.disks = places(of: read.number, among: disks)
    return volume
  }

  /// The disks of a volume: all of them by `detail volume`, several by `detail disk`; else not known.
  private func places(of number: Int, among disks: Set<String>) -> Observed<[String]> {
    let seen = reader.session.seenOn[number] ?? []
    let all = reader.session.disksOfVolume[number]
    guard seen.isSubset(of: disks) else { return .unknown }
    if let all, seen.isSubset(of: all) { return .value(all) }
    return seen.count > 1 ? .value(seen.sorted()) : .unknown
  }

  /// A volume that is seen on a disk which the last list of disks lacks, or on disks and in no list of volumes.
  private mutating func noteContradictions() {
    let disks = Set((windows.disks ?? []).map(\.name))
    let volumes = Set((windows.volumes ?? []).map(\.number))
    for (number, names) in reader.session.seenOn.sorted(by: { $0.key < $1.key }) {
      guard !names.isSubset(of: disks) || names.count > 1 && !volumes.contains(number) else { continue }
      let detail = "it lies on disks \(names.sorted().joined(separator: ", ")), which the lists do not show so"
      gaps.append(Gap(.init(.windowsVolume, String(number), member: "disks"), .inconsistent, detail: detail))
    }
  }

  /// What was selected is there: a list that does not show it lost a row, or was made before it came to be.
  private mutating func noteUnlisted(_ kind: Ruler.Kind, _ member: String, command: String) {
    let numbers = reader.session.namedButNotListed(kind).prefix(8).map(String.init)
    guard !numbers.isEmpty else { return }
    note(
      member, .inconsistent, "number \(numbers.joined(separator: ", ")) was selected, and \(command) does not show it")
  }

  /// A dynamic disk with data on it holds dynamic volumes; a list without any lost them.
  private mutating func noteDisksWithoutVolumes() {
    let used = (windows.disks ?? []).filter { disk in
      disk.dynamic.value == true && disk.statusKind.value == .online && Self.holdsData(disk)
    }
    guard !used.isEmpty, let volumes = windows.volumes, !reader.session.sawDynamicVolume else { return }
    guard volumes.allSatisfy({ $0.type.isKnown }) else { return }
    let names = used.prefix(8).map(\.name).joined(separator: ", ")
    note("volumes", .inconsistent, "dynamic volumes lie on disk \(names), and list volume does not show any")
  }

  /// More of a disk is taken than the megabyte in which Windows keeps the layout of dynamic disks.
  private static func holdsData(_ disk: WindowsDisk) -> Bool {
    let (size, free) = (disk.sizeText.split(separator: " "), disk.freeText.split(separator: " "))
    guard size.count == 2, free.count == 2, size[1] == free[1], let all = Int(size[0]), let left = Int(free[0]) else {
      return true
    }
    return left < all - 1
  }

  /// Without the column Dyn it is not known of a disk whether it holds parts of dynamic volumes.
  private mutating func noteUnknownColumns() {
    for disk in windows.disks ?? [] where !disk.dynamic.isKnown {
      note(disk, "dynamic", .truncated, "the column Dyn is not in the capture, or a star stands where it says nothing")
    }
  }

  /// A type word that is not known may mean spanned, unless nothing dynamic is there or the volume has one disk.
  private mutating func noteUnknownTypes(_ onlyBasic: Bool) {
    guard !onlyBasic else { return }
    for volume in windows.volumes ?? [] where !volume.type.isKnown {
      if let disks = volume.disks.value, disks.count == 1 { continue }
      let detail = "the type \"\(volume.typeText)\" is not known"
      gaps.append(
        Gap(.init(.windowsVolume, String(volume.number), member: "type"), .unsupported, detail: PlainText.from(detail)))
    }
  }

  // MARK: what is not diskpart's

  /// What was asked for besides diskpart and not answered, unless another answer settles it.
  private mutating func notePreparation() {
    let facts = reader.preparation.facts
    var seen: Set<String> = []
    for fault in reader.preparation.faults where !facts.isSettled(fault.member) {
      guard seen.insert("\(fault.member) \(fault.reason.rawValue)").inserted else { continue }
      gaps.append(
        Gap(
          .init(.section, Section.windowsPreparation.rawValue, member: fault.member), fault.reason,
          detail: PlainText.from(fault.detail)))
    }
    if reader.preparation.undecodable > 0 {
      let detail = "\(reader.preparation.undecodable) characters mean nothing in the encoding; name it with --encoding"
      gaps.append(
        Gap(.init(.section, Section.windowsPreparation.rawValue, member: "label"), .malformed, detail: detail))
    }
  }

  // MARK: the text itself

  private var isTruncated: Bool {
    let session = reader.session
    let isCut = [session.volumes.fault, session.disks.fault].contains { $0 == .damaged(.cut) }
    return isCut || reader.lacksColumns
  }

  /// Bytes that mean nothing hide something, unless all of them stand in labels and folders.
  private mutating func noteUndecodable(_ text: CaptureText) {
    let undecodable = text.undecodable - reader.preparation.undecodable
    guard undecodable > 0 else { return }
    let inNames = reader.session.volumes.rows.reduce(0) { count, volume in
      count + ([volume.row.label] + volume.mountPoints).reduce(0) { $0 + $1.unicodeScalars.count { $0 == "\u{FFFD}" } }
    }
    let isHarmless = inNames >= undecodable && !reader.session.volumes.rows.contains { $0.row.isDamaged }
    let detail = "\(undecodable) sequences of bytes mean nothing in the encoding; name it with --encoding"
    note(isHarmless ? "label" : "encoding", .malformed, detail)
  }
}

extension WindowsPreparation {
  /// Whether a member is known, whatever else was asked for it and not answered.
  fileprivate func isSettled(_ member: String) -> Bool {
    switch member {
    case "remote_desktop": return remoteDesktop.isKnown
    case "image_state": return imageState.isKnown
    case "generalization_state": return generalizationState.isKnown
    default:
      guard let service = Service.allCases.first(where: { $0.member == member }) else { return false }
      switch self.service(service) {
      case .none: return true
      case .value(let known): return known.start.isKnown || known.state.isKnown
      case .unknown: return false
      }
    }
  }
}
