// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// A refusal that a call can be answered with.
struct APIError: Sendable {
  var status: Int
  var code: String
  var meaning: String

  init(_ code: ErrorCode) {
    (status, meaning) = code.described
    self.code = code.rawValue
  }

  /// A refusal in the cloud's code.
  init(_ status: Int, _ code: String, _ meaning: String) {
    self.status = status
    self.code = code
    self.meaning = meaning
  }

  /// Several of the collector's own refusals.
  static func own(_ codes: ErrorCode...) -> [APIError] { codes.map { APIError($0) } }

  /// What any call can be refused with that asks for an identity.
  static func common(hasBody: Bool) -> [APIError] {
    own(
      .malformed, .wrongValue, .projectNeeded, .noIdentity, .roleForbids, .foreignProject, .tokenWithoutProject,
      .storeUnavailable, .identityServiceUnreachable, .tooBusy, .fault)
      + (hasBody ? own(.bodyTooLarge) : [])
      + [
        APIError(401, "APIGW.0301", "a token of the cloud or a signature is not accepted"),
        APIError(429, "APIGW.0308", "there were too many requests; nothing was done"),
      ]
  }
}

extension APIError {
  /// The shape of every refusal, and of the cloud's own.
  static let schemas: [(String, JSON)] = [
    (
      "Error",
      APISchema.whole(
        "A refusal: the one shape that all of the cloud's clients read, with flat strings only.",
        [
          (
            "error",
            APISchema.object(
              "What was refused, and why.", required: ["code", "message"],
              [
                (
                  "code",
                  APISchema.text(
                    "The cloud's own code where it has one for the same refusal, else `WIR.` and four digits.",
                    pattern: "^[A-Za-z]+\\.[0-9A-Za-z]+$", example: "IMG.0126")
                ),
                ("message", APISchema.text("What was being done, to what, why it was refused, what to do.")),
                ("decision_id", APISchema.text("The decision that refuses.", pattern: "^[0-9a-f]{32}$")),
                ("rule", APISchema.text("The rule that refuses.", example: "disk-on-dedicated-storage")),
                (
                  "retry",
                  APISchema.word(
                    "Whether asking again can help: `never`, once what the message names is done, or after a while.",
                    ["never", "after_remedy", "later"])
                ),
              ])
          )
        ])
    ),
    (
      "CloudError",
      .members(
        (
          "description",
          "A refusal of the cloud's own, handed on as it is: the image service's shape, or the API gateway's."
        ),
        (
          "anyOf",
          [
            APISchema.named("Error"),
            APISchema.object(
              "The gateway's.", required: ["error_code", "error_msg"],
              [
                ("error_code", APISchema.text("As `APIGW.0301`.")), ("error_msg", APISchema.text("In words.")),
                ("request_id", APISchema.text("The gateway's own name of the request.")),
              ]),
            APISchema.object("Another service's.", []),
          ]
        ))
    ),
  ]
}
