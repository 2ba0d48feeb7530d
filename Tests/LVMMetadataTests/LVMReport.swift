// SPDX-License-Identifier: Apache-2.0

/// What lvm2 said about a fixture's devices: `lvm fullreport -a --reportformat json --units b --nosuffix`, some
/// columns.
struct LVMReport: Decodable {
  struct Group: Decodable {
    let vg: [Row]?
    let pv: [Row]?
    let lv: [Row]?
    let seg: [Row]?
    let pvseg: [Row]?

    /// The one row about the group itself; orphans have none.
    var summary: Row? { vg?.first }

    /// A logical volume's segments.
    func segments(of volume: Row) -> [Row] { (seg ?? []).filter { $0["lv_uuid"] == volume["lv_uuid"] } }

    /// The physical volumes that lvm2's columns say a logical volume rests on, followed through every column that names
    /// another volume.
    func deviceNames(under name: String) -> Set<String> {
      var seen: Set<String> = []
      var open = [name]
      var devices: Set<String> = []
      while let next = open.popLast() {
        guard seen.insert(next).inserted else { continue }
        guard let volume = lv?.first(where: { $0.name("lv_name") == next }) else {
          devices.insert(next)
          continue
        }
        for segment in segments(of: volume) {
          for column in ["devices", "metadata_devices"] {
            open += (segment[column] ?? "").split(separator: ",").map { String($0.prefix { $0 != "(" }) }
          }
        }
        for column in ["pool_lv", "data_lv", "metadata_lv", "mirror_log", "origin"] where volume[column] != "" {
          open.append(volume.name(column))
        }
        // A snapshot that is being merged is hidden, and its origin needs it.
        for other in lv ?? [] where other.name("origin") == next && other.isMergingSnapshot {
          open.append(other.name("lv_name"))
        }
      }
      return devices
    }
  }

  struct Row: Decodable {
    private let values: [String: String]

    init(from decoder: any Decoder) throws {
      values = try decoder.singleValueContainer().decode([String: String].self)
    }

    subscript(column: String) -> String? { values[column] }

    /// A name without the brackets that mark hidden volumes.
    func name(_ column: String) -> String { (values[column] ?? "").filter { $0 != "[" && $0 != "]" } }

    func number(_ column: String) -> UInt64? { values[column].flatMap(UInt64.init) }

    var isHidden: Bool { values["lv_name"]?.first == "[" }
    var roles: Set<Substring> { Set((values["lv_role"] ?? "").split(separator: ",")) }
    var isMergingSnapshot: Bool { roles.contains("thicksnapshot") && isHidden }
  }

  let report: [Group]
  let said: [String]

  var groups: [Group] { report.filter { $0.summary != nil } }
  var physicalVolumes: [Row] { report.flatMap { $0.pv ?? [] } }
}
