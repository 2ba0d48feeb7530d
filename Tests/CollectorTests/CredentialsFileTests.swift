// SPDX-License-Identifier: Apache-2.0

import Facts
import HuaweiCloud
import Testing

@testable import Collector

@Suite struct CredentialsFileTests {
  @Test(arguments: [
    "[]", "{}", #"{"tokens":{}}"#, #"{"tokens":[],"more":1}"#, #"{"tokens":[7]}"#, "{", #"{"tokens":[],"tokens":[]}"#,
    #"{"tokens":[{"name":"a","sha256":"00","role":"agent","projects":["p"]}]}"#,
    #"{"tokens":[{"name":"a","sha256":"S","role":"admin","projects":["p"]}]}"#,
    #"{"tokens":[{"name":"a","sha256":"S","role":"agent","projects":[]}]}"#,
    #"{"tokens":[{"name":"a","sha256":"S","role":"agent"}]}"#,
    #"{"tokens":[{"name":"a\nb","sha256":"S","role":"agent","projects":["p"]}]}"#,
    #"{"tokens":[{"name":"a","sha256":"S","role":"agent","projects":["p"],"token":"x"}]}"#,
    #"{"tokens":[{"name":"a","sha256":"S","role":"operator","projects":["p"],"instance_id":"i"}]}"#,
    #"{"tokens":[{"name":"a","sha256":"S","role":"agent","projects":["p"],"instance_id":"a/b"}]}"#,
    #"{"tokens":[{"name":"a","sha256":"S","role":"orchestrator","projects":["p"],"forward_as":"a\u000ab"}]}"#,
    #"{"tokens":[{"name":"a","sha256":"S","role":"agent","projects":["p"]},{"name":"b","sha256":"S","role":"agent","projects":["p"]}]}"#,
    #"{"tokens":[{"name":"iam:a@p","sha256":"S","role":"agent","projects":["p"]}]}"#,
    #"{"tokens":[{"name":"key:A","sha256":"S","role":"agent","projects":["p"]}]}"#,
    #"{"keys":{}}"#, #"{"tokens":null,"keys":[]}"#, #"{"keys":[7]}"#,
    #"{"keys":[{"access":"","secret":"S","role":"operator","projects":["p"]}]}"#,
    #"{"keys":[{"access":"A,B","secret":"S","role":"operator","projects":["p"]}]}"#,
    #"{"keys":[{"access":"A","secret":"short","role":"operator","projects":["p"]}]}"#,
    #"{"keys":[{"access":"A","secret":"with a blank in the middle","role":"operator","projects":["p"]}]}"#,
    #"{"keys":[{"access":"A","secret":["S"],"role":"operator","projects":["p"]}]}"#,
    #"{"keys":[{"access":"A","secret":"S","role":"root","projects":["p"]}]}"#,
    #"{"keys":[{"access":"A","secret":"S","role":"operator","projects":[]}]}"#,
    #"{"keys":[{"access":"A","secret":"S","role":"operator"}]}"#,
    #"{"keys":[{"access":"A","role":"operator","projects":["p"]}]}"#,
    #"{"keys":[{"access":"A","secret":"S","role":"operator","projects":["p"],"name":"x"}]}"#,
    #"{"keys":[{"access":"A","secret":"S","role":"agent","projects":["p"]},{"access":"A","secret":"S","role":"agent","projects":["q"]}]}"#,
  ])
  func wrongFilesAreRefused(text: String) throws {
    let digest = CredentialsTests.sha256("x")
    let filled = text.split(separator: #""S""#, omittingEmptySubsequences: false).joined(separator: #""\#(digest)""#)
    let folder = try ScratchFolder()
    let file = CredentialsFile(path: try folder.write(filled, to: "credentials.json"))
    #expect {
      try file.read()
    } throws: { error in
      (error as? CollectorFailure)?.kind == .input && !"\(error)".contains(digest)
    }
  }

  @Test func keysAreReadAndTheirSecretsNeverShown() throws {
    #expect(try Credentials(json: .members(("tokens", []), ("keys", []))).keys.isEmpty)
    let secret = "EXAMPLESKEXAMPLESKEXAMPLESKEXAMPLESK0000"
    let entry: JSON = .members(
      ("access", "AK"), ("secret", .string(secret)), ("role", "orchestrator"), ("projects", ["p1"]))
    let credentials = try Credentials(json: .members(("keys", [entry])))
    let key = try #require(credentials.keys["AK"])
    #expect(key.secret == secret)
    #expect(key.role == .orchestrator)
    let caller = Caller(key)
    #expect(caller.name == "key:AK")
    for text in ["\(key)", String(reflecting: key), "\(caller)", "\(CloudIdentity.token(secret))"] {
      #expect(!text.contains(secret))
    }
  }

  @Test(arguments: [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o602, false), (0o610, false)])
  func onlyTheOwnerMayReadTheFile(mode: Int, isTaken: Bool) throws {
    let folder = try ScratchFolder()
    let file = CredentialsFile(path: try folder.write(CredentialsTests.document.text, to: "c.json", mode: mode))
    if isTaken {
      #expect(try file.read().count == 6)
    } else {
      #expect(throws: CollectorFailure.self) { try file.read() }
    }
  }

  @Test func whatIsNoRegularFileIsRefused() throws {
    let folder = try ScratchFolder()
    #expect(throws: CollectorFailure.self) { try CredentialsFile(path: folder.path).read() }
    #expect(throws: CollectorFailure.self) { try CredentialsFile(path: folder.file("absent")).read() }
  }
}
