// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import LVMMetadata

/// One device, or a part of an image file, that is to be probed.
struct ProbeRequest: Equatable, Sendable {
  /// Path below the root.
  var path: String
  /// Where the device begins in the file; 0 for a device of its own.
  var offset: UInt64 = 0
  /// Its length; `nil` is up to the end.
  var length: UInt64?
  /// `MAJOR:MINOR` that the opened device must have; `nil` for a regular file.
  var number: String?
  /// Whether to look for a partition table.
  var wantsTable: Bool
}

/// What one device holds, as read from it.
struct DeviceReading: Equatable, Sendable {
  /// What libblkid makes of the signatures.
  enum Signatures: Equatable, Sendable {
    /// There is none.
    case none
    /// One.
    case found(Content)
    /// Several that exclude each other, by type.
    case ambivalent([String])
    /// Reading failed; a system error number.
    case failed(Int32)
  }

  /// One entry of a partition table.
  struct TableEntry: Equatable, Sendable {
    var partition: Partition
    var startBytes: UInt64
    var sizeBytes: UInt64
    /// An extended partition, which only holds others.
    var isContainer: Bool
  }

  /// libblkid's word for the protective MBR of a GPT that is not there or not intact.
  static let protectiveTable = "PMBR"

  /// Size in bytes.
  var sizeBytes: UInt64
  /// The signatures.
  var signatures: Signatures
  /// The partition table, if there is one.
  var table: PartitionTable?
  /// Its entries.
  var entries: [TableEntry] = []
  /// The bytes that were read besides: LVM labels and metadata, superblocks of arrays.
  ///
  /// For the recorder also those that libblkid read.
  var recording = ByteRecording()
  /// For the recorder: what was seen of how libblkid read.
  var evidence: DeviceEvidence?
}

/// How probing one device ended.
enum ProbeOutcome: Equatable, Sendable {
  /// It was read.
  case read(DeviceReading)
  /// It could not be opened; `operation` and a system error number.
  case failed(operation: String, code: Int32)
  /// What was opened is not the device that was asked for.
  case notTheDevice(String)
  /// No answer before the deadline.
  case timedOut
  /// Never asked: so many other devices did not answer that there was no helper for this one.
  case notReached
  /// Not asked: a helper of an earlier inspection, this process, still waits for it.
  case stillUnanswered(Int32)
  /// The helper ended without an answer.
  case crashed
}
