// SPDX-License-Identifier: Apache-2.0

/// Random numbers that a seed repeats (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// One of several; the first, if there is only one.
  mutating func pick<Element>(_ first: Element, _ others: Element...) -> Element {
    ([first] + others).randomElement(using: &self) ?? first
  }

  /// Whether something happens that happens once in so many times.
  mutating func once(in times: Int) -> Bool { Int.random(in: 1...times, using: &self) == 1 }
}
