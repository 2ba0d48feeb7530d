// SPDX-License-Identifier: Apache-2.0

/// A source of random numbers that gives the same ones for the same seed on every machine (SplitMix64, Steele and
/// others 2014).
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A source for one case out of a series.
  public init(seed: UInt64, case number: Int) {
    state = seed &+ UInt64(truncatingIfNeeded: number) &* 0xD1B5_4A32_D192_ED03
    _ = next()
  }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// True in so many cases out of a hundred.
  public mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  /// A number out of a range.
  public mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// One of some values; the first stands for none.
  public mutating func pick<Value>(_ first: Value, _ others: Value...) -> Value {
    ([first] + others).randomElement(using: &self) ?? first
  }

  /// So many different elements, or all where there are fewer, in the order of the list.
  public mutating func some<Value>(_ count: Int, of values: [Value]) -> [Value] {
    values.indices.shuffled(using: &self).prefix(count).sorted().map { values[$0] }
  }

  /// An identifier as lvm2 makes them: 32 letters and digits in groups.
  public mutating func identifier() -> String {
    let characters = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return [6, 4, 4, 4, 4, 4, 6].map { length in
      String((0..<length).map { _ in characters.randomElement(using: &self) ?? "0" })
    }.joined(separator: "-")
  }

  /// A name that lvm2 allows (lvm(8), valid names), now and then one that a reader could take for something else.
  public mutating func name(_ prefix: String) -> String {
    switch number(0...9) {
    case 0: return "\(prefix).+_-\(number(0...999))-"
    case 1: return "\(number(0...99))\(prefix)"
    case 2: return "_\(prefix)--\(number(0...999))"
    case 3: return "+\(prefix)\(number(0...99))."
    case 4: return String(repeating: prefix, count: number(2...6)) + "\(number(0...9999))"
    default: return "\(prefix)\(number(0...9999))"
    }
  }

  /// A tag (lvm(8)), with the characters that names do not have.
  public mutating func tag() -> String {
    pick("", "a/b", "k=v", "a:b", "x&y", "z#") + "t\(number(0...999_999))"
  }
}
