// SPDX-License-Identifier: Apache-2.0

import Foundation
import StorageGenerator

/// One layout, made and held against what three parties say about it.
struct LayoutComparison {
  let layout: LVMLayout
  /// Differences that nothing explains, a line each.
  private(set) var differences: [String] = []
  /// How often each explanation was needed.
  private(set) var explained: [ExplainedDifference: Int] = [:]
  /// Statements compared, of all parties.
  private(set) var statements = 0

  /// Makes it; `isLive` has the agent look at the machine with these devices too, and not at the image files alone.
  init(_ layout: LVMLayout, isLive: Bool) throws {
    self.layout = layout
    let rig = try LayoutRig(layout.script)
    let attached = layout.script.attached
    let theirs = try LVMAccount(rig, attached: attached).account
    compare("lvm2", theirs, isStock: true)
    let files = attached.map { (rig.file($0), $0) }
    let images = try Self.inspect(attached.flatMap { ["--disk-image", rig.file($0)] })
    compare("agent, image files", AgentAccount(images, disks: Dictionary(files) { first, _ in first }).account)
    guard isLive else { return }
    let devices = rig.devices.map { (String($1.dropFirst("/dev/".count)), $0) }
    let machine = try LiveMachine.look { try Self.inspect([]) }
    compare("agent, live", AgentAccount(machine, disks: Dictionary(devices) { first, _ in first }).account)
  }

  private static func inspect(_ arguments: [String]) throws -> Document {
    let outcome = try Program.run("wholeimage-agent", ["inspect"] + arguments)
    guard outcome.status == 0 else {
      throw LayoutRig.Failure(description: "inspect \(arguments) exits \(outcome.status): \(outcome.errors)")
    }
    return try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8))
  }

  private mutating func compare(_ party: String, _ account: Account, isStock: Bool = false) {
    statements += account.count
    // lvm2 has no gaps, only warnings.
    for difference in account.differences(from: layout.expected, where: { !isStock || !$0.hasPrefix("gap ") }) {
      if isStock, let explanation = ExplainedDifference.explaining(difference, in: layout) {
        explained[explanation, default: 0] += 1
      } else {
        let name = layout.expected[difference.subject, "name"] ?? ""
        let kind = layout.expected[difference.subject, "layout"] ?? ""
        differences.append("\(party): \(name) \(kind) \(difference)")
      }
    }
  }
}

/// What lvm2 says otherwise than the agent, and why that is right.
enum ExplainedDifference: String, CaseIterable {
  /// lvm2 gives a physical volume that it finds nowhere the size 0; the agent tells the size in the metadata.
  case sizeOfMissing
  /// lvm2 gives the size of the device as it is; the agent tells the size that the metadata was written for.
  case sizeOfGrown
  /// lvm2 looks at the type of a label only, and where its first word is damaged does not even check the sum; the agent
  /// takes no damaged label for a physical volume and says so.
  case damagedMagic

  static func explaining(_ difference: Account.Difference, in layout: LVMLayout) -> ExplainedDifference? {
    let expected = layout.expected
    switch difference.statement {
    case "size" where difference.left == "0" && expected[difference.subject, "devices"] == "": return .sizeOfMissing
    case "size" where layout.features.contains(.grown):
      let sizes = layout.script.grown.map { String($0 * 512) }
      return sizes.contains(difference.left ?? "") ? .sizeOfGrown : nil
    default:
      let isOfAnyMagic = layout.expectedOfAnyMagic[difference.subject, difference.statement] == difference.left
      return isOfAnyMagic ? .damagedMagic : nil
    }
  }
}
