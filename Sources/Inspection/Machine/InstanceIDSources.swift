// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Who says which server this is, and whom to believe.
///
/// A whole image copies the disk, and with it what cloud-init noted there: on the copy that names the server that it was
/// copied from, until cloud-init has run. So what is only on the disk is believed where something agrees that cannot
/// have been copied: what cloud-init noted since this boot (/run is memory), or the UUID in the firmware's tables
/// (SMBIOS, system information), which the hypervisor makes and which on OpenStack is the server's id (nova gives it to
/// the virtual machine; cloud-init's OpenStack source tells a new server by it).
struct InstanceIDSources: Equatable {
  /// What the agent was told; always believed.
  var configured: String?
  /// What cloud-init noted since this boot, `/run/cloud-init/instance-data.json`.
  var sinceBoot: Observed<String> = .none
  /// What cloud-init noted when it last ran, `/var/lib/cloud/data/instance-id`: perhaps on another server.
  var onDisk: Observed<String> = .none
  /// The UUID of the firmware's tables.
  var hardware: Observed<String> = .none
  /// Whether this is a cloud that gives its servers' ids to the firmware.
  var hardwareIsServer = false

  /// The id, who says so, and why it is not known if it should be.
  struct Resolution: Equatable {
    var id: Observed<String>
    var source: Observed<String>
    var doubt: String?
    /// What kind of doubt it is.
    var reason = Gap.Reason.ambiguous

    init(_ id: String, _ source: String) {
      self.id = .value(id)
      self.source = .value(source)
    }

    init(doubt: String, _ reason: Gap.Reason) {
      id = .unknown
      source = .unknown
      self.doubt = doubt
      self.reason = reason
    }

    private init(_ none: Observed<String>) { (id, source) = (none, none) }

    static let none = Resolution(.none)
    static let unknown = Resolution(.unknown)
  }

  /// Decides.
  var resolution: Resolution {
    if let configured { return Resolution(configured, "configuration") }
    guard let hardware = hardware.value else { return withoutHardware }
    if let current = sinceBoot.value {
      // A cloud-init that keeps its cache whatever server it is on (`manual_cache_clean`) repeats an old id.
      return hardwareIsServer && !Self.areSame(current, hardware)
        ? Resolution(hardware, "dmi") : Resolution(current, "cloud_init")
    }
    if let old = onDisk.value, Self.areSame(old, hardware) { return Resolution(old, "cloud_init") }
    if hardwareIsServer || onDisk == .none { return Resolution(hardware, "dmi") }
    guard let old = onDisk.value else { return .unknown }
    return Resolution(
      doubt: "cloud-init has not run since this boot; what it noted before (\(old)) is not what the firmware says "
        + "(\(hardware)), and may be of the server that this one was copied from", .inconsistent)
  }

  private var withoutHardware: Resolution {
    if let current = sinceBoot.value { return Resolution(current, "cloud_init") }
    if let old = onDisk.value {
      return Resolution(
        doubt:
          "cloud-init has not run since this boot; what it noted before (\(old)) may be of the server that this one "
          + "was copied from, and the firmware's UUID is not known", .ambiguous)
    }
    return sinceBoot.isKnown && onDisk.isKnown && hardware.isKnown ? .none : .unknown
  }

  /// Whether two UUIDs are one; some firmware writes the first three fields with their bytes the other way round
  /// (SMBIOS 3.7, section 7.2.1).
  static func areSame(_ first: String, _ second: String) -> Bool { first == second || first == swapped(second) }

  private static func swapped(_ uuid: String) -> String {
    let fields = uuid.split(separator: "-", omittingEmptySubsequences: false)
    guard fields.count == 5 else { return uuid }
    let turned = fields.enumerated().map { index, field in
      guard index < 3, field.utf8.count.isMultiple(of: 2) else { return String(field) }
      let bytes = stride(from: 0, to: field.utf8.count, by: 2).map { field.dropFirst($0).prefix(2) }
      return bytes.reversed().joined()
    }
    return turned.joined(separator: "-")
  }

  /// A UUID in lower case; `nil` for words like "iid-datasource-none", which cloud-init writes where no cloud told it an
  /// id, and for what firmware holds that was never given one.
  static func uuid(_ text: String) -> String? {
    let text = text.lowercased()
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return nil }
    for (index, byte) in bytes.enumerated() {
      let isHyphen = byte == UInt8(ascii: "-")
      guard [8, 13, 18, 23].contains(index) ? isHyphen : Character(Unicode.Scalar(byte)).isHexDigit else { return nil }
    }
    let digits = Set(text.filter { $0 != "-" })
    guard digits != ["0"], digits != ["f"], !unset.contains(text) else { return nil }
    return text
  }

  /// The same on boards of many makers.
  private static let unset: Set = ["03000200-0400-0500-0006-000700080009", "12345678-1234-5678-90ab-cddeefaabbcc"]

  /// Whether these words of the firmware name a cloud that gives its servers' ids to it: OpenStack, and the clouds that
  /// cloud-init's OpenStack source knows by their asset tag.
  static func namesOpenStack(vendor: String, product: String, assetTag: String) -> Bool {
    vendor.contains("OpenStack") || product.contains("OpenStack") || assetTag.contains("OpenStack")
      || ["HUAWEICLOUD", "OpenTelekomCloud", "SAP CCloud VM", "Samsung Cloud Platform"].contains(assetTag)
  }

  /// The id in cloud-init's notes of this boot (`v1.instance_id`; before release 20.1 with a hyphen).
  static func instanceID(inNotes json: JSON) -> String? {
    let notes = json["v1"]
    return (notes?["instance_id"] ?? notes?["instance-id"])?.string.flatMap(uuid)
  }

  /// What goes into a recording of the notes: the id, and of what is no JSON all of it, so that the same is said of it.
  static func recordedNotes(_ bytes: [UInt8]) -> [UInt8] {
    guard let json = try? JSON(parsing: bytes) else { return bytes }
    return JSON.members(("v1", .members(("instance_id", instanceID(inNotes: json)?.json)))).canonicalBytes
  }
}
