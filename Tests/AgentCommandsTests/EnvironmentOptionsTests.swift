// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Readiness
import Testing

@testable import AgentCommands

@Suite struct EnvironmentOptionsTests {
  @Test func variablesBecomeOptions() {
    let merged = EnvironmentOptions.merge(
      ["check"], environment: ["WHOLEIMAGE_OUTPUT": "json", "WHOLEIMAGE_INSTANCE_ID": "a-b", "PATH": "/bin"])
    #expect(merged.first == "check" && Set(merged.dropFirst()) == ["--output=json", "--instance-id=a-b"])
  }

  @Test(arguments: [["check", "--output", "text"], ["check", "--output=text"]])
  func theCommandLineOutranks(arguments: [String]) {
    #expect(EnvironmentOptions.merge(arguments, environment: ["WHOLEIMAGE_OUTPUT": "json"]) == arguments)
  }

  @Test func oneSourceKeepsTheOthersOut() {
    let arguments = ["check", "--disk-image", "a.img"]
    #expect(EnvironmentOptions.merge(arguments, environment: ["WHOLEIMAGE_ROOT": "/x"]) == arguments)
  }

  @Test func emptyVariablesAndOtherCommandsAreLeftAlone() {
    #expect(EnvironmentOptions.merge(["check"], environment: ["WHOLEIMAGE_OUTPUT": ""]) == ["check"])
    #expect(
      EnvironmentOptions.merge(["explain", "x"], environment: ["WHOLEIMAGE_OUTPUT": "json"]) == ["explain", "x"])
    #expect(EnvironmentOptions.merge([], environment: ["WHOLEIMAGE_OUTPUT": "json"]) == [])
  }

  /// Every option of every command must have its variable: a unit has no other way to set it.
  @Test(arguments: ["check", "inspect", "record", "run", "status", "explain"]) func everyOptionHasItsVariable(
    command: String
  ) {
    let help = AgentCommand.helpMessage(
      for: AgentCommand.configuration.subcommands.first { $0.configuration.commandName == command }
        ?? AgentCommand.self,
      columns: 200)
    let options = help.split(separator: "\n").compactMap { line -> String? in
      let words = line.split(separator: " ")
      guard let first = words.first, first.hasPrefix("--") else { return nil }
      return String(first.dropFirst(2))
    }
    #expect(!options.isEmpty)
    for option in options where !["help", "version"].contains(option) {
      let merged = EnvironmentOptions.merge([command], environment: [EnvironmentOptions.variable(for: option): "x"])
      let expected = option == "metadata-service" ? "--\(option)" : "--\(option)=x"
      #expect(merged == [command, expected], "--\(option) of \(command)")
    }
  }

  @Test(arguments: [("1", true), ("yes", true), ("true", true), ("0", false), ("no", false), ("False", false)])
  func switches(value: String, isOn: Bool) {
    let merged = EnvironmentOptions.merge(["run"], environment: ["WHOLEIMAGE_METADATA_SERVICE": value])
    #expect(merged == (isOn ? ["run", "--metadata-service"] : ["run"]))
  }

  @Test(arguments: [
    ["--collector", "https://c", "--token-file", "a", "--enrolment-token-file", "b"], ["--enrolment-token-file", "b"],
    ["--metadata-service", "--instance-id", "a"],
  ])
  func whatExcludesEachOther(arguments: [String]) {
    #expect(throws: (any Error).self) { try AgentCommand.parseAsRoot(["run"] + arguments) }
  }

  @Test(arguments: [
    ("https://user:secret@c", false), ("https://user@c:8470/", false), ("https://c/a@b", true),
    ("https://c?a=b@c", true),
    ("https://[::1]:8470", true), ("c", false),
  ])
  func collectors(url: String, isTaken: Bool) {
    let failure: String
    do {
      _ = try AgentCommand.parseAsRoot(["run", "--collector", url])
      failure = ""
    } catch {
      failure = AgentCommand.message(for: error)
    }
    #expect(failure.isEmpty == isTaken && !failure.contains("secret"))
  }

  @Test func theStateDirectoryIsSystemds() {
    #expect(RunCommand.stateDirectory(["STATE_DIRECTORY": "/a:/b"]) == "/a")
    #expect(RunCommand.stateDirectory([:]) == "/var/lib/wholeimage-agent")
  }
}

@Suite struct CommandLineTests {
  @Test(arguments: ["a", "877a2cda-ba63-4e1e-b95f-e67e48b6129a", "i_1.2"]) func idsThatAreTaken(id: String) {
    #expect(InstanceID.isValid(id))
  }

  @Test(arguments: ["", ".hidden", "a/b", "a b", "a\n", "é", String(repeating: "x", count: 65)])
  func idsThatAreRefused(id: String) { #expect(!InstanceID.isValid(id)) }

  @Test func theLanguageIsTheEnvironments() {
    #expect(JudgingOptions.environmentLanguage(["LANG": "zh_CN.UTF-8"]) == .chinese)
    #expect(JudgingOptions.environmentLanguage(["LC_ALL": "C", "LANG": "zh_CN.UTF-8"]) == .english)
    #expect(JudgingOptions.environmentLanguage([:]) == .english)
  }
}
