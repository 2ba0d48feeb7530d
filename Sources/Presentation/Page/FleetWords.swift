// SPDX-License-Identifier: Apache-2.0

internal import Readiness

/// The words of the collector's list of guests and of its rules.
enum FleetWords {
  static let title = Wording("Guests", "云服务器")
  static let rules = Wording("Rules", "规则")
  static let guest = Wording("Guest", "云服务器")
  static let verdict = Wording("Verdict", "结论")
  static let age = Wording("Facts are from", "检查时间")
  static let family = Wording("System", "操作系统")
  static let project = Wording("Project", "项目")
  static let all = Wording("all", "全部")
  static let filter = Wording("Show", "筛选")
  static let next = Wording("Next page", "下一页")
  static let none = Wording("No guest.", "没有云服务器。")
  static let unknown = Wording("unknown", "未知")

  static let meaning = Wording("Meaning", "含义")
  static let why = Wording("Why", "原因")
  static let fix = Wording("How to fix", "处理方法")
  static let source = Wording("Source", "依据")

  /// A verdict in a word.
  static func verdict(_ verdict: Verdict) -> Wording {
    switch verdict {
    case .ready: Wording("ready", "就绪")
    case .notReady: Wording("not ready", "未就绪")
    case .undetermined: Wording("cannot tell", "无法判断")
    }
  }

  /// How long ago, in one unit.
  static func age(_ seconds: Int64?) -> Statement {
    guard let seconds else { return Statement(unknown) }
    let (count, wording): (Int64, Wording) =
      switch seconds {
      case ..<120: (seconds, Wording("{count} s ago", "{count} 秒前"))
      case ..<7200: (seconds / 60, Wording("{count} min ago", "{count} 分钟前"))
      case ..<172_800: (seconds / 3600, Wording("{count} h ago", "{count} 小时前"))
      default: (seconds / 86_400, Wording("{count} days ago", "{count} 天前"))
      }
    return wording.with(["count": .text(String(count))])
  }

  /// A family of operating systems.
  static func family(_ family: String?) -> Statement {
    switch family {
    case "linux": Statement(Wording("Linux", "Linux"))
    case "windows": Statement(Wording("Windows", "Windows"))
    default: Statement(unknown)
    }
  }
}
