// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// How the simulated cloud behaves.
struct CloudSettings: Sendable, Equatable {
  /// Image jobs that fail: those whose image's name ends so.
  struct JobFailure: Sendable, Equatable, JSONConvertible {
    /// The end of the image's name; empty means every job.
    var nameSuffix: String
    /// The error's code.
    var code: String
    /// The error's message.
    var message: String

    init(nameSuffix: String, code: String, message: String) {
      self.nameSuffix = nameSuffix
      self.code = code
      self.message = message
    }

    init(json: JSON) throws(DocumentError) {
      let members = try json.asObject()
      try members.refuseMembers(except: "name_suffix", "code", "message")
      nameSuffix = try members.required("name_suffix")
      code = try members.required("code")
      message = try members.optional("message") ?? "The simulated job fails."
    }

    var json: JSON {
      .members(("name_suffix", nameSuffix.json), ("code", code.json), ("message", message.json))
    }
  }

  /// The project of servers and images that name none: 32 hexadecimal digits.
  static let defaultProject = "0123456789abcdef0123456789abcdef"

  /// How long an image job takes, in seconds.
  var jobSeconds = 3.0
  /// How long starting, stopping, attaching or detaching takes, in seconds.
  var serverActionSeconds = 2.0
  /// How long a token is good for that is asked for here, in seconds.
  var tokenSeconds = 86_400.0
  /// The project of new things where a request names none.
  var projectID = defaultProject
  /// The region that this cloud is.
  var region = "simulated-1"
  /// Whether servers without a vault are backed up by CSBS; otherwise an order must name a vault.
  var hasCSBS = true
  /// Most private images of a project.
  var imageQuota = 100
  /// Which image jobs fail; the first that fits counts.
  var jobFailures = [
    JobFailure(
      nameSuffix: "-fail", code: "IMG.0014",
      message: "The simulated job fails, since the image's name ends in -fail.")
  ]

  init() {}
}

extension CloudSettings: JSONConvertible {
  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    try members.refuseMembers(
      except: "job_seconds", "server_action_seconds", "token_seconds", "project_id", "region", "csbs", "image_quota",
      "job_failures")
    jobSeconds = try Self.seconds(members, "job_seconds") ?? jobSeconds
    serverActionSeconds = try Self.seconds(members, "server_action_seconds") ?? serverActionSeconds
    tokenSeconds = try Self.seconds(members, "token_seconds") ?? tokenSeconds
    projectID = try members.optional("project_id") ?? projectID
    region = try members.optional("region") ?? region
    hasCSBS = try members.optional("csbs") ?? hasCSBS
    imageQuota = try members.optional("image_quota") ?? imageQuota
    jobFailures = try members.optional("job_failures") ?? jobFailures
  }

  var json: JSON {
    .members(
      ("job_seconds", .number(jobSeconds)), ("server_action_seconds", .number(serverActionSeconds)),
      ("token_seconds", .number(tokenSeconds)), ("project_id", projectID.json), ("region", region.json),
      ("csbs", hasCSBS.json), ("image_quota", imageQuota.json), ("job_failures", jobFailures.json))
  }

  /// A time in seconds, up to a year.
  private static func seconds(_ members: JSONObject, _ key: String) throws(DocumentError) -> Double? {
    guard let value = try members.number(key) else { return nil }
    guard (0...31_536_000).contains(value) else {
      throw DocumentError(path: key, reason: "must be from 0 to 31536000 seconds")
    }
    return value
  }
}
