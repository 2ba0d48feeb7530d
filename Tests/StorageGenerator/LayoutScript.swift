// SPDX-License-Identifier: Apache-2.0

/// One thing to do to the disks of a layout.
public enum LayoutAction: Sendable {
  /// A command of lvm2. `{NAME}` stands for the device of a disk, `{text}` and a number for the path of a text.
  case lvm(String)
  /// Makes one disk a copy of another one, which has the same size.
  case copy(from: String, to: String)
  /// Makes a disk larger.
  case grow(disk: String, sectors: Int)
  /// Changes one bit of a byte.
  case flip(disk: String, offset: Int)
}

/// Actions while the same disks are attached.
public struct LayoutPhase: Sendable {
  /// The disks that can be seen.
  public var visible: [String]
  /// What is done, in order.
  public var actions: [LayoutAction]
}

/// How a layout comes about: disks, texts and what is done.
public struct LayoutScript: Sendable {
  /// Sizes in sectors of all disks by name, as they are at first.
  public var disks: [String: Int] = [:]
  /// Metadata texts, by number.
  public var texts: [String] = []
  /// What is done.
  public private(set) var phases: [LayoutPhase] = []
  /// Disks that are there in the end.
  public var attached: [String] = []

  /// Sizes in sectors that disks have grown to.
  public var grown: [Int] {
    phases.flatMap(\.actions).compactMap { action in
      if case .grow(_, let sectors) = action { sectors } else { nil }
    }
  }

  mutating func act(_ action: LayoutAction, visible: [String]) {
    let visible = visible.sorted()
    if phases.last?.visible == visible {
      phases[phases.count - 1].actions.append(action)
    } else {
      phases.append(LayoutPhase(visible: visible, actions: [action]))
    }
  }
}
