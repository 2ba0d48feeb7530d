// SPDX-License-Identifier: Apache-2.0

import Facts
import TestSupport

@testable import Inspection

extension RecordedMachine {
  /// What inspection makes of the machine as it is now.
  func inspected() throws -> GuestFacts {
    try Inspector(.machine(Root(path: path)), agentVersion: "test", usesHelpers: false).inspect()
  }
}
