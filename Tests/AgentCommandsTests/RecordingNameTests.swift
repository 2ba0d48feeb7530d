// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AgentCommands

@Suite struct RecordingNameTests {
  @Test(arguments: [
    ("web1.tar", "web1"), ("/tmp/x/web1.tar", "web1"), ("web1", "web1-recording"), ("a.b.tar", "a.b"),
    ("-", "wholeimage-recording"), (".tar", "wholeimage-recording"), ("..tar", "wholeimage-recording"),
    ("/", "wholeimage-recording"), ("-rf.tar", "wholeimage-recording"), ("a b.tar", "wholeimage-recording"),
    ("$(x).tar", "wholeimage-recording"), ("名.tar", "wholeimage-recording"),
    (String(repeating: "a", count: 200) + ".tar", "wholeimage-recording"),
  ])
  func aRecordingUnpacksIntoOnePlainFolder(file: String, folder: String) {
    #expect(RecordingName.folder(ofFile: file) == folder)
  }
}
