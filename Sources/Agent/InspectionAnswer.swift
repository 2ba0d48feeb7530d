// SPDX-License-Identifier: Apache-2.0

public import Facts

/// What an inspector answers: `{"facts": …, "memory": …}`.
public struct InspectionAnswer: Equatable, Sendable {
  /// The facts document.
  public var facts: JSON
  /// What is to be handed to the next inspection, and is nobody else's business; `nil` if there is nothing.
  public var memory: JSON?

  /// An answer.
  public init(facts: JSON, memory: JSON? = nil) {
    self.facts = facts
    self.memory = memory
  }

  /// The answer in these bytes.
  init(parsing bytes: [UInt8]) throws(InspectionFailure) {
    let document: JSON
    do {
      document = try JSON(parsing: bytes)
    } catch {
      throw .malformed(bytes.isEmpty ? "there is nothing" : error.description)
    }
    if let message = document["error"]?["message"]?.string { throw .refused(PlainText.from(message)) }
    guard let facts = document["facts"], facts.object != nil else { throw .malformed("there are no facts") }
    self.init(facts: facts, memory: document["memory"])
  }

  /// The document form.
  public var json: JSON { .members(("facts", facts), ("memory", memory)) }
}
