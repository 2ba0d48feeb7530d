// SPDX-License-Identifier: Apache-2.0

import DiskpartCapture
import Facts
import Foundation
import Readiness
import Testing

/// What a capture says, besides diskpart, of how the guest is prepared for being cloned.
@Suite struct PreparationTests {
  static let folder = CaptureFixtures.folder.deletingLastPathComponent().appending(path: "preparation")
  static let files = [
    "script-prepared.txt", "script-unprepared.txt", "command-file-zh-cn.cp936.txt", "pasted-en.txt",
    "spanned-prepared.txt",
  ]
  static let rules = [
    "windows-static-address", "windows-remote-desktop-off", "windows-without-virtio", "windows-cloudbase-init-missing",
    "windows-sysprep-interrupted",
  ]

  static func bytes(_ file: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: file))) }

  static func read(_ text: String) throws -> GuestFacts { try CaptureFixtures.read(Array(text.utf8)) }

  static func outcomes(_ facts: GuestFacts) -> [String: Outcome] {
    let findings = RuleSet.current.judge(facts, scope: .guest).findings.filter { rules.contains($0.rule) }
    return Dictionary(findings.map { ($0.rule, $0.outcome) }) { first, _ in first }
  }

  /// Gaps of the preparation: member and reason.
  private static func gaps(_ facts: GuestFacts) -> [String] {
    (facts.gaps ?? []).filter { $0.subject.name == "windows_preparation" }
      .map { "\($0.subject.member) \($0.reason.rawValue)" }
  }

  private static let prompt = "C:\\Users\\Administrator>"

  // MARK: whole captures

  @Test func whatTheScriptAsksIsRead() throws {
    let facts = try CaptureFixtures.read(try Self.bytes("script-prepared.txt"))
    let prepared = try #require(facts.windowsPreparation)
    var adapter = WindowsAdapter(name: "Red Hat VirtIO Ethernet Adapter")
    adapter.description = adapter.name
    adapter.index = 12
    adapter.dhcp = .value(true)
    adapter.addresses = ["192.168.0.15", "fe80::4c6:d3c1:1f2:9a53"]
    adapter.gateways = ["192.168.0.1"]
    #expect(prepared.adapters == [adapter])
    #expect(prepared.remoteDesktop == .value(true))
    #expect(prepared.imageState == .value("IMAGE_STATE_COMPLETE"))
    #expect(prepared.generalizationState == .value(7))
    #expect(prepared.service(.viostor).value?.start == .value(.boot))
    #expect(prepared.service(.viostor).value?.state == .value(.running))
    #expect(prepared.service(.vioscsi).value?.state == .value(.stopped))
    #expect(prepared.service(.netkvm).value?.start == .value(.manual))
    #expect(prepared.service(.cloudbaseInit).value?.start == .value(.automatic))
    #expect(prepared.service(.passwordResetUpdate) == Observed<WindowsService>.none)
    #expect(facts.state(of: .windowsPreparation) == .complete)
    #expect(facts.gaps == [])
    #expect(Self.outcomes(facts) == Dictionary(uniqueKeysWithValues: Self.rules.map { ($0, Outcome.pass) }))
  }

  @Test func whatIsNotPreparedFails() throws {
    let facts = try CaptureFixtures.read(try Self.bytes("script-unprepared.txt"))
    #expect(Self.outcomes(facts) == Dictionary(uniqueKeysWithValues: Self.rules.map { ($0, Outcome.fail) }))
    #expect(facts.gaps == [])
    // None of it keeps anybody from an image.
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
  }

  @Test func chineseSystemsAreRead() throws {
    let facts = try CaptureFixtures.read(try Self.bytes("command-file-zh-cn.cp936.txt"))
    let prepared = try #require(facts.windowsPreparation)
    #expect(facts.gaps == [])
    #expect(facts.windows?.capture.encoding == .value("cp936") && facts.windows?.capture.language == .value("zh-CN"))
    #expect(prepared.adapters?.map(\.name) == ["以太网", "以太网 2", "隧道适配器 isatap.openstacklocal"])
    #expect(prepared.adapters?.map(\.dhcp) == [.value(true), .value(false), .value(false)])
    #expect(prepared.adapters?[0].addresses == ["fe80::304d:c86f:1845:4d4", "192.168.52.133"])
    #expect(prepared.adapters?[0].gateways == ["fe80::1", "192.168.52.1"])
    #expect(prepared.adapters?[1].description == "Red Hat VirtIO Ethernet Adapter #2")
    #expect(prepared.remoteDesktop == .value(true))
    #expect(prepared.service(.passwordResetUpdate) == Observed<WindowsService>.none)
    let outcomes = Self.outcomes(facts)
    #expect(outcomes["windows-static-address"] == .fail)
    #expect(outcomes.values.count { $0 == .pass } == 4)
  }

  /// A person's shell: its prompts in the place of the script's; adapters of container switches do no harm.
  @Test func whatIsPastedIsRead() throws {
    let facts = try CaptureFixtures.read(try Self.bytes("pasted-en.txt"))
    #expect(facts.gaps == [])
    #expect(facts.windowsPreparation?.adapters?.map(\.name) == ["Ethernet", "vEthernet (nat)"])
    #expect(facts.windowsPreparation?.adapters?.last?.dhcp == .value(false))
    #expect(Self.outcomes(facts) == Dictionary(uniqueKeysWithValues: Self.rules.map { ($0, Outcome.pass) }))
  }

  @Test(arguments: CaptureFixtures.files) func capturesWithoutItSayNothing(_ file: CaptureFile) throws {
    let facts = try CaptureFixtures.read(try CaptureFixtures.bytes(file: file.file))
    #expect(facts.windowsPreparation == nil && facts.sections?["windows_preparation"] == nil)
    let findings = RuleSet.current.judge(facts, scope: .guest).findings.filter { Self.rules.contains($0.rule) }
    #expect(findings.count == Self.rules.count)
    #expect(findings.allSatisfy { $0.outcome == .unknown && $0.severity == .note && $0.reason == "section_missing" })
  }

  /// What stands behind diskpart's answers takes nothing from them.
  @Test(arguments: [
    ("101-en-script-basic-disks", "script-prepared.txt"), ("112-zh-cn-basic-disks", "command-file-zh-cn.cp936.txt"),
    ("103-en-script-spanned-last", "spanned-prepared.txt"), ("101-en-script-basic-disks", "pasted-en.txt"),
  ]) func diskpartIsReadTheSame(_ name: String, _ file: String) throws {
    let alone = try CaptureFixtures.read(try CaptureFixtures.bytes(name))
    let both = try CaptureFixtures.read(try Self.bytes(file))
    #expect(both.windows?.disks == alone.windows?.disks && both.windows?.volumes == alone.windows?.volumes)
    #expect(both.windows?.sanPolicy == alone.windows?.sanPolicy)
    #expect(both.windows?.capture.commands == alone.windows?.capture.commands)
    #expect(both.windows?.storagePools == alone.windows?.storagePools)
    #expect(
      RuleSet.current.judge(both, scope: .guest).verdict == RuleSet.current.judge(alone, scope: .guest).verdict)
  }

  // MARK: cuts

  @Test func aCutNeverMakesReady() throws {
    let bytes = try Self.bytes("spanned-prepared.txt")
    for count in stride(from: 0, through: bytes.count, by: 29) {
      #expect(try DamageTests.verdict(Array(bytes.prefix(count))) != .ready, "\(count) bytes")
    }
  }

  /// Wherever the script's answers are cut, what is missing is known to be missing.
  @Test(arguments: ["script-prepared.txt", "command-file-zh-cn.cp936.txt"]) func aCutLeavesAGap(_ file: String) throws {
    let bytes = try Self.bytes(file)
    let mark = Array("wholeimage> ".utf8)
    let start = try #require(bytes.indices.first { bytes[$0...].starts(with: mark) }) + mark.count
    let whole = try CaptureFixtures.read(bytes).windowsPreparation
    let last = try #require(bytes.lastIndex(of: UInt8(ascii: "e")))
    for count in stride(from: start, through: last, by: 29) {
      let facts = try CaptureFixtures.read(Array(bytes.prefix(count)))
      #expect(facts.windowsPreparation == whole || !Self.gaps(facts).isEmpty, "\(count) bytes")
      let outcomes = Self.outcomes(facts)
      #expect(outcomes.allSatisfy { $0.value != .fail || $0.key == "windows-static-address" }, "\(count) bytes")
    }
  }

  @Test func everyLineOfTheAdaptersCounts() throws {
    let text = String(decoding: try Self.bytes("script-unprepared.txt"), as: UTF8.self)
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    for index in lines.indices where lines[index].hasPrefix("adapter") {
      var fewer = lines
      fewer.remove(at: index)
      #expect(try Self.gaps(try Self.read(fewer.joined(separator: "\n"))) == ["adapters truncated"], "\(lines[index])")
    }
  }

  // MARK: single answers

  struct Answer: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var text: String
    var expected: @Sendable (WindowsPreparation) -> Bool
    var gaps: [String]

    init(
      _ name: String, _ text: String, gaps: [String] = [], _ expected: @escaping @Sendable (WindowsPreparation) -> Bool
    ) {
      testDescription = name
      self.text = text
      self.gaps = gaps
      self.expected = expected
    }
  }

  private static let services = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services"
  private static let terminal = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server"
  private static let policies = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services"
  private static let state = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State"

  static let answers = [
    Answer("sc query without prompt", "SERVICE_NAME: viostor\n        STATE : 4  RUNNING\n") {
      $0.service(.viostor).value?.state == .value(.running)
    },
    Answer("sc query, words before the colon translated", "SERVICE_NAME: NetKVM\n        状态 : 1  STOPPED\n") {
      $0.service(.netkvm).value?.state == .value(.stopped)
    },
    Answer(
      "sc qc",
      "\(prompt)sc.exe qc viostor\n[SC] QueryServiceConfig SUCCESS\n\nSERVICE_NAME: viostor\n"
        + "        TYPE               : 1  KERNEL_DRIVER\n        START_TYPE         : 4   DISABLED\n"
    ) {
      $0.service(.viostor).value?.start == .value(.disabled)
    },
    Answer(
      "no such service",
      "PS C:\\> sc.exe query vioscsi\n[SC] EnumQueryServicesStatus:OpenService 失败 1060:\n\n指定的服务未安装。\n\n"
    ) {
      $0.service(.vioscsi) == Observed<WindowsService>.none
    },
    Answer(
      "access denied", "\(prompt)sc query vioscsi\n[SC] OpenService FAILED 5:\n\nAccess is denied.\n\n",
      gaps: ["vioscsi unreadable"]
    ) { !$0.service(.vioscsi).isKnown },
    Answer("an answer that is not there", "\(prompt)sc query netkvm\n\(prompt)\n", gaps: ["netkvm truncated"]) {
      !$0.service(.netkvm).isKnown
    },
    Answer("a service that does not matter", "\(prompt)sc query Spooler\nSERVICE_NAME: Spooler\n  STATE : 4  RUNNING\n")
    {
      $0.services.isEmpty
    },
    Answer("remote desktop on", "\(terminal)\n    fDenyTSConnections    REG_DWORD    0x0\n") {
      $0.remoteDesktop == .value(true)
    },
    Answer("remote desktop off", "\(terminal)\n    fDenyTSConnections    REG_DWORD    0x1\n") {
      $0.remoteDesktop == .value(false)
    },
    Answer(
      "a policy outranks the server",
      "\(policies)\n  fDenyTSConnections  REG_DWORD  0x0\n\n\(terminal)\n"
        + "  fDenyTSConnections  REG_DWORD  0x1\n"
    ) { $0.remoteDesktop == .value(true) },
    Answer(
      "the server before the policy",
      "\(terminal)\n  fDenyTSConnections  REG_DWORD  0x0\n\n\(policies)\n"
        + "  fDenyTSConnections  REG_DWORD  0x1\n"
    ) { $0.remoteDesktop == .value(false) },
    Answer(
      "not a number", "\(terminal)\n    fDenyTSConnections    REG_DWORD    none\n", gaps: ["remote_desktop malformed"]
    ) { !$0.remoteDesktop.isKnown },
    Answer("another key of that value", "HKEY_LOCAL_MACHINE\\SOFTWARE\\x\n    fDenyTSConnections    REG_DWORD    0x1\n")
    {
      !$0.remoteDesktop.isKnown
    },
    Answer("image state", "\(state)\n    ImageState    REG_SZ    IMAGE_STATE_UNDEPLOYABLE\n") {
      $0.imageState == .value("IMAGE_STATE_UNDEPLOYABLE")
    },
    Answer(
      "no Sysprep",
      "\(prompt)reg query HKLM\\SYSTEM\\Setup\\Status\\SysprepStatus /v GeneralizationState\n\n"
        + "错误: 系统找不到指定的注册表项或值。\n"
    ) { $0.generalizationState == Observed<Int>.none },
    Answer(
      "an error in another language",
      "\(prompt)reg query HKLM\\SYSTEM\\Setup\\Status\\SysprepStatus /v GeneralizationState\n\nFEHLER: Zugriff verweigert\n",
      gaps: ["generalization_state unsupported"]
    ) { !$0.generalizationState.isKnown },
    Answer("start of a service", "\(services)\\cloudbase-init\n    Start    REG_DWORD    0x2\n") {
      $0.service(.cloudbaseInit).value?.start == .value(.automatic)
    },
    Answer(
      "drivers",
      "\(prompt)driverquery\n\nModule Name  Display Name           Driver Type   Link Date\n"
        + "============ ====================== ============= ======================\n"
        + "viostor      Red Hat VirtIO SCSI    Kernel        7/30/2018 6:00:00 AM\n"
        + "netkvm       Red Hat VirtIO NIC     Kernel        7/30/2018 6:00:00 AM\n\n\(prompt)\n"
    ) { facts in
      facts.service(.viostor) == .value(WindowsService()) && facts.service(.vioscsi) == Observed<WindowsService>.none
        && facts.service(.netkvm) == .value(WindowsService())
    },
    Answer(
      "ipconfig without /all",
      "\(prompt)ipconfig\n\nWindows IP Configuration\n\nEthernet adapter Ethernet:\n\n"
        + "   IPv4 Address. . . . . . . . . . . : 192.168.0.15\n   Subnet Mask . . . . . . . . . . . : 255.255.255.0\n\n"
        + "\(prompt)\n"
    ) { $0.adapters == nil },
    Answer(
      "words that are not known",
      "\(prompt)ipconfig /all\n\nKonfiguracja IP systemu Windows\n\nKarta Ethernet Ethernet:\n\n"
        + "   DHCP włączone . . . . . . . . : Nie\n   Adres IPv4. . . . . . . . . . : 192.0.2.5(Preferowane)\n\n\(prompt)\n",
      gaps: ["adapters unsupported"]
    ) { $0.adapters?.first?.dhcp.isKnown == false && $0.adapters?.first?.addresses == ["192.0.2.5"] },
    Answer(
      "words that are not known, and a lease",
      "\(prompt)ipconfig /all\n\nKonfiguracja IP systemu Windows\n\nKarta Ethernet Ethernet:\n\n"
        + "   DHCP włączone . . . . . . . . : Tak\n   Adres IPv4. . . . . . . . . . : 192.0.2.5(Preferowane)\n"
        + "   Serwer DHCP . . . . . . . . . : 192.0.2.1\n\n\(prompt)\n"
    ) { $0.adapters?.first?.dhcp == .value(true) },
    Answer(
      "German",
      "\(prompt)ipconfig /all\n\nWindows-IP-Konfiguration\n\nEthernet-Adapter Ethernet0:\n\n"
        + "   Beschreibung. . . . . . . . . . . : Red Hat VirtIO Ethernet Adapter\n"
        + "   DHCP aktiviert. . . . . . . . . . : Nein\n   IPv4-Adresse  . . . . . . . . . . : 192.0.2.5(Bevorzugt)\n"
        + "   Subnetzmaske  . . . . . . . . . . : 255.255.255.0\n   Standardgateway . . . . . . . . . : 192.0.2.1\n\n"
        + "\(prompt)\n"
    ) {
      $0.adapters?.map(\.name) == ["Ethernet0"] && $0.adapters?.first?.dhcp == .value(false)
        && $0.adapters?.first?.gateways == ["192.0.2.1"]
    },
    Answer(
      "blanks at the start trimmed",
      "Windows IP 配置\n\n以太网适配器 本地连接 2:\n\n描述. . . . . . . . : Realtek PCIe GBE\n"
        + "DHCP 已启用 . . . . . : 否\nIPv4 地址 . . . . . . : 192.0.2.5(首选)\n\n\(prompt)\n"
    ) { $0.adapters?.first?.dhcp == .value(false) && $0.adapters?.first?.name == "本地连接 2" },
    Answer(
      "the end of ipconfig not shown",
      "Windows IP Configuration\n\nEthernet adapter a:\n\n   DHCP Enabled. . . . : No\n\n",
      gaps: ["adapters truncated"]
    ) { $0.adapters?.count == 1 },
    Answer(
      "the script could not ask", "wholeimage> adapters\nadapters: unavailable\n\nwholeimage> exit\n",
      gaps: ["adapters unreadable"]
    ) { $0.adapters == nil },
    Answer(
      "an adapter that makes no sense",
      "wholeimage> adapters\nadapters: 1\nadapter: index=x dhcp=1\n\nwholeimage> exit\n",
      gaps: ["adapters truncated"]
    ) { $0.adapters == [] },
    Answer(
      "the script did not end", "wholeimage> sc query viostor\n\nSERVICE_NAME: viostor\n  STATE : 4  RUNNING\n",
      gaps: ["end truncated"]
    ) { $0.service(.viostor).isKnown },
  ]

  @Test(arguments: answers) func answersAreRead(_ answer: Answer) throws {
    let facts = try Self.read(answer.text)
    let prepared = try #require(facts.windowsPreparation)
    #expect(answer.expected(prepared), "\(prepared.json.text)")
    #expect(Self.gaps(facts) == answer.gaps)
    #expect(facts.state(of: .windowsPreparation) == (answer.gaps.isEmpty ? .complete : .partial))
  }

  // MARK: hostile text

  /// No text in an answer can hide what diskpart says behind it, and none of it is taken for diskpart's.
  @Test func nothingIsHiddenFromDiskpart() throws {
    let spanned = String(decoding: try CaptureFixtures.bytes("103-en-script-spanned-last"), as: UTF8.self)
    let openings = [
      "\(Self.prompt)driverquery\n", "\(Self.prompt)ipconfig /all\n", "\(Self.prompt)sc query viostor\n[SC] x 1060:\n",
      "\(Self.prompt)reg query HKLM\\SYSTEM\\Setup\\Status\\SysprepStatus\n", "wholeimage> adapters\n",
    ]
    for opening in openings {
      let lines = spanned.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      // Before every line of diskpart's that matters, the beginning of another answer.
      let woven = lines.flatMap { $0.contains("Spanned") || $0.contains("SAN") ? [opening, $0] : [$0] }
      #expect(try DamageTests.verdict(Array(woven.joined(separator: "\n").utf8)) != .ready, "\(opening)")
    }
  }

  /// Long lines of other programs do not make a table whole that a console cut.
  @Test func otherProgramsDoNotWidenATable() throws {
    let text = String(decoding: try CaptureFixtures.bytes("103-en-script-spanned-last"), as: UTF8.self)
    let cut = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0.prefix(48)) }
      .joined(separator: "\n")
    let prepared = String(decoding: try Self.bytes("script-prepared.txt"), as: UTF8.self)
    let start = try #require(prepared.range(of: "wholeimage> "))
    #expect(try DamageTests.verdict(Array((cut + "\n" + prepared[start.lowerBound...]).utf8)) != .ready)
  }

  @Test func namesAreSafeToShow() throws {
    let text =
      "wholeimage> adapters\nadapters: 1\nadapter: index=1 dhcp=False addresses=192.0.2.5 gateways= name=a\u{1B}[2J\u{202E}b\n"
    let facts = try Self.read(text + "\nwholeimage> exit\n")
    #expect(facts.windowsPreparation?.adapters?.first?.name == "a\\x1b[2J\\xe2\\x80\\xaeb")
  }

  @Test(arguments: [
    "wholeimage> adapters\n", "Windows IP x\na:\n", "SERVICE_NAME: a\n", "HKEY_LOCAL_MACHINE\\a\n",
    "C:\\>sc query viostor\n",
    "adapter: index=1 dhcp=True addresses= gateways= name=x\n", "a:\n",
  ]) func manyAnswersAreRead(_ text: String) throws {
    let bytes = Array(("Windows IP Configuration\n" + String(repeating: text, count: 100_000 / text.utf8.count)).utf8)
    let facts = try CaptureFixtures.read(bytes)
    #expect((facts.gaps ?? []).count < 200)
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .undetermined)
  }
}
