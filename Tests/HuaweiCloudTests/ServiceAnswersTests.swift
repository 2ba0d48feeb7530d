// SPDX-License-Identifier: Apache-2.0

import Facts
import HuaweiCloud
import Testing

/// What is read of the answers of the cloud's services: right ones, and odd ones, which say nothing.
@Suite struct ServiceAnswersTests {
  static let server = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"
  static let volume = "62f0d06b-808d-480d-8f2a-0c4a1d6be001"
  static let backup = "9b27efab-4a17-4c06-bfa2-3e0cf021d3c3"

  static func json(_ text: String) throws -> JSON { try JSON(parsing: text.utf8) }

  @Test func aServer() throws {
    let answer = try Self.json(
      #"""
      {"server":{"id":"877A2CDA-ba63-4e1e-b95f-e67e48b6129a","status":"SHUTOFF","tenant_id":"p","updated":"2026-01-10T08:00:00Z",
      "OS-EXT-STS:task_state":null,"metadata":{"os_type":"Linux"},
      "os-extended-volumes:volumes_attached":[{"id":"128d5bfd-f215-487f-9a4b-54bb0e5c1d02","device":"/dev/vda","bootIndex":"0"}]}}
      """#)
    var read = try #require(CloudServer(answer: answer, id: Self.server))
    #expect(read.isRunning == false && read.taskState == .none && read.project == .value("p"))
    #expect(read.osType == .value("Linux") && read.changedAt == .value("2026-01-10T08:00:00Z"))
    #expect(read.attachments.value?.first?.bootIndex == .value(0))
    let disks = try Self.json(
      #"{"volumeAttachments":[{"volumeId":"128d5bfd-f215-487f-9a4b-54bb0e5c1d02","bootIndex":0,"pciAddress":"0000:02:01.0"}]}"#
    )
    #expect(read.takeDisks(answer: disks) && read.attachments.value?.first?.pciAddress == .value("0000:02:01.0"))
    let others = try Self.json(#"{"volumeAttachments":[{"volumeId":"62f0d06b-808d-480d-8f2a-0c4a1d6be001"}]}"#)
    let agreed = read.takeDisks(answer: others)
    #expect(!agreed)
    #expect(CloudServer(answer: answer, id: Self.backup) == nil)
    #expect(CloudServer(answer: [], id: Self.server) == nil)
  }

  /// Absent, of another type or empty: none of it is taken for an answer.
  @Test(arguments: [
    #"{"server":{"id":"\#(server)"}}"#, #"{"server":{"id":"\#(server)","status":7,"OS-EXT-STS:task_state":7}}"#,
    #"{"server":{"id":"\#(server)","status":{},"os-extended-volumes:volumes_attached":{}}}"#,
    #"{"server":{"id":"\#(server)","os-extended-volumes:volumes_attached":[{"device":"/dev/vda"}]}}"#,
  ])
  func anOddServerSaysNothing(text: String) throws {
    let read = try #require(CloudServer(answer: try Self.json(text), id: Self.server))
    #expect(read.status.value == nil && !read.taskState.isKnown && read.attachments.value == nil)
    #expect(read.isRunning == nil)
  }

  @Test(
    arguments: [
      (#""service_type":"EVS","dedicated_storage_id":null,"multiattach":false"#, false, false),
      (#""service_type":"EVS","multiattach":true"#, false, true),
      (#""service_type":"EVS","dedicated_storage_id":"","shareable":"true""#, false, true),
      (#""service_type":"DSS","dedicated_storage_id":"x","shareable":"false""#, true, false),
      (#""service_type":"DESS","multiattach":"false""#, true, false),
      (#""service_type":"EVS","dedicated_storage_id":"x""#, true, nil),
      (#""dedicated_storage_id":null"#, nil, nil), (#""service_type":7,"multiattach":1"#, nil, nil),
      (#""service_type":"EVS","dedicated_storage_id":7,"multiattach":null"#, nil, nil), (#""name":"x""#, nil, nil),
    ] as [(String, Bool?, Bool?)])
  func aVolume(members: String, isDedicated: Bool?, isShared: Bool?) throws {
    let answer = try Self.json(#"{"volume":{"id":"\#(Self.volume)",\#(members)}}"#)
    let read = try #require(CloudVolume(answer: answer, id: Self.volume, server: Self.server))
    #expect(read.isOnDedicatedStorage == isDedicated)
    #expect(read.isShared.value == isShared)
  }

  @Test func whenAVolumeWasAttachedToTheServerInQuestion() throws {
    let answer = try Self.json(
      #"""
      {"volume":{"id":"\#(Self.volume)","attachments":[{"server_id":"other","attached_at":"1"},
      {"server_id":"\#(Self.server)","attached_at":"2026-01-10T08:00:00.000000"}]}}
      """#)
    let read = try #require(CloudVolume(answer: answer, id: Self.volume, server: Self.server))
    #expect(read.attachedAt == .value("2026-01-10T08:00:00.000000"))
    #expect(CloudVolume(answer: answer, id: Self.volume, server: "third")?.attachedAt.isKnown == false)
  }

  @Test func aBackupOfTheNewerService() throws {
    let answer = try Self.json(
      #"""
      {"backup":{"id":"\#(Self.backup)","status":"available","resource_type":"OS::Nova::Server","resource_id":"\#(Self.server)",
      "vault_id":"\#(Self.server)","project_id":"p","created_at":"2020-02-05T10:38:34.209782","protected_at":null,"updated_at":"2020-02-05T10:48:34",
      "extend_info":{"contain_system_disk":true,"os_images_data":[{"image_id":"i"}]},
      "children":[{"resource_id":"\#(Self.volume)"}]}}
      """#)
    let read = try #require(CloudBackup(answer: answer, id: Self.backup, service: .cbr))
    #expect(read.imageIDs == .value(["i"]) && read.containsSystemDisk == .value(true))
    #expect(read.volumeIDs == .value([Self.volume]) && read.serverID == .value(Self.server))
    #expect(read.completedAt == .value("2020-02-05T10:48:34") && !read.isSharedIn.isKnown)
    #expect(CloudBackup(answer: answer, id: Self.backup, service: .csbs) == nil)
  }

  @Test(
    arguments: [
      (#"{}"#, []), (#"{"os_images_data":null}"#, []), (#"{"os_images_data":[]}"#, []),
      (#"{"os_images_data":["i"]}"#, ["i"]), (#"{"os_images_data":[{"id":"i"}]}"#, nil),
      (#"{"os_images_data":"i"}"#, nil),
      (#"[]"#, nil), (#"null"#, nil),
    ] as [(String, [String]?)])
  func theImagesOfABackup(info: String, images: [String]?) throws {
    let answer = try Self.json(#"{"backup":{"id":"\#(Self.backup)","extend_info":\#(info),"children":[]}}"#)
    let read = try #require(CloudBackup(answer: answer, id: Self.backup, service: .cbr))
    #expect(read.imageIDs.value == images)
    // A backup of a server without a volume is no answer.
    #expect(!read.volumeIDs.isKnown)
  }

  @Test func aBackupOfTheOlderService() throws {
    let answer = try Self.json(
      #"""
      {"checkpoint_item":{"id":"\#(Self.backup)","status":"available","resource_id":"\#(Self.server)",
      "resource_type":"OS::Nova::Server","extend_info":{"os_images_data":[],
      "volume_backups":[{"source_volume_id":"\#(Self.volume)","bootable":false},{"source_volume_id":"\#(Self.server)","bootable":true}]}}}
      """#)
    let read = try #require(CloudBackup(answer: answer, id: Self.backup, service: .csbs))
    #expect(read.containsSystemDisk == .value(true) && read.volumeIDs == .value([Self.volume, Self.server]))
    #expect(read.isSharedIn == .value(false) && read.imageIDs == .value([]) && !read.createdAt.isKnown)
  }

  @Test func aVaultAndWhatItLeavesOut() throws {
    let answer = try Self.json(
      #"""
      {"vault":{"id":"\#(Self.backup)","billing":{"status":"available","object_type":"server","protect_type":"backup"},
      "resources":[{"id":"a"},{"id":"b","extra_info":{"exclude_volumes":["v"]}},
      {"id":"c","extra_info":{"include_volumes":[{"id":"w","os_version":"x"}]}},{"id":"d","extra_info":{"include_volumes":[]}},
      {"id":"e","extra_info":{"exclude_volumes":7}}]}}
      """#)
    let read = try #require(CloudVault(answer: answer, id: Self.backup))
    let resources = try #require(read.resources.value)
    #expect(read.status == .value("available") && read.objectType == .value("server"))
    #expect(resources.map { $0.excludedVolumeIDs.value } == [nil, ["v"], nil, nil, nil])
    #expect(resources.map { $0.includedVolumeIDs.value } == [nil, nil, ["w"], nil, nil])
    #expect(resources.map { $0.excludedVolumeIDs.isKnown } == [true, true, true, true, false])
  }

  @Test func anImage() throws {
    func read(_ members: String) throws -> Observed<CloudImage> {
      CloudImage.read(answer: try Self.json(#"{"images":[{"id":"\#(Self.backup)"\#(members)}]}"#), id: Self.backup)
    }
    #expect(try read(#","__whole_image":"true","__backup_id":"B""#).value?.isWholeImage == .value(true))
    #expect(try read(#","__whole_image":true"#).value?.backupID == Observed<String>.none)
    #expect(try read("").value?.isWholeImage == .value(false))
    #expect(try read(#","__whole_image":7"#).value?.isWholeImage.isKnown == false)
    #expect(CloudImage.read(answer: try Self.json(#"{"images":[]}"#), id: Self.backup) == .none)
    // A list of other images is no answer to the question about this one.
    #expect(!CloudImage.read(answer: try Self.json(#"{"images":[{"id":"x"}]}"#), id: Self.backup).isKnown)
    #expect(!CloudImage.read(answer: [], id: Self.backup).isKnown)
  }

  @Test func theYoungestImageOfAName() throws {
    let answer = try Self.json(
      #"""
      {"images":[{"id":"old","name":"a b","__whole_image":"true","created_at":"2026-01-10T07:00:00Z"},
      {"id":"new","name":"a b","__whole_image":"true","created_at":"2026-01-10T08:10:00Z"},
      {"id":"other","name":"c","__whole_image":"true","created_at":"2026-01-10T09:00:00Z"},
      {"id":"disk","name":"a b","created_at":"2026-01-10T09:00:00Z"}]}
      """#)
    let decided = try #require(UTCTime(rfc3339: "2026-01-10T08:00:00Z"))
    #expect(CloudImage.youngest(answer: answer, name: "a b", since: decided) == "new")
    #expect(CloudImage.youngest(answer: answer, name: "x", since: decided) == nil)
    #expect(CloudImage.wholeImagesPath(name: "a b/整") == "/v2/cloudimages?__whole_image=true&name=a%20b%2F%E6%95%B4")
  }
}
