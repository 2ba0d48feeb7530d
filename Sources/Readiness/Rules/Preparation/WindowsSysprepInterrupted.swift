// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `windows-sysprep-interrupted`: setup or Sysprep began and did not come to its end.
  public static let windowsSysprepInterrupted = PreparationRule(
    id: "windows-sysprep-interrupted", hazard: .bootFailure, sections: [.windowsPreparation],
    reads: ["windows_preparation", "windows_preparation.image_state"],
    explanation: SysprepInterrupted.explanation, words: SysprepInterrupted.words, severity: { _ in .warning },
    blind: .warning, isHidden: SysprepInterrupted.part.isHidden, family: .windows,
    wasAsked: SysprepInterrupted.part.wasAsked, lookAgain: WindowsPreparedPart.lookAgain,
    failures: SysprepInterrupted.failures, missing: SysprepInterrupted.missing
  ).rule
}

enum SysprepInterrupted {
  static let part = WindowsPreparedPart(members: ["image_state", "generalization_state"]) { facts in
    facts.imageState.isKnown || facts.generalizationState.isKnown
  }

  /// What the states are once everything is done with: Windows Setup States; and what Cloudbase-Init waits for.
  private static let (complete, generalized) = ("IMAGE_STATE_COMPLETE", 7)

  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    guard let facts = input.facts.windowsPreparation else { return [] }
    if let state = facts.imageState.value, state != complete {
      let isSealed = state.contains("_RESEAL_TO_")
      return [
        result(
          title: isSealed ? sealedTitle : title, message: isSealed ? sealed : message, value: state.json,
          member: "image_state", text: state, remedy: isSealed ? finish : repair)
      ]
    }
    guard let state = facts.generalizationState.value, state != generalized else { return [] }
    return [
      result(
        title: halfTitle, message: half, value: state.json, member: "generalization_state", text: String(state),
        remedy: repair)
    ]
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    facts.windowsPreparation?.imageState.value == nil ? [WindowsPreparedPart.missing("image_state")] : []
  }

  private static func result(
    title: Wording, message: Wording, value: JSON, member: String, text: String, remedy: Wording
  ) -> RuleResult {
    let values: [String: StatementValue] = ["state": .text(text)]
    return RuleResult(
      .fail, subjects: [WindowsPreparedPart.subject], title: title.with(values), message: message.with(values),
      evidence: [
        Evidence(fact: "windows_preparation.\(member)", value: value, from: "capture: reg query")
      ],
      remedy: [.init(Statement(remedy), commands: remedy == repair ? look : [])])
  }

  private static let look = [
    #"reg query HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Setup\State /v ImageState"#,
    #"reg query HKLM\SYSTEM\Setup\Status\SysprepStatus"#,
    #"type %WINDIR%\System32\Sysprep\Panther\setuperr.log"#,
  ]

  static let title = Wording("Windows setup is not complete ({state})", "Windows 安装未完成（{state}）")
  static let message = Wording(
    "The state of this Windows is {state}: setup or Sysprep is at work, or has failed. A server made from the image goes "
      + "on from there, and stops with an error during its start.",
    "该 Windows 的状态为 {state}：安装程序或 Sysprep 正在运行，或已失败。用该镜像创建的云服务器会从该状态继续，并在启动过程中报错停止。")
  static let sealedTitle = Wording(
    "Windows is sealed for another first start ({state})", "Windows 已封装，等待再次首次启动（{state}）")
  static let sealed = Wording(
    "The state of this Windows is {state}: Sysprep ran, and setup goes on at the next start. A server made from the image "
      + "asks questions at its first start, or stays in audit mode, unless an answer file says otherwise; until then "
      + "it is not reached.",
    "该 Windows 的状态为 {state}：已执行 Sysprep，安装程序会在下次启动时继续。用该镜像创建的云服务器首次启动时会等待人工设置或停留在审核模式，"
      + "除非有应答文件；在此之前无法访问。")
  static let halfTitle = Wording(
    "Sysprep did not finish (GeneralizationState {state})", "Sysprep 未完成（GeneralizationState 为 {state}）")
  static let half = Wording(
    "Sysprep began to make this Windows general and did not come to its end (GeneralizationState is {state}, 7 is done). "
      + "Cloudbase-Init waits for that on a server made from the image, so that it gets no password and no user data.",
    "Sysprep 通用化已开始但未完成（GeneralizationState 为 {state}，完成时为 7）。用该镜像创建的云服务器上 Cloudbase-Init 会一直等待，"
      + "密码和用户数据都不会注入。")
  static let repair = Wording(
    "If setup or Sysprep is at work, wait for its end and capture again. Otherwise see how far it came and why it stopped, "
      + "in a command prompt as administrator, and put that right before you make an image.",
    "如果安装程序或 Sysprep 仍在运行，请等待其结束后重新采集。否则请以管理员身份在命令提示符中查看其进度和失败原因，修复后再制作镜像。")
  static let finish = Wording(
    "If this server is to go on as it is, finish its first start at the console. If it is to be an image for new servers, "
      + "put an answer file beside Sysprep (/generalize /oobe /unattend:Unattend.xml).",
    "如果该云服务器要继续使用，请在控制台完成首次启动设置。如果要作为新云服务器的镜像，请为 Sysprep 准备应答文件"
      + "（/generalize /oobe /unattend:Unattend.xml）。")

  static let words = RuleWords(
    passed: Wording("Windows setup is complete", "Windows 安装已完成"),
    passedMessage: Wording(
      "Setup is complete (IMAGE_STATE_COMPLETE), and Sysprep did not stop halfway.",
      "安装已完成（IMAGE_STATE_COMPLETE），Sysprep 没有中途停止。"),
    unknown: Wording("Cannot tell whether Windows setup is complete", "无法判断 Windows 安装是否完成"))

  static let explanation = RuleExplanation(
    title: Wording("Sysprep or setup interrupted", "Sysprep 或安装过程中断"),
    meaning: Wording(
      "Reads ImageState and GeneralizationState in a capture and fails where the first is not IMAGE_STATE_COMPLETE or the "
        + "second is there and not 7. A server that never ran Sysprep passes: a whole image need not be general. A "
        + "warning in every profile. On Linux it does not apply.",
      "读取采集内容中的 ImageState 和 GeneralizationState：前者不是 IMAGE_STATE_COMPLETE，或后者存在且不为 7 时不通过。"
        + "从未执行过 Sysprep 的云服务器视为通过：整机镜像不要求通用化。在任何配置下均为警告。不适用于 Linux。"),
    why: Wording(
      "A clone starts from the very state that its parent was in; one that is halfway through setup does not come up.",
      "克隆出的云服务器从原服务器的状态开始启动；安装进行到一半的系统无法正常启动。"),
    fix: Wording(
      "Let setup come to its end, or repair what made it fail; then make the image.",
      "等待安装过程结束，或修复导致失败的问题，然后再制作镜像。"),
    source: Sources.windowsSetupStates)
}
