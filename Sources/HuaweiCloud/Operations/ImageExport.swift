// SPDX-License-Identifier: Apache-2.0

public import Facts

/// An image that is to be written to a bucket: `POST /v1/cloudimages/{image_id}/file`.
///
/// The image is in the path. The body must be readable; what it says is the cloud's to check.
public struct ImageExport: Sendable, Equatable {
  /// The image's id, in lower case.
  public var image: String
  /// Where it is written to, as `bucket:file`; `nil` if the body does not tell.
  public var bucketURL: String?
  /// The format of the file, as `qcow2`; `nil` if the body does not tell.
  public var fileFormat: String?
  /// The whole request.
  public var json: JSON

  /// Reads the body for the image of the path; throws what is wrong with it.
  public init(image: String, body: some Collection<UInt8>) throws(RequestViolations) {
    let json = try RequestFields.json(body)
    var fields = try RequestFields(json, known: ["bucket_url", "file_format"])
    self.image = image
    bucketURL = fields.text("bucket_url", .malformedRequest)
    fileFormat = fields.text("file_format", .malformedRequest)
    self.json = json
    try fields.check()
  }
}

/// An image that is to be copied inside its region: `POST /v1/cloudimages/{image_id}/copy`.
///
/// The image is in the path. The body must be readable; what it says is the cloud's to check.
public struct ImageCopy: Sendable, Equatable {
  /// The image's id, in lower case.
  public var image: String
  /// The copy's name; `nil` if the body does not tell.
  public var name: String?
  /// The whole request.
  public var json: JSON

  /// Reads the body for the image of the path; throws what is wrong with it.
  public init(image: String, body: some Collection<UInt8>) throws(RequestViolations) {
    let json = try RequestFields.json(body)
    var fields = try RequestFields(json, known: ["name"])
    self.image = image
    name = fields.text("name", .malformedRequest)
    self.json = json
    try fields.check()
  }
}
