// SPDX-License-Identifier: Apache-2.0

/// A network adapter of a Windows guest.
public struct WindowsAdapter: Sendable, Equatable, JSONConvertible {
  /// Its name, as `Ethernet`; where only its description is known, that.
  public var name: String
  /// What drives it, as `Red Hat VirtIO Ethernet Adapter`; empty if that is not known.
  public var description = ""
  /// The number that `netsh` takes in the place of the name.
  public var index: Int?
  /// Whether it asks for its IPv4 address by DHCP.
  public var dhcp: Observed<Bool> = .unknown
  /// Its addresses of both families, those of the link too, without the length of their prefixes.
  public var addresses: [String] = []
  /// Where it sends what is not on its link.
  public var gateways: [String] = []

  /// An adapter of which only the name is known.
  public init(name: String) { self.name = name }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    name = try members.required("name")
    description = try members.optional("description") ?? ""
    index = try members.optional("index")
    dhcp = try members.observed("dhcp")
    addresses = try members.required("addresses")
    gateways = try members.required("gateways")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("addresses", addresses.json), ("description", description.isEmpty ? nil : description.json),
      ("dhcp", dhcp.jsonIfKnown), ("gateways", gateways.json), ("index", index?.json), ("name", name.json))
  }
}
