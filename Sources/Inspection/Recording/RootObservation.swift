// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What a root answered to one question, for the recorder.
enum RootObservation: Sendable {
  /// The bytes of a file.
  case content([UInt8])
  /// The names in a directory.
  case names([String])
  /// Where a symbolic link points.
  case target(String)
  /// There is something, of which nothing more was asked.
  case present(isFolder: Bool)
  /// There is no such file.
  case absent
  /// There is no link.
  case noLink
  /// It could not be told.
  case failed(RootCall, ReadFailure)
  /// What the system said of itself; the path is the question.
  case answer(String)
  /// How probing a device ended.
  case probed(ProbeOutcome)

  static func attribute(_ bytes: [UInt8]?) -> RootObservation { bytes.map { .content($0) } ?? .absent }
  static func link(_ target: String?) -> RootObservation { target.map { .target($0) } ?? .noLink }
}

/// Who is told every answer of a root: the path asked about, and what was seen there.
typealias RootObserver = @Sendable (_ path: String, _ observation: RootObservation) -> Void

/// The ways of asking about a path that can fail.
enum RootCall: String, Sendable {
  case read, list, link
}

/// What is asked of the system itself and of no file.
enum SystemQuestion: String, Sendable, CaseIterable {
  /// The machine's architecture (uname(2)).
  case architecture
  /// The effective user id.
  case userID = "user_id"
  /// Whether every file may be read, whoever owns it: `yes` or `no`.
  case readsAll = "reads_all"
  /// Whether `/` is another directory than the first process's: `yes` or `no`.
  case chroot
}

extension Root {
  /// The same root, with somebody who is told every answer.
  func observed(by observer: @escaping RootObserver) -> Root {
    var root = self
    root.observer = observer
    return root
  }

  /// The tree made by hand that this is; `nil` of a running machine and of the recording of one.
  ///
  /// A recording of such a tree is shown as the tree itself.
  var treePath: String? {
    guard let manifest else { return isLive ? nil : path }
    return manifest.treePath
  }

  /// Asks about a path: a recording's failures fail again, and the observer is told the outcome.
  func observed<Answer>(
    _ call: RootCall, _ path: String, noting note: (Answer) -> RootObservation,
    _ ask: () throws(ReadFailure) -> Answer
  ) throws(ReadFailure) -> Answer {
    do throws(ReadFailure) {
      if let failure = manifest?.failure(of: call, path) { throw failure }
      let answer = try ask()
      if let observer { observer(path, note(answer)) }
      return answer
    } catch {
      if let observer { observer(path, .failed(call, error)) }
      throw error
    }
  }

  /// What the system says of itself; `nil` if it does not tell, or where the root is a tree made by hand.
  func answer(_ question: SystemQuestion, _ ask: () -> String?) -> String? {
    guard let answer = isLive ? ask() : manifest?.answers[question.rawValue] else { return nil }
    if let observer { observer(question.rawValue, .answer(answer)) }
    return answer
  }

  /// Whether an open descriptor is a directory's.
  static func isFolder(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
