// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `server-not-settled`: the server is neither running nor stopped, or another task runs on it (IMG.0126, IMG.0010).
  public static let serverNotSettled = CloudRule(
    id: "server-not-settled", hazard: .dataLoss, forms: [.server],
    reads: ["server", "server.status", "server.task_state"], explanation: UnsettledServer.explanation,
    evaluate: UnsettledServer.evaluate
  ).rule
}

enum UnsettledServer {
  @Sendable static func evaluate(_ cloud: CloudFacts, _ input: RuleInput) -> [RuleResult] {
    let title = explanation.title
    let name = input.request.serverID ?? cloud.server.value?.id ?? ""
    let subjects = [Subject(kind: "server", name: name)]
    if case .none = cloud.server {
      return [
        RuleResult(
          .fail, reason: .noSuchThing, subjects: subjects, title: Statement(noServer),
          message: noServerMessage.with(["server": .text(PlainText.from(name))]),
          evidence: [Evidence(fact: "server", value: .null, from: "compute service")],
          remedy: [.init(Statement(checkID))])
      ]
    }
    guard case .value(let server) = cloud.server, let status = server.status.value else {
      return [CloudWords.unknown(.server, name, fact: "server.status", cloud, title: title)]
    }
    let evidence = [
      Evidence(fact: "server.status", value: status.json, from: "compute service"),
      Evidence(fact: "server.task_state", value: server.taskState.value?.json ?? .null, from: "compute service"),
    ]
    let values: [String: StatementValue] = [
      "status": .text(PlainText.from(status)), "task": .text(PlainText.from(server.taskState.value ?? "")),
    ]
    if server.isRunning == nil {
      return [
        RuleResult(
          .fail, reason: .wrongState, subjects: subjects, title: wrongState.with(values),
          message: wrongStateMessage.with(values), evidence: evidence, remedy: [.init(Statement(explanation.fix))])
      ]
    }
    if server.taskState.value != nil {
      return [
        RuleResult(
          .fail, reason: .taskInProgress, subjects: subjects, title: busy.with(values),
          message: busyMessage.with(values), evidence: evidence, remedy: [.init(Statement(explanation.fix))])
      ]
    }
    guard server.taskState.isKnown else {
      return [CloudWords.unknown(.server, name, fact: "server.task_state", cloud, title: title)]
    }
    return [
      RuleResult(.pass, title: Statement(settled), message: settledMessage.with(values), evidence: evidence)
    ]
  }

  private static let noServer = Wording("No such server in this project", "该项目中没有此云服务器")
  private static let noServerMessage = Wording(
    "The cloud knows no server {server} in this project.", "云平台在该项目中没有找到云服务器 {server}。")
  private static let checkID = Wording("Check instance_id and the project of the token.", "请检查 instance_id 以及令牌所属的项目。")
  private static let wrongState = Wording("Server is {status}", "云服务器状态为 {status}")
  private static let wrongStateMessage = Wording(
    "The server's status is {status}; a whole image is made of a server that is ACTIVE or SHUTOFF only.",
    "云服务器的状态为 {status}；只有 ACTIVE（运行中）或 SHUTOFF（关机）的云服务器才能制作整机镜像。")
  private static let busy = Wording("Another task is in progress: {task}", "有其他任务正在执行：{task}")
  private static let busyMessage = Wording(
    "The server is {status} and the task {task} is at work on it.", "云服务器状态为 {status}，且任务 {task} 正在执行。")
  private static let settled = Wording("Server settled", "云服务器状态稳定")
  private static let settledMessage = Wording(
    "The server is {status} and no task is in progress.", "云服务器状态为 {status}，没有正在执行的任务。")

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
