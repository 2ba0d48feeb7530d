// SPDX-License-Identifier: Apache-2.0

import Facts
import HuaweiCloud
import Testing

@Suite struct CloudWireTests {
  @Test(
    arguments: [
      (#"{"error":{"message":"m","code":"IMG.0134"}}"#, CloudError(code: "IMG.0134", message: "m")),
      (#"{"error_code":"APIGW.0301","error_msg":"m","request_id":"r"}"#, CloudError(code: "APIGW.0301", message: "m")),
      (#"{"error":"text"}"#, nil), (#"<html>403</html>"#, nil), (#"[]"#, nil),
    ] as [(String, CloudError?)])
  func errorBodies(body: String, expected: CloudError?) {
    #expect(CloudError(body: body.utf8) == expected)
  }

  @Test func errorIsFlat() {
    let json = CloudError(code: "WIR.0201", message: "m").json(adding: [("rule", "r"), ("decision_id", nil)])
    #expect(json.text == #"{"error":{"code":"WIR.0201","message":"m","rule":"r"}}"#)
  }

  @Test(arguments: [
    (#"{"status":"INIT"}"#, JobStatus.initial, false), (#"{"status":"RUNNING"}"#, .running, false),
    (#"{"status":"SUCCESS"}"#, .success, true), (#"{"status":"FAIL"}"#, .failure, true),
  ])
  func jobStatuses(body: String, status: JobStatus, isFinal: Bool) {
    #expect(JobStatus(answer: body.utf8) == status)
    #expect(status.isFinal == isFinal)
  }

  @Test(arguments: [#"{"status":"FAILED"}"#, #"{"status":7}"#, "{}", "", "RUNNING"])
  func unknownJobStatuses(body: String) {
    #expect(JobStatus(answer: body.utf8) == nil)
  }

  @Test func jobAnswers() throws {
    var job = CloudJob(
      id: "4010a32b5f909853015f90aaa24b0015", kind: .byInstance, status: .running,
      began: UTCTime(milliseconds: 1_730_873_983_195), ended: nil, project: "p", imageName: "n", imageID: nil,
      progress: 0.2, failure: nil)
    let running = job.showJobAnswer
    #expect(running["status"] == "RUNNING")
    #expect(running["begin_time"] == "2024-11-06T06:19:43.195Z")
    #expect(running["end_time"] == "")
    #expect(running["error_code"] == .null)
    #expect(running["fail_reason"] == .null)
    #expect(running["job_type"] == "imsCreateWholeImageByInstanceJob")
    #expect(running["entities"]?["process_percent"] == .number(0.2))
    #expect(running["entities"]?["image_id"] == nil)
    #expect(running["entities"]?["results"] == [])
    #expect(job.showProgressAnswer["entities"]?["subJobId"] == "")
    job.status = .success
    job.imageID = "i"
    #expect(
      job.showJobAnswer["entities"]?["results"]
        == [.members(("image_id", "i"), ("project_id", "p"), ("status", "SUCCESS"))])
    job.status = .failure
    job.failure = CloudError(code: "IMG.0014", message: "m")
    #expect(job.showJobAnswer["error_code"] == "IMG.0014")
    #expect(job.showJobAnswer["fail_reason"] == "m")
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (951_868_800_000, "2000-03-01T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    (4_107_456_000_000, "2100-02-28T00:00:00.000Z"), (1_730_873_983_195, "2024-11-06T06:19:43.195Z"),
    (1_735_689_599_999, "2024-12-31T23:59:59.999Z"), (253_402_300_799_000, "9999-12-31T23:59:59.000Z"),
  ])
  func times(milliseconds: Int64, text: String) {
    #expect(UTCTime(milliseconds: milliseconds).text == text)
  }

  @Test(arguments: [
    ("877a2cda-ba63-4e1e-b95f-e67e48b6129a", true), ("877A2CDA-BA63-4E1E-B95F-E67E48B6129A", true),
    ("877a2cda-ba63-4e1e-b95f-e67e48b6129", false), ("877a2cda-ba63-4e1e-b95f-e67e48b6129ab", false),
    ("877a2cdaba63-4e1e-b95f-e67e48b6129a-", false), ("gggggggg-ba63-4e1e-b95f-e67e48b6129a", false), ("", false),
  ])
  func uuids(text: String, isUUID: Bool) {
    #expect(CloudIdentifiers.isUUID(text) == isUUID)
  }

  @Test(arguments: [
    ("4010a32b5f909853015f90aaa24b0015", true), ("a-b_9", true), ("", false), ("a/b", false), ("..", false),
    ("a%2e", false), ("a b", false), (String(repeating: "a", count: 65), false),
  ])
  func pathIdentifiers(text: String, isOne: Bool) {
    #expect(CloudIdentifiers.isPathIdentifier(text) == isOne)
  }
}
