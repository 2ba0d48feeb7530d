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
    var body: JSON?
  }

  /// Why there was no answer.
  struct Failure: Error {
    var reason: String
  }

  private let address: AgentConfiguration.CollectorAddress
  private let sequence: ReportSequence
  private let client: HTTPClient

  /// A client; reads the certificates that it is configured with.
  init(
    _ address: AgentConfiguration.CollectorAddress, hostAddress: String, sequence: ReportSequence, holdSeconds: Int
  ) throws(CollectorConnectionFailure) {
    self.address = address
    self.sequence = sequence
    client = HTTPClient(
      eventLoopGroupProvider: .singleton,
      configuration: try CollectorConnection.configuration(
        address, hostAddress: hostAddress, holdSeconds: holdSeconds))
  }

  /// Ends its connections; to be called once.
  func shutdown() async { try? await client.shutdown() }

  /// Sends the whole facts, or a heartbeat if the collector has acknowledged just these; a heartbeat may be held open.
  func send(
    _ snapshot: Snapshot, acknowledged: String?, holding: Int? = nil, timeLimit: TimeAmount? = nil
  ) async -> Result<Answer, Failure> {
    guard let id = snapshot.instanceID else {
      return .failure(Failure(reason: "no source names this server's id; set --instance-id"))
    }
    var base = address.url
    while base.hasSuffix("/") { base.removeLast() }
    let isHeartbeat = acknowledged == snapshot.factsDigest
    let call = isHeartbeat ? "heartbeat" + (holding.map { "?wait=\($0)" } ?? "") : "facts"
    var request = HTTPClientRequest(url: "\(base)/v1/guests/\(id)/\(call)")
    request.method = isHeartbeat ? .POST : .PUT
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "User-Agent", value: "wholeimage-agent/\(Release.version)")
    request.headers.add(name: "Wholeimage-Report-Sequence", value: String(sequence.next()))
    if let boot = snapshot.bootID { request.headers.add(name: "Wholeimage-Boot-Id", value: boot) }
    request.headers.add(
      name: "Wholeimage-Inspected-Ago-Ms", value: String(max(0, BootClock.milliseconds - snapshot.inspectedAt)))
    do {
      if let file = address.tokenFile {
        request.headers.add(name: "Authorization", value: "Bearer \(try TokenFile.read(file))")
      }
      let body =
        isHeartbeat
        ? JSON.members(("facts_digest", snapshot.factsDigest.json)).canonicalBytes : snapshot.facts
      request.body = .bytes(ByteBuffer(bytes: body))
      let response = try await client.execute(request, timeout: timeLimit ?? .seconds(60 + Int64(holding ?? 0)))
      let answer = try await response.body.collect(upTo: Self.answerLimit)
      return .success(
        Answer(
          status: Int(response.status.code),
          retryAfter: response.headers.first(name: "Retry-After").flatMap(Double.init),
          body: try? JSON(parsing: Array(answer.readableBytesView))))
    } catch let error as TokenFileFailure {
      return .failure(Failure(reason: error.description))
    } catch let error as NIOConnectionError {
      // What the system said of the last address that was tried; the whole of it is a page.
      return .failure(
        Failure(reason: error.connectionErrors.last.map { "\($0.error)" } ?? "\(error.host) has no address"))
    } catch {
      return .failure(Failure(reason: "\(error)"))
    }
  }
}
