// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText
public import Facts

/// The arguments that a kernel is started with (kernel-parameters.rst), as far as they say where the root is, where
/// messages go and whether the start is for repairs.
///
/// Arguments may hold secrets, as keys of disks and tokens of installers; those are read over.
public struct KernelArguments: Equatable, Sendable {
  /// The last value of `root=`; `none` where there is none, unknown where one may hide in a variable.
  public var root: Observed<String> = .none
  /// The values of `console=`, in their order.
  public var consoles: [String] = []
  /// Whether they ask for a shell to repair the system with: `single`, `emergency`, `rescue`, Ubuntu's `recovery`,
  /// a unit of systemd's for that, or a shell in the place of the first process.
  public var isForRepair = false

  /// No argument at all.
  public init() {}

  /// Reads arguments that are words already, as a boot loader hands them over; `nil` is one that is not known.
  public init(words: [[UInt8]?]) {
    for word in words {
      guard let word else {
        if case .none = root { root = .unknown }
        continue
      }
      take(word[...])
    }
  }

  /// Reads a command line as the kernel does: blanks part arguments, double quotes keep blanks in one
  /// (lib/cmdline.c, `next_arg`).
  public init(parsing line: [UInt8]) { self.init(words: Self.words(line[...])) }

  private mutating func take(_ word: Bytes) {
    if word.hasPrefix("root=") {
      root = .value(word.dropFirst(5).text)
    } else if word.hasPrefix("console=") {
      consoles.append(word.dropFirst(8).text)
    } else if Self.repairs.contains(where: word.isText) || word.hasPrefix("init=") && word.hasSuffix("sh") {
      isForRepair = true
    }
  }

  private static let repairs = [
    "single", "s", "S", "1", "-s", "-b", "emergency", "rescue", "recovery", "systemd.unit=rescue.target",
    "systemd.unit=emergency.target", "rd.emergency", "rd.rescue",
  ]

  static func words(_ line: Bytes) -> [[UInt8]] {
    var words: [[UInt8]] = []
    var word: [UInt8] = []
    var isQuoted = false
    var isOpen = false
    for byte in line {
      if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
        isOpen = true
      } else if !isQuoted, parts(byte) {
        if isOpen { words.append(word) }
        word = []
        isOpen = false
      } else {
        word.append(byte)
        isOpen = true
      }
    }
    return isOpen ? words + [word] : words
  }

  /// Whether a byte outside of quotes parts arguments.
  private static func parts(_ byte: UInt8) -> Bool { byte.isBlank || byte == 0x0A || byte == 0 }

  /// Whether an argument is one of those that are read, and so goes into recordings.
  static func isTelling(_ word: some Collection<UInt8>) -> Bool {
    let word = Array(word)[...]
    return word.hasPrefix("root=") || word.hasPrefix("console=") || repairs.contains(where: word.isText)
      || word.hasPrefix("init=") && word.hasSuffix("sh")
  }

  /// A command line for a recording: only the arguments that are read.
  public static func recorded(_ line: [UInt8]) -> [UInt8] {
    let kept = words(line[...]).filter(isTelling)
    let quoted = kept.map { $0.contains(where: parts) ? [0x22] + $0 + [0x22] : $0 }
    return Array(quoted.joined(separator: [0x20])) + [0x0A]
  }
}

extension Collection<UInt8> where SubSequence == Bytes {
  /// Whether they end with those of a text.
  func hasSuffix(_ text: String) -> Bool { reversed().starts(with: text.utf8.reversed()) }
}
