// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import Facts
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Sends single reports to the collector.
final class CollectorClient: Sendable {
  /// An answer larger than this is none of ours.
  static let answerLimit = 64 << 10

  /// What the collector answered.
  struct Answer: Sendable {
    var status: Int
    var retryAfter: Double?
    /// The number of the newest boot that the collector knows of, if it says so.
    var bootNumber: Int64?
    var body: JSON?
  }

  /// Why there was no answer.
  struct Failure: Error {
    var reason: String
  }

  private let address: AgentConfiguration.CollectorAddress
  private let sequence: ReportSequence
  /// What signs the reports; `nil` if they are not signed.
  private let guest: EnrolledGuest?
  private let client: HTTPClient

  /// A client; reads the certificates that it is configured with.
  init(
    _ address: AgentConfiguration.CollectorAddress, hostAddress: String, guest: EnrolledGuest?,
    sequence: ReportSequence, holdSeconds: Int
  ) throws(CollectorConnectionFailure) {
    self.address = address
    self.sequence = sequence
    self.guest = guest
    client = HTTPClient(
      eventLoopGroupProvider: .singleton,
      configuration: try CollectorConnection.configuration(
        address, hostAddress: hostAddress, holdSeconds: holdSeconds))
  }

  /// Ends its connections; to be called once.
  func shutdown() async { try? await client.shutdown() }

  /// Sends the whole facts, or a heartbeat if the collector has acknowledged just these; a heartbeat may be held open.
  ///
  /// A server with a key of its own enrols first, if it is not enrolled.
  func send(
    _ snapshot: Snapshot, acknowledged: String?, holding: Int? = nil, timeLimit: TimeAmount? = nil
  ) async -> Result<Answer, Failure> {
    if let guest, let outcome = await enrol(guest, snapshot, timeLimit) { return outcome }
    let isHeartbeat = acknowledged == snapshot.factsDigest
    let message = Message(
      call: isHeartbeat ? "heartbeat" : "facts", query: isHeartbeat ? holding.map { "wait=\($0)" } : nil,
      method: isHeartbeat ? .POST : .PUT,
      body: isHeartbeat
        ? JSON.members(("facts_digest", snapshot.factsDigest.json)).canonicalBytes : snapshot.facts)
    let limit = timeLimit ?? .seconds(60 + Int64(holding ?? 0))
    let outcome = await execute(message, snapshot, limit)
    guard let guest, case .success(let answer) = outcome else { return outcome }
    do throws(StateFailure) {
      guard try await guest.heard(answer) else { return outcome }
      // The number of this boot is right now.
      return await execute(message, snapshot, limit)
    } catch {
      return .failure(Failure(reason: error.description))
    }
  }

  /// Has the key enrolled if it is not; `nil` once it is, else what came of it.
  private func enrol(
    _ guest: EnrolledGuest, _ snapshot: Snapshot, _ limit: TimeAmount?
  ) async -> Result<Answer, Failure>? {
    do throws(StateFailure) {
      guard case .mustEnrol(let body) = try await guest.prepare(on: snapshot.server) else { return nil }
      let message = Message(
        call: "enrolment", query: nil, method: .POST, body: body, tokenFile: address.enrolmentTokenFile)
      let outcome = await execute(message, snapshot, limit ?? .seconds(60))
      guard case .success(let answer) = outcome else { return outcome }
      guard answer.status == 200 else {
        _ = try await guest.heard(answer)
        return outcome
      }
      try await guest.wasEnrolled()
      return nil
    } catch {
      return .failure(Failure(reason: error.description))
    }
  }

  /// What is sent.
  private struct Message {
    var call: String
    var query: String?
    var method: HTTPMethod
    var body: [UInt8]
    /// The file with the token, which may be gone; `nil` for that of the configuration.
    var tokenFile: String?
  }

  private func execute(
    _ message: Message, _ snapshot: Snapshot, _ limit: TimeAmount
  ) async -> Result<Answer, Failure> {
    guard let id = snapshot.instanceID else {
      return .failure(Failure(reason: "no source names this server's id; set --instance-id"))
    }
    var base = address.url
    while base.hasSuffix("/") { base.removeLast() }
    let url = "\(base)/v1/guests/\(id)/\(message.call)"
    var request = HTTPClientRequest(url: url + (message.query.map { "?\($0)" } ?? ""))
    request.method = message.method
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "User-Agent", value: "wholeimage-agent/\(Release.version)")
    request.body = .bytes(ByteBuffer(bytes: message.body))
    do {
      let (number, age) = (sequence.next(), max(0, BootClock.milliseconds - snapshot.inspectedAt))
      if let guest {
        let headers = try await guest.headers(
          method: message.method.rawValue, path: Self.path(of: url), query: message.query ?? "", body: message.body,
          sequence: number, inspectedAgo: age)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
      } else {
        request.headers.add(name: "Wholeimage-Report-Sequence", value: String(number))
        if let boot = snapshot.bootID { request.headers.add(name: "Wholeimage-Boot-Id", value: boot) }
        request.headers.add(name: "Wholeimage-Inspected-Ago-Ms", value: String(age))
      }
      // The enrolment token is used once, and its file may be gone afterwards.
      let file = message.tokenFile.flatMap { TokenFile.isThere($0) ? $0 : nil } ?? address.tokenFile
      if let file { request.headers.add(name: "Authorization", value: "Bearer \(try TokenFile.read(file))") }
      let response = try await client.execute(request, timeout: limit)
      let answer = try await response.body.collect(upTo: Self.answerLimit)
      return .success(
        Answer(
          status: Int(response.status.code),
          retryAfter: response.headers.first(name: "Retry-After").flatMap(Double.init),
          bootNumber: response.headers.first(name: "Wholeimage-Boot-Number").flatMap { Int64($0) },
          body: try? JSON(parsing: Array(answer.readableBytesView))))
    } catch let error as TokenFileFailure {
      return .failure(Failure(reason: error.description))
    } catch let error as StateFailure {
      return .failure(Failure(reason: error.description))
    } catch let error as NIOConnectionError {
      // What the system said of the last address that was tried; the whole of it is a page.
      return .failure(
        Failure(reason: error.connectionErrors.last.map { "\($0.error)" } ?? "\(error.host) has no address"))
    } catch {
      return .failure(Failure(reason: "\(error)"))
    }
  }

  /// The path of a URL, as it is signed.
  static func path(of url: String) -> String {
    let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    return parts.count == 4 ? "/\(parts[3])" : "/"
  }
}

extension EnrolledGuest {
  /// Takes in what the collector answered; true if the same is worth sending again at once.
  fileprivate func heard(_ answer: CollectorClient.Answer) throws(StateFailure) -> Bool {
    if (200..<300).contains(answer.status) {
      wasTaken()
      return false
    }
    return try wasRefused(code: answer.body?["error"]?["code"]?.string, bootNumber: answer.bootNumber)
  }
}
