// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import HuaweiCloud

/// The id of a guest in its project.
enum InstanceID {
  /// What an id must be, in words.
  static let rule = "expected 1 to 128 letters, digits, or any of - _ . :"

  /// The one form of an id: a UUID in lower case (firmware spells it in upper case), anything else as it is.
  static func canonical(_ text: String) -> String? {
    guard (1...128).contains(text.utf8.count), text.utf8.allSatisfy(isAllowed) else { return nil }
    return CloudIdentifiers.isUUID(text) ? text.lowercased() : text
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: ":"):
      true
    default: false
    }
  }
}

extension Call {
  /// The guest that the path names, in canonical form; 404 if no guest can have that id.
  func instanceID() throws(CallError) -> String {
    guard let id = InstanceID.canonical(parameter("instance_id")) else {
      throw CallError(.notFound, .noSuchGuest, "No guest can have this id: \(InstanceID.rule).")
    }
    return id
  }
}
