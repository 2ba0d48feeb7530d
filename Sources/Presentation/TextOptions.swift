// SPDX-License-Identifier: Apache-2.0

/// How a report is laid out on a terminal.
public struct TextOptions: Sendable, Equatable {
  /// Columns of a line, 40 at least; the documents promise that 80 suffice.
  public var width: Int
  /// Whether to use ANSI colours (ECMA-48 SGR); the caller decides by `NO_COLOR` and by the kind of output.
  public var color: Bool

  /// A width in columns, and whether to use colours.
  public init(width: Int = 80, color: Bool = false) {
    self.width = max(width, 40)
    self.color = color
  }
}
