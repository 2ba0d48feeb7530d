// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

extension Refusal {
  /// The refusal in words: what is wrong, on what, and what to do.
  func text(instanceID: String, _ language: Language) -> String {
    let guest = PlainText.from(instanceID)
    switch self {
    case .guestUnknown: return RefusalText.guestUnknown(guest, language)
    case .factsTooOld(let age, let allowed, _, .stopped), .factsTooOld(let age, let allowed, _, .backup):
      return RefusalText.notInForce(guest, age, allowed, language)
    case .factsTooOld(let age, let allowed, .agent, _): return RefusalText.factsTooOld(guest, age, allowed, language)
    case .factsTooOld(let age, let allowed, .capture, _):
      return RefusalText.captureTooOld(guest, age, allowed, language)
    case .beforeHistory(let moment): return RefusalText.beforeHistory(guest, moment.text, language)
    case .backupUnknown(let gap): return RefusalText.backupUnknown(guest, gap?.detail, language)
    case .timeUnknown: return RefusalText.timeUnknown(guest, language)
    case .disksDiffer(let disks): return RefusalText.disksDiffer(guest, disks, language)
    case .notReady(let finding, let others):
      return RefusalText.opening(guest, finding, known: true, language)
        + RefusalText.words(of: finding, others, language)
    case .incomplete(let finding, let others):
      let words = finding.map { RefusalText.words(of: $0, others, language) } ?? ""
      return RefusalText.opening(guest, finding, known: false, language) + words
    }
  }
}

/// The sentences of a refusal, in both languages, each on one line.
enum RefusalText {
  /// The longest text of a finding in a message; the decision holds it whole.
  private static let longest = 2000

  static func guestUnknown(_ guest: String, _ language: Language) -> String {
    switch language {
    case .english:
      "Undetermined: nothing is known about guest \(guest). Install wholeimage-agent in it and let it report, "
        + "or check instance_id and project."
    case .chinese:
      "无法判定：没有云服务器 \(guest) 的任何信息。请在其中安装 wholeimage-agent 并等待其上报，或检查 instance_id 与项目是否正确。"
    }
  }

  static func factsTooOld(_ guest: String, _ age: Int64?, _ allowed: Int64, _ language: Language) -> String {
    switch (language, age) {
    case (.english, let age?):
      "Undetermined: the facts of guest \(guest) are \(age) s old, at most \(allowed) s are allowed. "
        + "See that wholeimage-agent runs in it and reaches the collector."
    case (.english, nil):
      "Undetermined: the age of the facts of guest \(guest) cannot be told, since the collector's clock was set back. "
        + "They count again as soon as wholeimage-agent reports."
    case (.chinese, let age?):
      "无法判定：云服务器 \(guest) 的信息已有 \(age) 秒，最多允许 \(allowed) 秒。请确认其中的 wholeimage-agent 正在运行并能连接到收集器。"
    case (.chinese, nil):
      "无法判定：收集器的时钟曾被回拨，云服务器 \(guest) 的信息的时效未知。wholeimage-agent 再次上报后即可恢复。"
    }
  }

  static func captureTooOld(_ guest: String, _ age: Int64?, _ allowed: Int64, _ language: Language) -> String {
    switch (language, age) {
    case (.english, let age?):
      "Undetermined: the capture of guest \(guest) is \(age) s old, at most \(allowed) s are allowed. "
        + "Capture diskpart's output again and upload it with its time. "
    case (.english, nil):
      "Undetermined: it is not known when the capture of guest \(guest) was taken. "
        + "Upload it with ?captured_at=, as capture-diskpart.ps1 does. "
    case (.chinese, let age?):
      "无法判定：云服务器 \(guest) 的采集内容已有 \(age) 秒，最多允许 \(allowed) 秒。请重新采集 diskpart 输出并连同采集时间一起上传。"
    case (.chinese, nil):
      "无法判定：云服务器 \(guest) 的采集时间未知。请使用 ?captured_at= 上传（capture-diskpart.ps1 会自动附带）。"
    }
  }

  static func notInForce(_ guest: String, _ age: Int64?, _ allowed: Int64, _ language: Language) -> String {
    let gap = age.map(String.init)
    switch language {
    case .english:
      return "Undetermined: the last look into guest \(guest) before the moment that the image shows was "
        + (gap.map { "\($0) s earlier" } ?? "not recorded") + ", at most \(allowed) s are allowed. "
        + "Start the server, let wholeimage-agent report, and stop it or back it up again."
    case .chinese:
      return "无法判定：在镜像所对应的时刻之前，云服务器 \(guest) 的最后一次检查"
        + (gap.map { "早于该时刻 \($0) 秒" } ?? "没有记录") + "，最多允许 \(allowed) 秒。"
        + "请启动云服务器，等待 wholeimage-agent 上报后再关机或重新备份。"
    }
  }

  static func beforeHistory(_ guest: String, _ moment: String, _ language: Language) -> String {
    switch language {
    case .english:
      "Undetermined: the backup was made at \(moment), before anything was known about guest \(guest). "
        + "Back the server up again and use that backup."
    case .chinese: "无法判定：该备份创建于 \(moment)，早于云服务器 \(guest) 的最早记录。请重新备份云服务器并使用新的备份。"
    }
  }

  static func backupUnknown(_ backup: String, _ why: String?, _ language: Language) -> String {
    let detail = why.map { PlainText.from($0) }
    switch language {
    case .english:
      return "Undetermined: it is not known of which server the backup \(backup) is"
        + (detail.map { ": \($0). " } ?? "; the cloud knows no such backup in this project. ")
    case .chinese:
      return "无法判定：无法确定备份 \(backup) 属于哪台云服务器" + (detail.map { "：\($0)。" } ?? "；云平台在该项目中没有此备份。")
    }
  }

  static func timeUnknown(_ guest: String, _ language: Language) -> String {
    switch language {
    case .english:
      "Undetermined: the cloud does not say when the server \(guest) was stopped or its backup made, so it is not "
        + "known which facts of the guest count."
    case .chinese: "无法判定：云平台未提供云服务器 \(guest) 的关机时间或备份时间，无法确定应采用哪些信息。"
    }
  }

  static func disksDiffer(_ guest: String, _ disks: StoppedDisks, _ language: Language) -> String {
    let seen = PlainText.from(disks.disks.prefix(8).joined(separator: ", "))
    let attached = PlainText.from(disks.volumes.prefix(8).joined(separator: ", "))
    switch language {
    case .english:
      return "Undetermined: the stopped server \(guest) has other disks than its guest showed"
        + (seen.isEmpty ? "" : "; no volume for \(seen)") + (attached.isEmpty ? "" : "; not seen inside: \(attached)")
        + ". Start the server once with these disks, and let wholeimage-agent report."
    case .chinese:
      return "无法判定：已关机的云服务器 \(guest) 的磁盘与其内部上报的不一致"
        + (seen.isEmpty ? "" : "；没有对应云硬盘的磁盘：\(seen)") + (attached.isEmpty ? "" : "；内部未见过的云硬盘：\(attached)")
        + "。请在挂载这些磁盘的情况下启动一次云服务器，并等待 wholeimage-agent 上报。"
    }
  }

  /// Whom or what the refusal is about: a guest, unless the finding is about something that the request names.
  static func opening(_ guest: String, _ finding: Finding?, known: Bool, _ language: Language) -> String {
    let isAboutGuest = finding.map { $0.scope == .guest } ?? true
    switch (language, known, isAboutGuest) {
    case (.english, true, true): return "Guest \(guest) is not ready for a whole image. "
    case (.english, false, true):
      return "Undetermined: whether guest \(guest) is ready for a whole image is not known. "
    case (.english, true, false): return "The request is refused. "
    case (.english, false, false): return "Undetermined: whether the request may proceed is not known. "
    case (.chinese, true, true): return "云服务器 \(guest) 不满足制作整机镜像的条件。"
    case (.chinese, false, true): return "无法判定：云服务器 \(guest) 是否满足制作整机镜像的条件未知。"
    case (.chinese, true, false): return "请求被拒绝。"
    case (.chinese, false, false): return "无法判定：请求能否继续未知。"
    }
  }

  /// The worst finding with its remedy, and the titles of the others.
  static func words(of finding: Finding, _ others: [Finding], _ language: Language) -> String {
    var text = sentence(finding.title, language) + sentence(finding.message, language)
    let steps = finding.remedy.map { remedy in
      remedy.commands.isEmpty ? remedy.text : "\(remedy.text) [\(remedy.commands.joined(separator: "; "))]"
    }
    if !steps.isEmpty {
      text += language == .chinese ? "处理方法：" : "What to do: "
      text += steps.map { sentence($0, language) }.joined()
    }
    if !others.isEmpty {
      let titles = others.prefix(5).map(\.title).joined(separator: language == .chinese ? "；" : "; ")
      let rest = others.count > 5 ? ", ..." : ""
      text += language == .chinese ? "此外：\(titles)\(rest)。" : "Also: \(titles)\(rest). "
    }
    return oneLine(text)
  }

  /// Where the whole decision is to be found.
  static func decision(_ id: String, _ language: Language) -> String {
    language == .chinese ? "判定编号 \(id)。" : "Decision \(id)."
  }

  /// Two pieces of a message; Chinese ones, and those that end in a blank, need none between them.
  static func join(_ first: String, _ second: String) -> String {
    first.utf8.last.map { $0 < 0x80 && $0 != UInt8(ascii: " ") } ?? false ? "\(first) \(second)" : first + second
  }

  private static func sentence(_ text: String, _ language: Language) -> String {
    guard let last = text.last else { return "" }
    if ".。!！?？".contains(last) { return language == .chinese ? text : text + " " }
    return text + (language == .chinese ? "。" : ". ")
  }

  private static func oneLine(_ text: String) -> String {
    let joined = text.split { $0 == "\n" || $0 == "\r" }.joined(separator: " ")
    guard joined.count > longest else { return joined }
    return joined.prefix(longest) + "... "
  }
}
