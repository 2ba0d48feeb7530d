// SPDX-License-Identifier: Apache-2.0

/// What a detail command is about: the object of the last `select`.
struct Selection {
  /// `select disk` or `select volume`; `nil` as long as none of the commands is seen.
  private var command: String?
  /// The number that it was given, if it was not a letter or a path.
  private var number: Int?

  /// Takes in a command; a selected partition, or one just made, selects its volume too, and which that is is not said.
  mutating func typed(_ typed: DiskpartCommand) {
    switch typed.name.split(separator: " ").first {
    case "select", "create": (command, number) = (typed.name, Int(typed.argument))
    default: break
    }
  }

  /// Takes in the number of the sentence that answers a `select`, which may name a volume by its letter.
  mutating func answered(_ said: Int) { number = number ?? said }

  /// The number of the disk or volume that an answer is about; `nil` if it is not certain.
  ///
  /// `said` is the number in the sentence before it, in which diskpart names what is selected.
  func number(_ answer: Table.Answer, saidBefore said: Int?) -> Int? {
    let wanted: String
    switch answer {
    case .detailDisk: wanted = "select disk"
    case .detailVolume: wanted = "select volume"
    case .list, .some: return nil
    }
    return command == nil ? said : command == wanted ? number ?? said : nil
  }
}
