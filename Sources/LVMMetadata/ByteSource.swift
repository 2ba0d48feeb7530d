// SPDX-License-Identifier: Apache-2.0

/// Bytes of one device, read at absolute offsets.
///
/// The readers of this module take their input through this seam only, so they run the same over a device, a helper's
/// recording and a fixture. A read may return fewer bytes than asked where the device ends, and nothing beyond its end;
/// anything else that keeps the bytes away is an error.
public protocol ByteSource {
  /// Reads `count` bytes at `offset`, both in bytes; fewer only at the end of the device.
  mutating func read(at offset: UInt64, count: Int) throws(ByteSourceError) -> [UInt8]
}

/// Why bytes of a device could not be read.
public struct ByteSourceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// An errno value, or one of the negative codes below.
  public let code: Int32
  /// What happened, for people.
  public let description: String

  /// Makes an error from an errno value and a text.
  public init(code: Int32, description: String) {
    self.code = code
    self.description = description
  }

  /// The bytes were never recorded: the reader asks for something that the recording run did not ask for.
  public static let notRecordedCode: Int32 = -1
  /// The recording would hold more bytes than its limit.
  public static let recordingFullCode: Int32 = -2
}
