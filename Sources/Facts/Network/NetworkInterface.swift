// SPDX-License-Identifier: Apache-2.0

/// What one file says of one interface.
public struct NetworkInterface: Sendable, Equatable, JSONConvertible {
  /// What an interface is made of.
  public enum Kind: String, Sendable, JSONConvertible {
    /// A network card.
    case ethernet
    /// A wireless card.
    case wireless
    /// Several interfaces that act as one: bond, team.
    case bond
    /// A bridge with at least one port, or of which the ports are not known.
    case bridge
    /// A VLAN on another interface.
    case vlan
    /// The loopback interface.
    case loopback
    /// One that never reaches the wire by itself: dummy, tunnel, bridge without ports, pair of virtual cables.
    case virtual
    /// Anything else.
    case other

    /// Reads the word; one that is not known is `other`.
    public init(json: JSON) throws(DocumentError) { self = Self(rawValue: try String(json: json)) ?? .other }
  }

  /// How an interface gets its addresses.
  public enum Method: String, Sendable, JSONConvertible {
    /// They are asked for: DHCP or router advertisements, whatever else is set beside.
    case dhcp
    /// They are set, and nothing is asked for.
    case `static`
    /// It gets none.
    case none
    /// Another way: PPP, shared, link-local.
    case other

    /// Reads the word; one that is not known is `other`.
    public init(json: JSON) throws(DocumentError) { self = Self(rawValue: try String(json: json)) ?? .other }
  }

  /// Its name, where the file gives one.
  public var name: String?
  /// The pattern by which the file finds it, where it gives one.
  public var match: String?
  /// What it is made of.
  public var kind: Kind
  /// How it gets its addresses.
  public var method: Method
  /// The addresses that are set, as written; those that mean "any" or are local to the link are left in.
  public var addresses: [String]
  /// By what the file has the interface tell itself apart when it asks for an address, in the words of its form (`mac`,
  /// `duid`, `stable`, ...); `nil` where the file does not say.
  public var clientIdentifier: String?
  /// Whether it is brought up when the server starts.
  public var automatic: Bool
  /// Whether what is in charge reads the file.
  public var effective: Bool
  /// Whether cloud-init wrote the file.
  public var generated: Bool
  /// The file.
  public var file: String
  /// The line on which its configuration begins, where the form has one.
  public var line: Int?
  /// The form of the file.
  public var stack: NetworkStack

  /// What a file says of an interface: nothing but its name and the kind that the name tells.
  public init(name: String?, match: String? = nil, file: String, line: Int? = nil, stack: NetworkStack) {
    self.name = name
    self.match = match
    self.file = file
    self.line = line
    self.stack = stack
    kind = name == "lo" || match == "lo" ? .loopback : .ethernet
    method = .none
    addresses = []
    automatic = true
    effective = true
    generated = false
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    name = try members.optional("name")
    match = try members.optional("match")
    kind = try members.required("kind")
    method = try members.required("method")
    addresses = try members.required("addresses")
    clientIdentifier = try members.optional("client_identifier")
    automatic = try members.required("automatic")
    effective = try members.required("effective")
    generated = try members.required("generated")
    file = try members.required("file")
    line = try members.optional("line")
    stack = try members.required("stack")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("addresses", addresses.json), ("automatic", automatic.json), ("client_identifier", clientIdentifier?.json),
      ("effective", effective.json), ("file", file.json), ("generated", generated.json), ("kind", kind.json),
      ("line", line?.json), ("match", match?.json),
      ("method", method.json), ("name", name?.json), ("stack", stack.json))
  }
}
