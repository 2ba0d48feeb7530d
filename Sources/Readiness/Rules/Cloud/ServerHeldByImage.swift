// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `server-held-by-image`: a whole image of the server is being made, and what is asked for would disturb it.
  public static let serverHeldByImage = Rule(
    id: "server-held-by-image", scope: .request, hazard: .dataLoss, forms: [.startServer], reads: [],
    explanation: HeldServer.explanation, severity: Grading.blocker, evaluate: { [HeldServer.evaluate($0)] })
}

enum HeldServer {
  static func evaluate(_ input: RuleInput) -> RuleResult {
    let server = PlainText.from(input.request.serverID ?? "")
    guard let holder = input.request.heldBy else {
      return RuleResult(
        .pass, title: Statement(passed), message: Statement(passedMessage),
        evidence: [Evidence(fact: "request.held_by", value: .null, from: "this collector's decisions")])
    }
    return RuleResult(
      .fail, reason: .taskInProgress, subjects: [Subject(kind: "server", name: input.request.serverID ?? "")],
      title: Statement(explanation.title),
      message: failed.with(["server": .text(server), "decision": .text(holder)]),
      evidence: [Evidence(fact: "request.held_by", value: holder.json, from: "this collector's decisions")],
      remedy: [.init(Statement(explanation.fix))])
  }

  private static let passed = Wording("No whole image of the server in the making", "没有正在制作的整机镜像")
  private static let passedMessage = Wording(
    "No image that was ordered through this collector is being made of the server.",
    "没有通过本 collector 发起的、正在制作的该云服务器的整机镜像。")
  private static let failed = Wording(
    "A whole image of server {server} is being made (decision {decision}); until it is done the server must not be "
      + "started, stopped or rebooted, nor its system disk detached.",
    "正在制作云服务器 {server} 的整机镜像（决策 {decision}）；完成之前不能启动、关闭或重启该云服务器，也不能卸载其系统盘。")

  static let explanation = RuleExplanation(
    title: Wording("Whole image of the server in the making", "正在制作该云服务器的整机镜像"),
    meaning: Wording(
      "While its whole image is made, a server is not started, stopped or rebooted, nor its system disk detached.",
      "制作整机镜像期间，不能启动、关闭或重启云服务器，也不能卸载其系统盘。"),
    why: Wording(
      "Disks that change meanwhile make an image whose parts do not fit together.", "期间磁盘发生变化会导致镜像各部分不一致。"),
    fix: Wording(
      "Wait until the image's job has ended; an operator can end the hold of a job that never ends.",
      "请等待镜像任务结束；对于一直不结束的任务，可由运维人员解除限制。"),
    source: CloudSources.whileMade)
}
