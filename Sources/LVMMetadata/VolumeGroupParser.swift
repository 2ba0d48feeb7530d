// SPDX-License-Identifier: Apache-2.0

/// Reads a whole metadata text, section by section; nothing is kept of the text but what becomes part of the group.
///
/// Sections and fields: lvm2 `lib/format_text/import_vsn1.c` and `export.c`.
struct VolumeGroupParser {
  private static let contents = "Text Format Volume Group"

  var cursor: ConfigurationCursor
  var physicalVolumes: [PhysicalVolumeEntry] = []
  var physicalVolumeIndex: [String: Int32] = [:]
  var logicalVolumes: [WrittenLogicalVolume] = []
  var segments: [WrittenSegment] = []
  var areas: [WrittenSegment.Area] = []
  var historicalVolumeCount = 0
  var inconsistencies = InconsistencyList()
  /// The fields of the section at hand, by depth: buffers that every section of that depth uses again.
  var groupFields = ConfigurationFields()
  var volumeFields = ConfigurationFields()
  var segmentFields = ConfigurationFields()

  init(_ text: [UInt8]) throws(MetadataError) {
    cursor = try ConfigurationCursor(text)
  }

  mutating func parse() throws(MetadataError) -> VolumeGroupMetadata {
    var top = ConfigurationFields()
    var name: Range<Int>?
    top.reset(start: 0, depth: 0)
    parsing: while true {
      switch try cursor.next(depth: 0, into: &top) {
      case .value: break
      case .section(let key):
        guard name == nil else { throw MetadataError(code: .groupCount, offset: key.lowerBound, subject: "") }
        name = key
        try groupSection()
      case .end: break parsing
      }
    }
    let text = cursor.text
    guard try top.string("contents", in: text) == Self.contents, try top.integer("version", in: text) == 1 else {
      throw MetadataError(code: .unrecognisedContents, offset: 0, subject: "")
    }
    guard let name else { throw MetadataError(code: .groupCount, offset: 0, subject: "") }
    guard !physicalVolumes.isEmpty else {
      throw MetadataError(code: .noPhysicalVolume, offset: groupFields.start, subject: "")
    }
    return try group(named: String(decoding: text[name], as: UTF8.self), header: top)
  }

  private mutating func groupSection() throws(MetadataError) {
    groupFields.reset(start: cursor.position, depth: 1)
    var seen: Set<String> = []
    while true {
      switch try cursor.next(depth: 1, into: &groupFields) {
      case .value: break
      case .section(let key):
        let name = String(decoding: cursor.text[key], as: UTF8.self)
        guard seen.insert(name).inserted else {
          throw MetadataError(code: .duplicateField, offset: key.lowerBound, subject: name)
        }
        switch name {
        case "physical_volumes":
          try members { (parser, key) throws(MetadataError) in try parser.physicalVolume(key) }
        case "logical_volumes":
          try members { (parser, key) throws(MetadataError) in try parser.logicalVolume(key) }
        case "historical_logical_volumes":
          try members { (parser, _) throws(MetadataError) in try parser.historicalVolume() }
        default:
          segmentFields.reset(start: cursor.position, depth: 2)
          try cursor.rest(depth: 2, into: &segmentFields)
        }
      case .end: return
      }
    }
  }

  /// Calls `read` for each section inside the section at hand, which must hold nothing else.
  private mutating func members(
    _ read: (inout VolumeGroupParser, Range<Int>) throws(MetadataError) -> Void
  ) throws(MetadataError) {
    while true {
      segmentFields.reset(start: cursor.position, depth: 2)
      switch try cursor.next(depth: 2, into: &segmentFields) {
      case .value: throw MetadataError(code: .wrongType, offset: segmentFields.start, subject: "")
      case .section(let key): try read(&self, key)
      case .end: return
      }
    }
  }

  private mutating func historicalVolume() throws(MetadataError) {
    segmentFields.reset(start: cursor.position, depth: 3)
    try cursor.rest(depth: 3, into: &segmentFields)
    historicalVolumeCount += 1
  }

  /// The flags of a section; names that are unknown among the `status` are noted, those among the `flags` may be passed
  /// over.
  mutating func flags(of fields: ConfigurationFields) throws(MetadataError) -> StatusFlags {
    let text = cursor.text
    var flags: StatusFlags = []
    guard let status = try fields.entry("status", in: text) else { throw fields.missing("status") }
    let compatible = try fields.entry("flags", in: text)
    for (entry, mayBeUnknown) in [(status, false), (compatible ?? status, true)] {
      for value in fields.values[entry.values] {
        guard value.isString else {
          throw MetadataError(code: .wrongType, offset: Int(value.start), subject: "status")
        }
        if let flag = StatusFlags.named(text[value.bytes]) {
          flags.formUnion(flag)
        } else if !mayBeUnknown {
          let name = text[value.bytes.prefix(VolumeGroupMetadata.maximumNameLength)]
          inconsistencies.note(.unknownStatusFlag, String(decoding: name, as: UTF8.self))
        }
      }
    }
    return flags
  }
}

/// Inconsistencies, up to the limit.
struct InconsistencyList {
  private(set) var items: [MetadataInconsistency] = []

  mutating func note(_ code: MetadataInconsistency.Code, _ subject: @autoclosure () -> String) {
    guard items.count < VolumeGroupMetadata.maximumInconsistencies else { return }
    let item = MetadataInconsistency(code: code, subject: subject())
    if !items.contains(item) { items.append(item) }
  }
}
