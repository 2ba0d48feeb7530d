// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A collector that is killed and started again on the same database, before a simulated cloud that lives on and knows
/// what it was sent.
final class KilledCollector {
  static let server = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"
  private static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  let folder: String
  let database: String
  private let cloud: Service
  let cloudURL: String
  private(set) var collector: Service?
  private(set) var url = ""

  /// Starts both; the cloud holds that many backups of a server that reported before they were made.
  init(backups: Int) async throws {
    folder = NSTemporaryDirectory() + "wholeimage-killed-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    database = "sqlite:\(folder)/collector.db"
    try Self.writeState(to: "\(folder)/state.json", backups: backups)
    cloud = try Service(
      "wholeimage-simulator", ["cloud", "--listen", "127.0.0.1:0", "--state", "\(folder)/state.json"])
    cloudURL = "http://" + (try cloud.said("the cloud is at http://"))
    try start()
    for ago in [120, 0] { _ = try await caller.report(Self.server, ago: ago) }
  }

  /// The example's state: what it tells of happened a minute ago, and one of its backups is there many times.
  private static func writeState(to file: String, backups: Int) throws {
    let example = try String(
      contentsOf: root.appending(path: "packaging/simulator/example-state.json"), encoding: .utf8)
    let moment = Date(timeIntervalSinceNow: -60).ISO8601Format().dropLast()
    let text = example.replacing("2026-01-10T08:00:00", with: moment)
    var state = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    let all = state["backups"] as? [[String: Any]] ?? []
    let good = try #require(all.first { $0["id"] as? String == "9b27efab-4a17-4c06-bfa2-3e0cf021d310" })
    state["backups"] = all + (0..<backups).map { number in good.merging(["id": backup(number)]) { $1 } }
    var settings = state["settings"] as? [String: Any] ?? [:]
    settings["job_seconds"] = 1
    settings["image_quota"] = 10_000
    state["settings"] = settings
    try JSONSerialization.data(withJSONObject: state).write(to: URL(filePath: file))
  }

  /// The id of one of the many backups.
  static func backup(_ number: Int) -> String {
    "9b27efab-4a17-4c06-bfa2-" + String(repeating: "0", count: 12 - String(number).count) + String(number)
  }

  func start() throws {
    let services = ["ims", "ecs", "evs", "cbr", "csbs"].flatMap { ["--\($0)-url", cloudURL] }
    let service = try Service(
      "wholeimage-collector", ["serve", "--listen", "127.0.0.1:0", "--database", database] + services)
    url = "http://" + (try service.said("serving http://"))
    collector = service
  }

  func kill() {
    collector?.kill()
    collector = nil
  }

  func stop() {
    collector?.stop()
    cloud.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Calls the collector where it listens now.
  var caller: CollectorCaller { CollectorCaller(url: url) }

  // MARK: - What the operator sees

  /// The decision that the operator's list shows for a state, newest first.
  func decisions(in state: String) throws -> [String] {
    let list = try Program.run(
      "wholeimage-collector", ["decisions", "list", "--state", state, "--database", database])
    #expect(list.status == 0, "\(list.errors)")
    return list.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
  }

  func resolveAsNotMade(_ decision: String) throws {
    let outcome = try Program.run(
      "wholeimage-collector", ["decisions", "resolve", decision, "--not-made", "--database", database])
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  // MARK: - What the cloud knows

  func setFaults(_ faults: [[String: Any]]) async throws {
    let body = try JSONSerialization.data(withJSONObject: ["faults": faults])
    let answer = try await WebClient.send("PUT", "\(cloudURL)/_simulator/faults", body: body)
    #expect(answer.status < 300)
  }

  /// How often the cloud was asked for something.
  func count(_ route: String) async throws -> Int {
    let query = route.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    return try await WebClient.send("GET", "\(cloudURL)/_simulator/requests?route=\(query)").json["count"] as? Int ?? 0
  }

  /// Asks until the cloud was asked for something so often.
  func wait(for count: Int, _ route: String) async throws {
    let deadline = Date(timeIntervalSinceNow: 60)
    while try await self.count(route) < count {
      guard Date() < deadline else { throw CocoaError(.executableLoad, userInfo: ["never asked": route]) }
    }
  }

  /// The jobs that an order led to, or any other from the same source.
  func jobs(_ order: ImageOrder) async throws -> [String] {
    let state = try await WebClient.send("GET", "\(cloudURL)/_simulator/state").json
    let jobs = state["jobs"] as? [[String: Any]] ?? []
    return jobs.filter { $0["source"] as? String == order.source }.compactMap { $0["id"] as? String }
  }
}
