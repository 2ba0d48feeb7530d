// SPDX-License-Identifier: Apache-2.0

/// How a Windows guest is prepared for being cloned, by answers that a capture may hold besides those of diskpart.
///
/// Each answer is optional: what was not asked is unknown without a gap.
public struct WindowsPreparation: Sendable, Equatable {
  /// A service of which it matters whether it is there; the raw value is its name, as Windows has it.
  public enum Service: String, Sendable, CaseIterable {
    /// The driver of virtio block devices.
    case viostor
    /// The driver of virtio SCSI controllers.
    case vioscsi
    /// The driver of virtio network adapters.
    case netkvm
    /// Cloudbase-Init, which gives a new server its password and host name.
    case cloudbaseInit = "cloudbase-init"
    /// The cloud's plug-in for resetting the password.
    case passwordReset = "cloudResetPwdAgent"
    /// What keeps that plug-in up to date; servers of recent years do without.
    case passwordResetUpdate = "cloudResetPwdUpdateAgent"

    /// The name in the document: `cloudbase_init`.
    public var member: String {
      switch self {
      case .viostor, .vioscsi, .netkvm: rawValue
      case .cloudbaseInit: "cloudbase_init"
      case .passwordReset: "password_reset"
      case .passwordResetUpdate: "password_reset_update"
      }
    }

    /// The service of a name, in which case does not count, as it does not to Windows.
    public init?(name: String) {
      let wanted = name.lowercased()
      guard let found = Self.allCases.first(where: { $0.rawValue.lowercased() == wanted }) else { return nil }
      self = found
    }
  }

  /// Network adapters in the order in which they were shown; `nil` where that was not asked.
  public var adapters: [WindowsAdapter]?
  /// Whether Windows accepts connections of Remote Desktop (`fDenyTSConnections` is 0).
  public var remoteDesktop: Observed<Bool> = .unknown
  /// Services and drivers: `none` for one that is not there; those that were not asked for are missing.
  public var services: [Service: Observed<WindowsService>] = [:]
  /// How far setup came, verbatim (Windows Setup States, `ImageState`): `IMAGE_STATE_COMPLETE`.
  public var imageState: Observed<String> = .unknown
  /// How far Sysprep came with making Windows general (`SysprepStatus`, `GeneralizationState`); 7 is done with.
  public var generalizationState: Observed<Int> = .unknown

  /// Facts of which nothing was observed yet.
  public init() {}

  /// What is known of a service.
  public func service(_ service: Service) -> Observed<WindowsService> { services[service] ?? .unknown }
}

extension WindowsPreparation: JSONConvertible {
  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    adapters = try members.optional("adapters")
    remoteDesktop = try members.observed("remote_desktop")
    imageState = try members.observed("image_state")
    generalizationState = try members.observed("generalization_state")
    guard let listed = members["services"], listed != .null else { return }
    do throws(DocumentError) {
      let object = try listed.asObject()
      for service in Service.allCases where object[service.member] != nil {
        services[service] = try object.observed(service.member)
      }
    } catch {
      throw error.under("services")
    }
  }

  /// The document form.
  public var json: JSON {
    let known = Service.allCases.map { ($0.member, service($0).jsonIfKnown) }
    return .members(
      ("adapters", adapters?.json), ("generalization_state", generalizationState.jsonIfKnown),
      ("image_state", imageState.jsonIfKnown), ("remote_desktop", remoteDesktop.jsonIfKnown),
      ("services", services.isEmpty ? nil : .object(JSONObject(known))))
  }
}
