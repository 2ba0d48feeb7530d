// SPDX-License-Identifier: Apache-2.0

/// The release that this source is: the one home of its version.
public enum Release {
  /// The version that programs print, documents name and packages bear, as `0.1.0` (Semantic Versioning 2.0.0).
  public static let version = "0.1.0"
}
