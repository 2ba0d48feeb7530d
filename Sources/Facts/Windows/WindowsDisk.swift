// SPDX-License-Identifier: Apache-2.0

/// One row of `list disk`.
public struct WindowsDisk: Sendable, Equatable {
  /// What the status word means.
  public enum StatusKind: String, Sendable, CaseIterable, JSONConvertible {
    /// In use.
    case online
    /// Not in use: by the SAN policy, or by an administrator's hand.
    case offline
    /// A dynamic disk that other dynamic disks know and that is not there.
    case missing
    /// A dynamic disk of another machine: its volumes are not shown.
    case foreign
    /// A drive without medium.
    case noMedia = "no_media"
  }

  /// The number; a missing disk counts by itself (`M0`, `M1`).
  public var number: Int
  /// Whether it is one of the missing disks that diskpart numbers `M0`, `M1`.
  public var isMissing: Bool
  /// The status word, verbatim.
  public var status: String
  /// What it means.
  public var statusKind: Observed<StatusKind> = .unknown
  /// The size as printed: at most four digits and a unit.
  public var sizeText: String
  /// The free space as printed.
  public var freeText: String
  /// A dynamic disk; unknown where the capture lacks the column.
  public var dynamic: Observed<Bool> = .unknown
  /// Partitioned with GPT; unknown where the capture lacks the column.
  public var gpt: Observed<Bool> = .unknown

  /// A row.
  public init(number: Int, isMissing: Bool, status: String, sizeText: String, freeText: String) {
    self.number = number
    self.isMissing = isMissing
    self.status = status
    self.sizeText = sizeText
    self.freeText = freeText
  }

  /// The number as diskpart prints it: `0`, `M0`.
  public var name: String { isMissing ? "M\(number)" : String(number) }
}

extension WindowsDisk: JSONConvertible {
  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    number = try members.required("number")
    isMissing = try members.optional("missing") ?? false
    status = try members.required("status")
    statusKind = try members.observed("status_kind")
    sizeText = try members.required("size_text")
    freeText = try members.required("free_text")
    dynamic = try members.observed("dynamic")
    gpt = try members.observed("gpt")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("dynamic", dynamic.jsonIfKnown), ("free_text", freeText.json), ("gpt", gpt.jsonIfKnown),
      ("missing", isMissing ? true : nil), ("number", number.json), ("size_text", sizeText.json),
      ("status", status.json), ("status_kind", statusKind.jsonIfKnown))
  }
}
