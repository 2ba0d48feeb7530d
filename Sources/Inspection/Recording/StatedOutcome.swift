// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What was seen of how libblkid read a device.
struct DeviceEvidence: Equatable, Sendable, JSONConvertible {
  /// Whether the bytes of the recording, laid out as a regular file, make libblkid say the same again.
  var bytesSuffice: Bool
  /// The logical sector size that libblkid was told, in bytes; `nil` if it did not ask.
  var sectorBytes: Int?

  init(bytesSuffice: Bool, sectorBytes: Int?) {
    self.bytesSuffice = bytesSuffice
    self.sectorBytes = sectorBytes
  }

  /// Reads the document form; throws where it is not one.
  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    bytesSuffice = try members.required("bytes_suffice")
    sectorBytes = try members.optional("sector_bytes")
  }

  /// The document form.
  var json: JSON { .members(("bytes_suffice", bytesSuffice.json), ("sector_bytes", sectorBytes?.json)) }
}

extension Root {
  /// How a recording says that probing a device ended, where its bytes do not tell.
  func statedOutcome(of request: ProbeRequest) -> ProbeOutcome? {
    guard let head = manifest?.devices[request.path]?.outcome else { return nil }
    var body: [UInt8] = []
    if head["regions"]?.array?.isEmpty == false {
      do throws(ReadFailure) {
        body = try content(of: request.path, limit: ReadingFrame.maximumSize)
      } catch {
        return .failed(operation: error.operation, code: error.code)
      }
    }
    return ReadingFrame.outcome(head: head, body: body[...])
  }

  /// The sector size that a recording says a device has; `nil` if it says nothing, which is 512 bytes.
  func recordedSectorBytes(of request: ProbeRequest) -> UInt32? {
    guard let bytes = manifest?.devices[request.path]?.sectorBytes, (512...(1 << 20)).contains(bytes),
      bytes & (bytes - 1) == 0
    else { return nil }
    return UInt32(bytes)
  }
}
