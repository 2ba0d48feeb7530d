// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// One of the words that the texts of SAN policies are made of.
enum PolicyPart: String {
  case online, offline, all, shared, `internal`

  /// Which policy these make together; `nil` if none.
  private static func policy(_ parts: Set<PolicyPart>) -> SANPolicy? {
    switch parts {
    case [.online, .all]: .onlineAll
    case [.offline, .shared]: .offlineShared
    case [.offline, .internal]: .offlineInternal
    case [.offline, .all]: .offlineAll
    default: nil
    }
  }

  /// Which policy a text is that consists of words of one language and of nothing else, each once, in any order.
  static func policy(
    of text: Substring, _ words: [(word: String, part: PolicyPart)], _ found: Set<PolicyPart>
  ) -> SANPolicy? {
    if text.isEmpty { return policy(found) }
    for (word, part) in words where !found.contains(part) && text.hasPrefix(word) {
      if let policy = policy(of: text.dropFirst(word.count), words, found.union([part])) { return policy }
    }
    return nil
  }
}
