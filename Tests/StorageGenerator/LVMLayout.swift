// SPDX-License-Identifier: Apache-2.0

/// A random valid arrangement of volume groups on disks: how to make it with lvm2's own commands, and what must then be
/// said about it.
public struct LVMLayout: Sendable {
  /// How it is made.
  public let script: LayoutScript
  /// What is true of it.
  public let expected: Account
  /// What a reader would say that takes a sector for a label whatever its first word is.
  public let expectedOfAnyMagic: Account
  /// What it has.
  public let features: Set<LayoutFeature>
  /// Kinds of logical volumes in it.
  public let kinds: Set<VolumeKind>

  /// The layout of a number in the series of a seed: always the same one.
  public init(seed: UInt64, number: Int) {
    var maker = LayoutMaker(random: SeededRandom(seed: seed, case: number))
    maker.make()
    script = maker.machine.script
    expected = maker.machine.account()
    expectedOfAnyMagic = maker.machine.account(readsAnyMagic: true)
    features = maker.features
    kinds = maker.kinds
  }
}
