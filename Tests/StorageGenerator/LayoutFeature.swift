// SPDX-License-Identifier: Apache-2.0

/// What can have happened to the groups of a layout, besides being made.
public enum LayoutFeature: String, CaseIterable, Sendable, Comparable {
  /// Nothing; without volumes; several groups.
  case whole, withoutVolumes, severalGroups
  /// Physical volumes that no group uses.
  case freeVolume, removedGroup
  /// How the metadata is stored: no area, two, ignored ones, a text that goes on at the start of its area, a sequence
  /// number beyond 2^31.
  case withoutArea, twoAreas, ignoredAreas, wrapped, largeSequence
  /// Disks that are away, came back, were given up, or belong to a group that cannot be seen.
  case missing, returnedInUse, returnedUnused, outdated, groupUnseen
  /// Copies of disks, of the same state and of an older one.
  case duplicate, olderDuplicate
  /// Two groups of one name; a text against another one of the same number.
  case sameName, ambiguous
  /// Groups of another machine.
  case exported, foreign
  /// A disk that is larger than when the group was made.
  case grown
  /// A metadata area or a label with a wrong byte.
  case damagedArea, damagedLabel

  /// By name.
  public static func < (left: LayoutFeature, right: LayoutFeature) -> Bool { left.rawValue < right.rawValue }
}
