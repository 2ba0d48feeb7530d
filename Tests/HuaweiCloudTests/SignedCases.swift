// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import HuaweiCloud
import Testing

/// A request that the cloud's official client signed (`Tests/Fixtures/signatures/make`).
struct SignedCase: Sendable, CustomTestStringConvertible {
  var access: String
  var secret: String
  /// As it goes over the wire, `Authorization` and all.
  var request: SignableRequest
  var body: [UInt8]
  /// The client gave the body's hash by itself.
  var hasOwnHash: Bool

  var testDescription: String { "\(request.method) \(request.path)?\(request.query)" }

  func header(_ name: String) -> String? { request.headers.first { $0.name.lowercased() == name }?.value }

  init(json: JSON) throws {
    func text(_ key: String) throws -> String { try #require(json[key]?.string) }
    access = try text("access")
    secret = try text("secret")
    body = Array(try text("body").utf8)
    hasOwnHash = json["own_hash"] == true
    let headers = try #require(json["headers"]?.array)
    request = SignableRequest(
      method: try text("method"), path: try text("path"), query: try text("query"),
      headers: try headers.map(Self.header))
  }

  private static func header(_ pair: JSON) throws -> SignableRequest.Header {
    let parts = (pair.array ?? []).compactMap(\.string)
    try #require(parts.count == 2)
    return .init(parts[0], parts[1])
  }

  /// The time at which it was signed.
  func time() throws -> UTCTime { try #require(header("x-sdk-date").flatMap { SigningTime.time($0) }) }

  /// The recorded requests.
  static func recorded() throws -> [SignedCase] {
    try read(
      URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/signatures/official.json"))
  }

  /// Freshly made requests, if `Tests/signatures` made some.
  static let fresh = ProcessInfo.processInfo.environment["WHOLEIMAGE_SIGNATURES"]

  static func read(_ file: URL) throws -> [SignedCase] {
    let json = try JSON(parsing: Array(Data(contentsOf: file)))
    return try #require(json.array).map { try SignedCase(json: $0) }
  }
}

extension SignatureVerifier {
  /// A verifier that knows one key.
  init(_ access: String, _ secret: String) { self.init { $0 == access ? secret : nil } }
}
