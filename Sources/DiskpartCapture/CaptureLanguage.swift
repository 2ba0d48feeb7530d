// SPDX-License-Identifier: Apache-2.0

/// The language of diskpart's words in a capture.
enum CaptureLanguage {
  /// The language with the most words; `nil` if none is recognised or two are equal.
  static func of(_ text: CaptureText) -> String? {
    var votes: [String: Int] = [:]
    for range in text.lines().ranges.prefix(2000) {
      let line = Line(Array(text.units[range].prefix(200)))
      if let language = WordTable.current.sentence(line.text)?.language { votes[language, default: 0] += 5 }
      for word in line.text.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
        // A word of several languages tells less.
        let languages = WordTable.current.languages(of: String(word))
        for language in languages { votes[language, default: 0] += languages.count == 1 ? 3 : 1 }
      }
    }
    let ranked = votes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    guard let first = ranked.first else { return nil }
    return ranked.count > 1 && ranked[1].value == first.value ? nil : first.key
  }
}
