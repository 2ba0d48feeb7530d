// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOSSL

/// How the collector is connected to: certificates, proxy, time limits.
enum CollectorConnection {
  /// Where systems keep the authorities that they trust, in the order of looking.
  ///
  /// Debian and what is made of it, Fedora and Red Hat, SUSE, Alpine.
  static let authorities = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
    "/var/lib/ca-certificates/ca-bundle.pem", "/etc/ssl/cert.pem",
  ]

  /// The hosts whose addresses are needed: the proxy's if there is one, which looks up the collector itself.
  static func host(_ address: AgentConfiguration.CollectorAddress) -> String? {
    address.proxy?.host ?? ProxyAddress.host(of: address.url)
  }

  /// A client's configuration; certificates are read now, so that a client made anew has new ones.
  ///
  /// `hostAddress` is that of ``host(_:)``; `holdSeconds` is the longest time that an answer may be held back.
  static func configuration(
    _ address: AgentConfiguration.CollectorAddress, hostAddress: String, holdSeconds: Int
  ) throws(CollectorConnectionFailure) -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration()
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if let file = address.caFile {
      tls.trustRoots = .certificates(try certificates(file, "--ca-file"))
    } else if let file = authorities.first(where: { access($0, R_OK) == 0 }) {
      tls.trustRoots = .file(file)
    }
    if let file = address.certificateFile {
      tls.certificateChain = try certificates(file, "--certificate").map { .certificate($0) }
      let key = address.keyFile ?? file
      do {
        tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
      } catch {
        throw CollectorConnectionFailure(
          description: "cannot use \(key) as the key of the certificate: \(error). Check --certificate-key.")
      }
    }
    configuration.tlsConfiguration = tls
    if let proxy = address.proxy {
      let credentials = proxy.credentials.map { credentials in
        let parts = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return HTTPClient.Authorization.basic(username: parts[0], password: parts.count > 1 ? parts[1] : "")
      }
      configuration.proxy = .server(host: hostAddress, port: proxy.port, authorization: credentials)
    } else if let host = host(address) {
      configuration.dnsOverride = [host: hostAddress]
    }
    configuration.timeout = .init(connect: .seconds(10), read: .seconds(Int64(holdSeconds) + 30))
    configuration.redirectConfiguration = .disallow
    return configuration
  }

  private static func certificates(
    _ file: String, _ option: String
  ) throws(CollectorConnectionFailure) -> [NIOSSLCertificate] {
    do {
      return try NIOSSLCertificate.fromPEMFile(file)
    } catch {
      throw CollectorConnectionFailure(
        description: "cannot read certificates from \(file): \(error). Check \(option).")
    }
  }
}

/// Why the collector cannot be connected to as configured.
struct CollectorConnectionFailure: Error, CustomStringConvertible {
  var description: String
}
