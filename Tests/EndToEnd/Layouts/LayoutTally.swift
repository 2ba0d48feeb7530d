// SPDX-License-Identifier: Apache-2.0

import StorageGenerator
import Synchronization

/// What came out of many layouts.
final class LayoutTally: Sendable {
  private struct State {
    var count = 0
    var statements = 0
    var problems: [(number: Int, text: String)] = []
    var features: [LayoutFeature: Int] = [:]
    var kinds: [VolumeKind: Int] = [:]
    var explained: [ExplainedDifference: Int] = [:]
  }

  private let seed: UInt64
  private let state = Mutex(State())

  init(seed: UInt64) { self.seed = seed }

  func add(_ number: Int, _ result: Result<LayoutComparison, any Error>) {
    state.withLock { state in
      state.count += 1
      if state.count.isMultiple(of: 100) { print("\(state.count) layouts so far") }
      switch result {
      case .failure(let error): state.problems.append((number, "\(error)"))
      case .success(let comparison):
        state.statements += comparison.statements
        for feature in comparison.layout.features { state.features[feature, default: 0] += 1 }
        for kind in comparison.layout.kinds { state.kinds[kind, default: 0] += 1 }
        state.explained.merge(comparison.explained) { $0 + $1 }
        let features = comparison.layout.features.sorted().map(\.rawValue).joined(separator: " ")
        state.problems += comparison.differences.map { (number, "(\(features)) \($0)") }
      }
    }
  }

  var count: Int { state.withLock(\.count) }
  var missingFeatures: [LayoutFeature] {
    state.withLock { state in LayoutFeature.allCases.filter { state.features[$0] == nil } }
  }
  var missingKinds: [VolumeKind] { state.withLock { state in VolumeKind.allCases.filter { state.kinds[$0] == nil } } }

  /// What went wrong, with what repeats it.
  var problems: [String] {
    state.withLock { state in
      state.problems.sorted { $0.number < $1.number }.map { "seed \(seed) layout \($0.number): \($0.text)" }
    }
  }

  /// Counts, for people.
  var summary: String {
    state.withLock { state in
      func list<Key: Comparable>(_ counts: [Key: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      }
      let explained = state.explained.map { ($0.key.rawValue, $0.value) }
      return """
        \(state.count) layouts of seed \(seed), \(state.statements) statements, \(state.problems.count) differences
        layouts with: \(list(state.features))
        layouts with volumes: \(list(state.kinds))
        explained differences: \(list(Dictionary(explained) { $0 + $1 }))
        """
    }
  }
}
