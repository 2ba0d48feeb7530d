// SPDX-License-Identifier: Apache-2.0

extension Rule {
  /// `server-not-settled`: the server is neither running nor stopped, or another task runs on it (IMG.0126, IMG.0010).
  public static let serverNotSettled = CloudRule(
    id: "server-not-settled", hazard: .dataLoss, explanation: UnsettledServer.explanation
  ).rule
}

enum UnsettledServer {
  static let explanation = RuleExplanation(
    title: Wording("Server not settled", "云服务器状态不稳定"),
    meaning: Wording(
      "The server must be running or stopped, with no other task in progress.",
      "云服务器必须处于运行中或关机状态，且没有其他任务正在执行。"),
    why: Wording(
      "While a server starts, stops, is rebuilt or backed up, its disks change under the image.",
      "云服务器在启动、停止、重装或备份过程中，其磁盘内容会在制作镜像时发生变化。"),
    fix: Wording(
      "Wait until the other task has ended, start or stop the server, and ask again.",
      "请等待其他任务结束，启动或停止云服务器后重试。"),
    source: Sources.serverStatus)
}
