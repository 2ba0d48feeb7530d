// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Readiness

/// How facts are judged, and in which language the answer is.
struct JudgingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The language of the answer: en or zh-CN.", valueName: "lang"))
  var lang: Language?

  @Option(help: ArgumentHelp("How strict: vendor (what the cloud forbids) or strict.", valueName: "profile"))
  var profile: Profile = .vendor

  @Option(
    help: ArgumentHelp("What a group must lie on one of: physical-volumes or physical-disks.", valueName: "reading"))
  var reading: Reading = .physicalVolumes

  /// The language asked for, else the one of the environment (locale(7)).
  var language: Language { lang ?? Self.environmentLanguage(EnvironmentOptions.processEnvironment) }

  static func environmentLanguage(_ environment: [String: String]) -> Language {
    for variable in ["LC_ALL", "LC_MESSAGES", "LANG"] {
      if let locale = environment[variable], !locale.isEmpty { return Language(locale: locale) }
    }
    return .english
  }
}

extension Language: ExpressibleByArgument {}
extension Profile: ExpressibleByArgument {}
extension Reading: ExpressibleByArgument {}
