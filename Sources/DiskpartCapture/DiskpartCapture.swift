// SPDX-License-Identifier: Apache-2.0

public import Facts

/// Captured output of diskpart, as facts.
///
/// Any language and any of the encodings that Windows leaves it in; what cannot be read is a gap, never a guess.
public enum DiskpartCapture {
  /// A capture with more bytes than this is not read: a server with a thousand volumes prints a tenth of it.
  public static let byteLimit = 1 << 20

  /// Why a capture is not read at all.
  public enum Refusal: Error, Equatable, CustomStringConvertible {
    /// It has more bytes than `byteLimit`.
    case tooLarge
    /// The refusal in words.
    public var description: String {
      switch self {
      case .tooLarge: "the capture has more than \(byteLimit) bytes, which no output of diskpart has"
      }
    }
  }

  /// Reads a capture into the facts of a Windows guest.
  ///
  /// - Parameters:
  ///   - bytes: what diskpart printed, as it was saved; at most `byteLimit` bytes.
  ///   - encoding: how it was saved, if that is not to be detected.
  ///   - facts: facts of which nothing was observed yet, with time and agent; they come back complete.
  public static func read(
    _ bytes: [UInt8], encoding: CaptureEncoding? = nil, into facts: GuestFacts
  ) throws(Refusal) -> GuestFacts {
    guard bytes.count <= byteLimit else { throw .tooLarge }
    let detection = encoding == nil ? EncodingDetection(bytes) : nil
    let used = encoding ?? detection?.encoding ?? .utf8
    let text = CaptureText(bytes, used)
    let reader = CaptureReader(text)
    var assembly = WindowsAssembly(reader, text)
    assembly.windows.capture.encoding = .value(used.rawValue)
    if detection?.isAmbiguous == true { assembly.noteAmbiguousEncoding(used) }
    return assembly.complete(facts)
  }
}
