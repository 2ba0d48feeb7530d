// SPDX-License-Identifier: Apache-2.0

import Facts
import HTTPTypes
import HuaweiCloud
import HummingbirdTesting
import Logging
import Testing

@testable import Collector

/// The description of the API and the calls that there are, held against each other in both directions.
@Suite struct DescriptionTests {
  /// One listener: what it says that it does, and what it does.
  struct Listener: Sendable, CustomTestStringConvertible {
    var name: String
    var document: APIDocument
    var table: @Sendable (Collector) -> RouteTable
    var testDescription: String { name }
  }

  static let listeners = [
    Listener(name: "--listen", document: .main, table: \.table),
    Listener(name: "--ecs-listen", document: .compute, table: \.computeTable),
  ]

  /// Opens a collector with both services, of which none is there.
  static func withServices(_ body: @Sendable (TestAPI) async throws -> Void) async throws {
    try await withCollector(
      configure: {
        $0.imageService = "http://127.0.0.1:9"
        $0.computeService = "http://127.0.0.1:9"
        $0.computeListen = ListenAddress(host: "127.0.0.1", port: 0)
      }, body)
  }

  static func name(_ method: HTTPRequest.Method, _ path: String) -> String { "\(method.rawValue) \(path)" }

  /// A path with a value in the place of each name.
  static func sample(_ path: String) -> String {
    let values = [
      "instance_id": Fixture.guest, "project_id": SimulatedScene.project, "server_id": Fixture.guest,
      "image_id": SimulatedScene.image(65), "volume_id": "128d5bfd-f215-487f-9a4b-54bb0e5c1d02",
      "job_id": FakeCloud.job, "rule": "raid-array-spans-disks", "id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    ]
    return values.reduce(path) { $0.replacing("{\($1.key)}", with: $1.value) }
  }

  @Test(arguments: listeners) func everyCallIsDescribed(_ listener: Listener) async throws {
    try await Self.withServices { api in
      let described = Set(listener.document.operations.map { Self.name($0.method, $0.path) })
      for route in listener.table(api.collector).routes {
        #expect(described.contains(Self.name(route.method, route.path)), "\(route.method) \(route.path)")
      }
    }
  }

  /// What is described and in no route is a call of the cloud that is recognised on its way.
  @Test(arguments: listeners) func everythingDescribedIsThere(_ listener: Listener) async throws {
    try await Self.withServices { api in
      let table = listener.table(api.collector)
      let routes = Set(table.routes.map { Self.name($0.method, $0.path) })
      for operation in listener.document.operations where !routes.contains(Self.name(operation.method, operation.path))
      {
        let path = Self.sample(operation.path)
        let gated = try GatedCall.recognise(method: operation.method.rawValue, path: try CallPath(path))
        #expect(gated != nil, "\(operation.path)")
        guard case .route(let route, _) = table.match(operation.method, path) else {
          Issue.record("nothing answers \(operation.method) \(path)")
          continue
        }
        #expect(route.path == "/")
      }
    }
  }

  /// Every kind of call that is decided on, by the path that the cloud's references give it.
  @Test(arguments: [
    GatedCall.createWholeImage, .exportImage(id: "i"), .copyImageInRegion(id: "i"), .shareImages, .shareImage(id: "i"),
    .actOnServers(project: "p"), .actOnServer(project: "p", server: "s"),
    .detachVolume(project: "p", server: "s", volume: "v"),
  ]) func everyGatedCallIsDescribed(_ call: GatedCall) {
    let paths: [String] =
      switch call {
      case .createWholeImage: [WholeImageRequest.path]
      case .exportImage: ["/v1/cloudimages/{image_id}/file", "/v2.1/cloudimages/{image_id}/file"]
      case .copyImageInRegion: ["/v1/cloudimages/{image_id}/copy", "/v2.1/cloudimages/{image_id}/copy"]
      case .shareImages: ["/v1/cloudimages/members"]
      case .shareImage: ["/v2/images/{image_id}/members"]
      case .actOnServers: ["/v1/{project_id}/cloudservers/action"]
      case .actOnServer: ["/v2.1/{project_id}/servers/{server_id}/action"]
      case .detachVolume:
        [
          "/v1/{project_id}/cloudservers/{server_id}/detachvolume/{volume_id}",
          "/v2.1/{project_id}/servers/{server_id}/os-volume_attachments/{volume_id}",
        ]
      }
    let described = Self.listeners.flatMap(\.document.operations).map(\.path)
    for path in paths { #expect(described.contains(path), "\(path)") }
  }

  @Test(arguments: listeners) func namesInPathsAreTheParameters(_ listener: Listener) {
    for operation in listener.document.operations {
      let names = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }
      let parameters = operation.parameters.filter { $0.place == .path }.map(\.name)
      #expect(names.map { String($0) } == parameters, "\(operation.path)")
      let all = operation.parameters.map { "\($0.place) \($0.name)" }
      #expect(Set(all).count == all.count, "\(operation.path) names a parameter twice")
    }
    let ids = listener.document.operations.map(\.id)
    #expect(Set(ids).count == ids.count)
  }

  @Test(arguments: listeners) func whoMayCallAndHowMuchIsToldAsItIs(_ listener: Listener) async throws {
    try await Self.withServices { api in
      for route in listener.table(api.collector).routes {
        let found = listener.document.operations.first { $0.method == route.method && $0.path == route.path }
        let operation = try #require(found)
        switch route.access {
        case .open: #expect(operation.roles == nil, "\(route.path)")
        case .roles(let roles): #expect(operation.roles.map { Set($0) } == roles, "\(route.path)")
        }
        if let body = operation.body { #expect(body.limit == route.bodyLimit, "\(route.path)") }
      }
    }
  }

  /// The query parameters that a call takes are those that are described.
  @Test func queryParametersAreTheDescribedOnes() async throws {
    try await withCollector { api in
      _ = try await api.report("ready")
      let prefixes = ["/v1/guests", "/ui/"]
      for operation in APIDocument.main.operations where prefixes.contains(where: operation.path.hasPrefix) {
        let path = Self.sample(operation.path)
        let bytes: [UInt8]? = operation.body == nil ? nil : Array("{}".utf8)
        let stranger = try await api.call(operation.method, path + "?stranger=1", bytes: bytes)
        #expect(stranger.status == 400 && stranger.text.contains("Unknown query parameter"), "\(operation.id)")
        for parameter in operation.parameters where parameter.place == .query {
          let answer = try await api.call(operation.method, "\(path)?\(parameter.name)=1", bytes: bytes)
          #expect(!answer.text.contains("Unknown query parameter"), "\(operation.id) \(parameter.name)")
        }
      }
    }
  }

  /// A reference names a schema that is there, and a schema is there for a reference.
  @Test(arguments: listeners) func referencesAndSchemasMatch(_ listener: Listener) throws {
    let json = listener.document.json
    let schemas = Set(json["components"]?["schemas"]?.object?.members.map(\.key) ?? [])
    let text = json.text
    let references = Set(
      text.split(separator: "\"#/components/schemas/").dropFirst().map { String($0.prefix { $0 != "\"" }) })
    #expect(schemas == references && !schemas.isEmpty)
    for (key, schemes) in [("security", json["components"]?["securitySchemes"]?.object?.members.map(\.key) ?? [])] {
      let named = json[key]?.array?.flatMap { $0.object?.members.map(\.key) ?? [] } ?? []
      #expect(Set(named) == Set(schemes))
    }
  }

  /// An answer that succeeds, and the refusals that any caller can get, are told everywhere.
  @Test(arguments: listeners) func answersArePlausible(_ listener: Listener) {
    for operation in listener.document.operations {
      let statuses = operation.allAnswers.map(\.status)
      #expect(Set(statuses).count == statuses.count, "\(operation.id)")
      #expect(statuses.contains { $0.hasPrefix("2") || $0 == "302" }, "\(operation.id)")
      #expect(statuses.contains("500"), "\(operation.id)")
      let expected = operation.roles == nil ? [] : ["400", "401", "403", "429", "503"]
      #expect(expected.allSatisfy(statuses.contains), "\(operation.id) \(statuses)")
      #expect((operation.body != nil) == statuses.contains("413"), "\(operation.id)")
      let isOfPath = operation.path.hasPrefix("/v1/guests/{") || operation.path.hasPrefix("/v1/decisions/{")
      if isOfPath { #expect(statuses.contains("404"), "\(operation.id)") }
    }
  }

  /// Every code that is answered is described, but for what no call answers: a path or a method that there is not.
  @Test func everyCodeIsDescribed() {
    let operations = Self.listeners.flatMap(\.document.operations)
    let text = operations.map(\.json.text).joined()
    for code in ErrorCode.allCases where code != .wrongMethod {
      #expect(text.contains("`\(code.rawValue)`"), "\(code)")
    }
    for code in CloudErrorCode.allCases { #expect(text.contains("`\(code.rawValue)`"), "\(code)") }
  }

  /// The document is there for everybody, at both listeners.
  @Test func itIsServedToEverybody() async throws {
    let folder = try ScratchFolder()
    let file = try folder.write(#"{"tokens": []}"#, to: "credentials.json")
    try await withCollector(configure: {
      $0.credentials = file
      $0.computeService = "http://127.0.0.1:9"
      $0.computeListen = ListenAddress(host: "127.0.0.1", port: 0)
    }) { api in
      let answer = try await api.get("/openapi.json")
      #expect(answer.status == 200 && answer.headers[.contentType] == "application/json")
      #expect(answer.json == APIDocument.main.json && answer.json["openapi"] == "3.1.0")
      #expect(try await api.call(.post, "/openapi.json").status == 405)
      let compute = try #require(try api.collector.computeApplication())
      try await compute.test(.router) { client in
        let answer = try await TestAPI(client: client, collector: api.collector, clock: api.clock).get("/openapi.json")
        #expect(answer.json == APIDocument.compute.json)
      }
    }
  }
}
