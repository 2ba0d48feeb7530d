// SPDX-License-Identifier: Apache-2.0

/// Addresses in the order in which they are first written, each once.
///
/// As many are kept as show that there are too many: an inspection lists fewer, and says that there are more.
struct DistinctAddresses {
  static let most = 8192

  private(set) var all: [String] = []
  private var seen: Set<String> = []

  mutating func add(_ address: String) {
    guard all.count < Self.most, seen.insert(address).inserted else { return }
    all.append(address)
  }
}
