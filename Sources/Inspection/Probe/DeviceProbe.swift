// SPDX-License-Identifier: Apache-2.0

internal import CBlkid
internal import CLinux
internal import Facts
internal import Glibc
internal import LVMMetadata

/// Reads one device: libblkid's low-level probing, then what LVM and md and btrfs say of their members.
///
/// Runs in a helper process on a machine, since every open, read and close of a device may block for ever.
enum DeviceProbe {
  /// Probes one device.
  static func probe(_ request: ProbeRequest, root: Root) -> ProbeOutcome {
    if let stated = root.statedOutcome(of: request) { return stated }
    let descriptor: Int32
    do throws(ReadFailure) {
      descriptor = try root.open(request.path)
    } catch {
      return .failed(operation: error.operation, code: error.code)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .failed(operation: "stat", code: errno) }
    let size: UInt64
    switch status.st_mode & S_IFMT {
    case S_IFBLK:
      // In a recorded machine regular files stand for block devices: a device node there is somebody's trap.
      guard root.isLive else { return .notTheDevice("a block device in a recorded machine") }
      if let number = request.number, number != deviceNumber(status.st_rdev) {
        return .notTheDevice("\(request.path) is device \(deviceNumber(status.st_rdev)), not \(number)")
      }
      let bytes = wholeimage_block_device_size(descriptor)
      guard bytes >= 0 else { return .failed(operation: "measure", code: errno) }
      size = UInt64(bytes)
      readAhead(descriptor, size: size)
    case S_IFREG:
      guard !root.isLive || request.number == nil else { return .notTheDevice("\(request.path) is a regular file") }
      size = UInt64(max(0, status.st_size))
    default: return .notTheDevice("\(request.path) is neither a block device nor a regular file")
    }
    guard request.offset <= size else { return .notTheDevice("\(request.path) ends before the partition begins") }
    let length = min(request.length ?? size - request.offset, size - request.offset)
    return read(descriptor, request, length: length, sectorBytes: root.recordedSectorBytes(of: request))
  }

  /// Has the kernel fetch the two areas of a device in which nearly all signatures lie.
  ///
  /// libblkid turns read-ahead off and reads some 25 small pieces one after another, each a request to the device:
  /// this makes it 14, and the device waits for none of them (posix_fadvise(2)). A failure shows when they are read.
  private static func readAhead(_ descriptor: Int32, size: UInt64) {
    let (front, back) = (256 << 10, 64 << 10)
    posix_fadvise(descriptor, 0, off_t(front), POSIX_FADV_WILLNEED)
    if size > UInt64(front + back), let end = off_t(exactly: size) {
      posix_fadvise(descriptor, end - off_t(back), off_t(back), POSIX_FADV_WILLNEED)
    }
  }

  /// `MAJOR:MINOR` out of a `dev_t` (gnu_dev_major(3)).
  private static func deviceNumber(_ number: dev_t) -> String {
    let number = UInt64(number)
    let major = (number >> 8 & 0xFFF) | (number >> 32 & ~0xFFF)
    let minor = (number & 0xFF) | (number >> 12 & ~0xFF)
    return "\(major):\(minor)"
  }

  /// Reads an open device; `sectorBytes` is its sector size where the descriptor does not tell.
  static func read(
    _ descriptor: Int32, _ request: ProbeRequest, length: UInt64, sectorBytes: UInt32? = nil
  ) -> ProbeOutcome {
    var reading = DeviceReading(sizeBytes: length, signatures: .none)
    guard length > 0 else { return .read(reading) }
    guard let probe = blkid_new_probe() else { return .failed(operation: "probe", code: ENOMEM) }
    defer { blkid_free_probe(probe) }
    errno = 0
    guard
      blkid_probe_set_device(probe, descriptor, blkid_loff_t(request.offset), blkid_loff_t(length)) == 0
    else { return .failed(operation: "probe", code: errno == 0 ? EIO : errno) }
    if let sectorBytes { blkid_probe_set_sectorsize(probe, sectorBytes) }
    readSignatures(probe, wantsTable: request.wantsTable, into: &reading)
    var source = RecordingSource(FileSource(descriptor: descriptor, base: request.offset, length: length))
    // The parent reads the same members again from the recording; here only the bytes matter.
    _ = MemberReading(of: reading, from: &source)
    reading.recording = source.recording
    return .read(reading)
  }

  private static func readSignatures(_ probe: OpaquePointer, wantsTable: Bool, into reading: inout DeviceReading) {
    blkid_probe_enable_superblocks(probe, 1)
    let wanted = BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID | BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE | BLKID_SUBLKS_VERSION
    blkid_probe_set_superblocks_flags(probe, wanted)
    blkid_probe_enable_partitions(probe, wantsTable ? 1 : 0)
    errno = 0
    let outcome = blkid_do_safeprobe(probe)
    let code = errno
    var hasTable = false
    switch outcome {
    case 0:
      if let type = value("TYPE", probe) {
        reading.signatures = .found(
          Content(
            usage: value("USAGE", probe) ?? "other", type: type, uuid: Observed(looked: value("UUID", probe)),
            label: Observed(looked: value("LABEL", probe)), version: Observed(looked: value("VERSION", probe))))
      }
      let table = value("PTTYPE", probe)
      hasTable = table != nil
      // A disc may carry it beside a file system; alone, it says that there was a GPT.
      if wantsTable, reading.signatures == .none, table == DeviceReading.protectiveTable {
        reading.table = PartitionTable(type: DeviceReading.protectiveTable, uuid: .none)
      }
    case 1: reading.signatures = .none
    case -2:
      reading.signatures = .ambivalent(candidates(probe))
      hasTable = true
    default:
      reading.signatures = .failed(code == 0 ? EIO : code)
      return
    }
    if wantsTable, hasTable { readTable(probe, into: &reading) }
  }

  /// The types of all signatures, when they exclude each other.
  private static func candidates(_ probe: OpaquePointer) -> [String] {
    var types: [String] = []
    blkid_reset_probe(probe)
    // Each call gives the next signature; a device has room for a few dozen at most.
    for _ in 0..<64 {
      guard blkid_do_probe(probe) == 0 else { break }
      if let type = value("TYPE", probe) ?? value("PTTYPE", probe), !types.contains(type) { types.append(type) }
    }
    return types
  }

  private static func value(_ name: String, _ probe: OpaquePointer) -> String? {
    var data: UnsafePointer<CChar>?
    var length = 0
    guard blkid_probe_lookup_value(probe, name, &data, &length) == 0, let data, length > 0 else { return nil }
    let bytes = UnsafeRawBufferPointer(start: data, count: length).prefix { $0 != 0 }
    let text = PlainText.trimmed(Array(bytes))
    return text.isEmpty ? nil : text
  }

  private static func readTable(_ probe: OpaquePointer, into reading: inout DeviceReading) {
    guard let list = blkid_probe_get_partitions(probe), let table = blkid_partlist_get_table(list) else { return }
    let type = text(blkid_parttable_get_type(table)) ?? "unknown"
    reading.table = PartitionTable(type: type, uuid: Observed(looked: text(blkid_parttable_get_id(table))))
    let count = blkid_partlist_numof_partitions(list)
    for index in 0..<max(0, min(count, 4096)) {
      guard let entry = blkid_partlist_get_partition(list, index) else { continue }
      let number = Int(blkid_partition_get_partno(entry))
      let start = UInt64(max(0, blkid_partition_get_start(entry)))
      let size = UInt64(max(0, blkid_partition_get_size(entry)))
      guard number > 0, start <= UInt64(Int64.max) / 512, size <= UInt64(Int64.max) / 512 else { continue }
      let typeText =
        text(blkid_partition_get_type_string(entry))
        ?? "0x" + String(UInt32(bitPattern: blkid_partition_get_type(entry)), radix: 16)
      let partition = Partition(
        number: number, startBytes: .value(start * 512), uuid: Observed(looked: text(blkid_partition_get_uuid(entry))),
        type: .value(typeText), name: Observed(looked: text(blkid_partition_get_name(entry))))
      reading.entries.append(
        DeviceReading.TableEntry(
          partition: partition, startBytes: start * 512, sizeBytes: size * 512,
          isContainer: blkid_partition_is_extended(entry) != 0))
    }
  }

  private static func text(_ pointer: UnsafePointer<CChar>?) -> String? {
    guard let pointer else { return nil }
    let bytes = UnsafeRawBufferPointer(start: pointer, count: strlen(pointer))
    let text = PlainText.trimmed(Array(bytes))
    return text.isEmpty ? nil : text
  }
}

/// The bytes of an open file or a part of it (pread(2)).
struct FileSource: ByteSource {
  let descriptor: Int32
  let base: UInt64
  let length: UInt64

  mutating func read(at offset: UInt64, count: Int) throws(ByteSourceError) -> [UInt8] {
    guard offset < length, count > 0 else { return [] }
    let wanted = Int(min(UInt64(count), length - offset))
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      while filled < wanted {
        let got = pread(
          descriptor, buffer.baseAddress.map { $0 + filled }, wanted - filled, off_t(base + offset) + off_t(filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        filled += got
      }
    }
    guard failure == 0 else {
      throw ByteSourceError(code: failure, description: ReadFailure.text(ofErrno: failure))
    }
    return bytes
  }
}
