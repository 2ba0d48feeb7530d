// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// How far an asynchronous job of the image service is ("Querying the status of an asynchronous job").
public enum JobStatus: String, Sendable, CaseIterable {
  /// Taken, not begun.
  case initial = "INIT"
  /// Being worked on.
  case running = "RUNNING"
  /// Done.
  case success = "SUCCESS"
  /// Failed. The word has no `ED`.
  case failure = "FAIL"

  /// Whether nothing will change any more.
  public var isFinal: Bool { self == .success || self == .failure }

  /// The status in an answer to a job query; `nil` if it holds none that is known.
  public init?(answer body: some Collection<UInt8>) {
    guard let json = try? JSON(parsing: body), let word = json["status"]?.string else { return nil }
    self.init(rawValue: word)
  }
}
