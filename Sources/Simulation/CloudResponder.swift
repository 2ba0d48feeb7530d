// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import Hummingbird
internal import NIOCore

/// The HTTP side of the simulated image service: the whole-image action and both job queries.
struct CloudResponder: HTTPResponder {
  typealias Context = BasicRequestContext

  /// Largest body that the service takes with a signed request.
  static let bodyLimit = 12 << 20

  let cloud: SimulatedCloud

  func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
    let path = request.uri.path
    let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { String($0) }
    if request.method == .post, path == WholeImageRequest.path { return try await order(request) }
    if request.method == .get, segments.count == 4 {
      if segments.starts(with: ["v1", "cloudimages", "job"]) {
        return answer(to: cloud.job(segments[3], project: ""), \.showProgressAnswer)
      }
      if segments[0] == "v1", segments[2] == "jobs" {
        return answer(to: cloud.job(segments[3], project: segments[1]), \.showJobAnswer)
      }
    }
    // The gateway's own shape, since no service is behind such a path.
    return Self.response(
      .notFound,
      .members(
        ("error_code", "APIGW.0101"), ("error_msg", "The API does not exist or has not been published."),
        ("request_id", "0")))
  }

  private func order(_ request: Request) async throws -> Response {
    let body = try await request.body.collect(upTo: Self.bodyLimit)
    do {
      let job = try cloud.order(try WholeImageRequest(body: body.readableBytesView))
      return Self.response(.ok, .members(("job_id", job.json)))
    } catch let violations as RequestViolations {
      return Self.response(
        .badRequest, CloudError(code: violations.code.rawValue, message: violations.description).json())
    } catch {
      return Self.response(.internalServerError, CloudError(code: "IMG.0018", message: "\(error)").json())
    }
  }

  private func answer(to job: CloudJob?, _ form: KeyPath<CloudJob, JSON>) -> Response {
    guard let job else {
      let error = CloudError(code: CloudErrorCode.jobQueryFailed.rawValue, message: "The job does not exist.")
      return Self.response(.badRequest, error.json())
    }
    return Self.response(.ok, job[keyPath: form])
  }

  private static func response(_ status: HTTPResponse.Status, _ json: JSON) -> Response {
    let bytes = ByteBuffer(bytes: json.canonicalBytes)
    return Response(
      status: status, headers: [.contentType: "application/json", .contentLength: String(bytes.readableBytes)],
      body: ResponseBody(byteBuffer: bytes))
  }
}
