// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import Hummingbird
internal import Logging
internal import NIOCore

/// The orders of whole images and the queries of their jobs, as the cloud's clients make them.
struct OrderRoutes: Sendable {
  /// Largest request: the cloud's own limit.
  static let requestLimit = 12 << 20
  /// Longest `Idempotency-Key`, in bytes.
  static let keyLimit = 255

  let orders: WholeImageOrders
  let questions: Questions
  let store: Store
  let clock: CollectorClock
  let service: CloudService?
  let log: Logger

  var routes: [Route] {
    [
      Route(.post, WholeImageRequest.path, .roles([.orchestrator]), .decision, bodyLimit: Self.requestLimit) {
        try await create($0)
      },
      Route(.get, "/v1/{project_id}/jobs/{job_id}", .roles([.orchestrator])) { try await projectJob($0) },
      Route(.get, "/v1/cloudimages/job/{job_id}", .roles([.orchestrator])) { call in
        try await job(call, path: "/v1/cloudimages/job/")
      },
    ]
  }

  private func create(_ call: Call) async throws -> Response {
    let caller = try call.identified()
    let project = try call.project()
    let name = try Self.idempotencyKey(of: call)
    let body = try await call.body(upTo: Self.requestLimit)
    let request: WholeImageRequest
    do throws(RequestViolations) {
      request = try WholeImageRequest(body: body.readableBytesView)
    } catch {
      throw CallError(error)
    }
    let order = WholeImageOrders.Order(
      question: try questions.question(.createWholeImage, questions.wholeImage(request), request.json, project, call),
      body: body, headers: call.cloudHeaders(contentType: true), identity: caller.cloud.within(project),
      idempotencyKey: name)
    switch try await orders.answer(order) {
    case .job(let id): return .json(.members(("job_id", id.json)))
    case .refusedByCloud(let answer, _): return answer.response
    }
  }

  private static func idempotencyKey(of call: Call) throws(CallError) -> String? {
    guard let key = call.request.headers[.idempotencyKey], !key.isEmpty else { return nil }
    guard key.utf8.count <= keyLimit, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw CallError(
        .badRequest, .wrongValue, "Idempotency-Key must have 1 to \(keyLimit) printable ASCII characters.",
        chinese: "Idempotency-Key 必须是 1 到 \(keyLimit) 个可打印的 ASCII 字符。")
    }
    return key
  }

  private func projectJob(_ call: Call) async throws -> Response {
    let caller = try call.identified()
    let project = call.parameter("project_id")
    guard CloudIdentifiers.isPathIdentifier(project) else {
      throw CallError(.notFound, .noSuchPath, "There is nothing at this path.", chinese: "此路径下没有内容。")
    }
    if !caller.isImplicit { _ = try caller.project(named: project) }
    return try await job(call, path: "/v1/\(project)/jobs/")
  }

  /// Asks the cloud about a job and hands its answer on, whoever ordered the job.
  private func job(_ call: Call, path: String) async throws -> Response {
    let id = call.parameter("job_id")
    guard CloudIdentifiers.isPathIdentifier(id) else {
      throw CallError(
        .badRequest, code: CloudErrorCode.jobQueryFailed.rawValue, "This is no job id.", chinese: "这不是任务 ID。")
    }
    guard let service else {
      throw CallError.unavailable(
        .noImageService, "No image service is configured (--ims-url).", chinese: "未配置镜像服务（--ims-url）。", retryAfter: 60)
    }
    let identity = try call.identified().cloud
    switch await service.query(path + id, headers: call.cloudHeaders(contentType: false), as: identity) {
    case .notSent(let reason), .uncertain(let reason):
      throw CallError.unavailable(
        .imageServiceUnreachable, "The image service does not answer: \(reason).", chinese: "镜像服务没有应答：\(reason)。",
        retryAfter: 10)
    case .answered(let answer):
      if answer.status == 200, let status = JobStatus(answer: answer.body.readableBytesView) {
        do {
          try await store.note(status, of: id, at: clock.now())
        } catch {
          log.error("a job's status could not be recorded", metadata: ["job": "\(id)", "error": "\(error)"])
        }
      }
      return answer.response
    }
  }
}
