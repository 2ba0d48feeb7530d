// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What the simulated cloud answers.
struct CloudAnswer: Sendable, Equatable {
  /// The HTTP status.
  var status: Int
  /// Headers beside the content's.
  var headers: [CloudCall.Field] = []
  /// The type of the body; `nil` without a body.
  var contentType: String?
  /// The body.
  var body: [UInt8] = []

  /// An answer without a body.
  init(status: Int) { self.status = status }

  /// An answer whose body is a JSON value.
  init(status: Int = 200, _ json: JSON) {
    self.status = status
    contentType = "application/json"
    body = json.canonicalBytes
  }

  /// An answer whose body is any text.
  init(status: Int, contentType: String, text: String) {
    self.status = status
    self.contentType = contentType
    body = Array(text.utf8)
  }

  /// `{"job_id": ...}`, what every asynchronous call answers.
  static func job(_ id: String) -> CloudAnswer { CloudAnswer(.members(("job_id", .string(id)))) }
}

/// A refusal in the shape of the service that refuses.
struct CloudRefusal: Error, Sendable, Equatable {
  /// The answer.
  var answer: CloudAnswer

  private init(_ status: Int, _ json: JSON) { answer = CloudAnswer(status: status, json) }

  /// `{"error":{"code","message"}}`: IMS, ECS, EVS and CSBS.
  static func service(_ code: String, _ message: String, status: Int = 400) -> CloudRefusal {
    CloudRefusal(status, .members(("error", .members(("code", .string(code)), ("message", .string(message))))))
  }

  /// `{"error_code","error_msg","request_id"}`: the API gateway in front of every service.
  static func gateway(_ code: String, _ message: String, status: Int) -> CloudRefusal {
    CloudRefusal(
      status,
      .members(("error_code", .string(code)), ("error_msg", .string(message)), ("request_id", .string("0"))))
  }

  /// `{"error_code","error_msg"}`: CBR.
  static func backup(_ code: String, _ message: String, status: Int) -> CloudRefusal {
    CloudRefusal(status, .members(("error_code", .string(code)), ("error_msg", .string(message))))
  }

  /// `{"error":{"code":401,"message","title"}}`: IAM, as Keystone.
  static func identity(_ status: Int, _ title: String, _ message: String) -> CloudRefusal {
    CloudRefusal(
      status,
      .members(
        (
          "error",
          .members(("code", .integer(Int64(status))), ("message", .string(message)), ("title", .string(title)))
        )))
  }

  /// `{"<kind>":{"code":404,"message"}}`: ECS's calls that are Nova's.
  static func nova(_ status: Int, _ kind: String, _ message: String) -> CloudRefusal {
    CloudRefusal(
      status, .members((kind, .members(("code", .integer(Int64(status))), ("message", .string(message))))))
  }

  /// HTML, not JSON: IMS's calls that are Glance's.
  static func glance(_ status: Int, _ title: String, _ message: String) -> CloudRefusal {
    let page = """
      <html><head><title>\(status) \(title)</title></head><body><h1>\(status) \(title)</h1>\(message)<br /><br />
      </body></html>
      """
    return CloudRefusal(answer: CloudAnswer(status: status, contentType: "text/html; charset=UTF-8", text: page))
  }

  private init(answer: CloudAnswer) { self.answer = answer }

  /// Nothing is published at that path.
  static let noSuchAPI = gateway(
    "APIGW.0101", "The API does not exist or has not been published.", status: 404)
}
