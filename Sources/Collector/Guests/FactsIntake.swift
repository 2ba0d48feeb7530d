// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import NIOCore
internal import Readiness

/// Reads and judges what a guest reports, before anything is stored.
struct FactsIntake: Sendable {
  let policy: GatePolicy

  /// Facts read from a body.
  struct Reading: Sendable {
    var text: JSONText
    var facts: GuestFacts
  }

  /// Reads a facts document; 400 if it is none, of another schema, or contradicts itself.
  static func read(_ body: ByteBuffer) throws(CallError) -> Reading {
    guard body.readableBytes > 0 else {
      throw CallError(.badRequest, .malformed, "The body is empty; a facts document is expected.")
    }
    let text: JSONText
    do throws(JSONSyntaxError) { text = try JSONText(parsing: body.readableBytesView) } catch {
      throw CallError(.badRequest, .malformed, "The body is \(error).")
    }
    do throws(DocumentError) {
      return Reading(text: text, facts: try GuestFacts(json: text.value))
    } catch {
      throw CallError(.badRequest, .factsMalformed, "Not a facts document: \(PlainText.from(error.description)).")
    }
  }

  /// Facts that name another instance than the path belong to a copied agent, or to a mistaken script.
  static func checkIdentity(of facts: GuestFacts, against instanceID: String) throws(CallError) {
    guard let named = facts.guest.instanceID.value, !named.isEmpty else { return }
    guard InstanceID.canonical(named) == instanceID else {
      throw CallError(
        .badRequest, .factsOfAnother,
        "The facts are of instance \(PlainText.from(String(named.prefix(128)))), not of \(instanceID).")
    }
  }

  /// The verdict on the guest alone, without the words.
  func verdict(_ facts: GuestFacts) -> Verdict {
    RuleSet.current.verdict(
      on: facts, scope: .guest, profile: policy.profile, reading: policy.reading, cloudFacts: policy.cloudFacts)
  }

  /// The verdict on the guest alone, with the words of a language.
  func judgement(_ facts: GuestFacts, language: Language = .english) -> Judgement {
    RuleSet.current.judge(
      facts, scope: .guest, profile: policy.profile, reading: policy.reading, cloudFacts: policy.cloudFacts,
      language: language)
  }
}

extension Moment {
  /// The instant that many milliseconds before.
  func before(milliseconds: Int64) -> Moment {
    Moment(wall: UTCTime(milliseconds: wall.milliseconds - milliseconds), uptime: uptime - milliseconds)
  }
}
