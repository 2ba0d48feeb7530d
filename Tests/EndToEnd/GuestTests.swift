// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Real guests with active storage: what the agent says there, held against the guest's own tools.
///
/// Needs QEMU; root once, to make the guests' root disk (`guests/make-root`).
@Suite(.enabled(if: GuestPlay.isWanted, GuestPlay.reason)) struct GuestTests {
  /// Holds everything that the agent says at one point against the guest's own answers.
  ///
  /// `gaps` names the device by what it is called in the guest (`/dev/mapper` name, serial number) in braces.
  private func expectTheSame(
    _ observation: GuestObservation, verdict: String, gaps: Set<String> = [], outcomes: [String: String] = [:]
  ) throws {
    let devices = try GuestDevices(observation)
    var differences = devices.differences(observation).list
    differences += try GuestMounts.differences(observation, devices).list
    differences += try GuestVolumeGroups(observation, devices).differences(observation).list
    differences += try GuestMemberSets.differences(observation, devices).list
    for difference in differences { Issue.record("\(observation.name): \(difference)") }
    let expected = Set(gaps.map(devices.resolving))
    for gap in Set(observation.gaps).subtracting(expected).sorted() {
      Issue.record("\(observation.name): a gap without reason: \(gap)")
    }
    for gap in expected.subtracting(observation.gaps).sorted() { Issue.record("\(observation.name): no gap \(gap)") }
    #expect(observation.outcomes == outcomes, "\(observation.name)")
    #expect(observation.report["verdict"].word == verdict)
    #expect(observation.lines("facts.status") == ["0"])
    #expect(observation.lines("report.status") == [["ready": "0", "not_ready": "1"][verdict] ?? "2"])
    #expect(observation.lines("facts.errors").isEmpty && observation.lines("report.errors").isEmpty)
    // Nothing that we do may make udev look at a device again.
    #expect(observation.lines("events").filter { $0.hasPrefix("KERNEL[") || $0.hasPrefix("UDEV  [") } == [])
    #expect(observation.report["facts"]["devices"] == observation.facts["devices"])
    #expect(observation.report["facts"]["volume_groups"] == observation.facts["volume_groups"])
  }

  private static let groupSpans = "lvm-volume-group-spans-physical-volumes"
  private static let volumeSpans = "lvm-logical-volume-spans-physical-volumes"
  private static let arraySpans = "raid-array-spans-disks"
  private static let fileSystemSpans = "filesystem-spans-devices"
  private static let missing = "lvm-physical-volume-missing"
  private static let duplicate = "lvm-physical-volume-duplicate"

  @Test func volumesOfEveryKind() throws {
    let play = try GuestPlay("lvm")
    defer { play.remove() }
    for name in ["active", "moving", "exported", "renamed"] {
      let observation = try play.observation(name)
      try expectTheSame(
        observation, verdict: "not_ready", outcomes: [Self.groupSpans: "fail", Self.volumeSpans: "fail"])
      let volumes = observation.facts["volume_groups"].list.flatMap { $0["logical_volumes"].list }
      #expect(volumes.contains { $0["name"].word == "pvmove0" } == (name == "moving"))
    }
  }

  @Test func aServerOnOneDisk() throws {
    let play = try GuestPlay("single")
    defer { play.remove() }
    for name in ["linear", "snapshot", "thin", "cache", "raid", "errors"] {
      try expectTheSame(try play.observation(name), verdict: "ready")
    }
  }

  @Test func aDiskSeenTwice() throws {
    let play = try GuestPlay("paths")
    defer { play.remove() }
    for name in ["nvme", "bare", "multipath", "one-path", "partitions"] {
      try expectTheSame(try play.observation(name), verdict: "ready")
    }
  }

  @Test func layersOfEveryKind() throws {
    let play = try GuestPlay("stacks")
    defer { play.remove() }
    let spread = [Self.arraySpans: "fail", Self.fileSystemSpans: "fail"]
    try expectTheSame(try play.observation("stacks"), verdict: "ready", outcomes: spread)
    // What a locked container hides may be a volume group.
    let unknown = [Self.groupSpans, Self.volumeSpans, Self.missing, Self.duplicate]
    try expectTheSame(
      try play.observation("broken"), verdict: "undetermined",
      gaps: ["device {under--luks-lv} inside: encrypted", "device {inner} inside: encrypted"],
      outcomes: spread.merging(unknown.map { ($0, "unknown") }) { $1 })
  }

  @Test func aPlainServerAndItsService() throws {
    let play = try GuestPlay("plain")
    defer { play.remove() }
    try expectTheSame(try play.observation("plain"), verdict: "ready")
    #expect(try play.timed("verify").status == 0)
    #expect(try play.line("verify/output").isEmpty && play.line("verify/errors").isEmpty)
    for command in ["start", "wait", "poll", "check-beside", "stop", "again", "restart"] {
      #expect(try play.timed(command).status == 0, "\(command)")
    }
    // It is ready long before it has been asked to wait for that.
    #expect(try play.timed("wait").milliseconds < 30_000)
    // Under software emulation every program that systemd starts and ends takes its time.
    #expect(try play.timed("stop").milliseconds < 2_000 + play.timed("check-beside").milliseconds)
    #expect(try play.timed("poll-without").status == 69)
    let started = try play.line("start/state")
    #expect(started.contains("ActiveState=active") && started.contains("Type=notify"))
    #expect(try play.line("stop/state").contains("Result=success"))
    #expect(try play.line("restart/state") == "NRestarts=1")
  }

  @Test func theSandboxedService() throws {
    let play = try GuestPlay("service")
    defer { play.remove() }
    for name in ["wait", "polled", "check", "beside", "stop"] { #expect(try play.timed(name).status == 0, "\(name)") }

    // What the sandboxed inspector sees is what root sees, files that only root may read included.
    var documents = try ["sandbox.json", "shell.json"].map { name in
      try JSONSerialization.jsonObject(with: Data(contentsOf: play.results.appending(path: name))) as? [String: Any]
    }
    for index in documents.indices {
      #expect(documents[index]?.removeValue(forKey: "collected_at") != nil)
      #expect(documents[index]?.removeValue(forKey: "duration_us") != nil)
    }
    #expect(try #require(documents[0] as NSDictionary?) == #require(documents[1] as NSDictionary?))
    let sandbox = try play.report("sandbox.json")
    #expect(sandbox["visibility"].list.isEmpty && sandbox["guest"]["instance_id_source"].word == "dmi")
    #expect(try play.line("instance") == "5b2f0c9e-3a51-4c0d-9d0e-6c1d5a7e0f42")
    #expect(try play.line("user") == "wholeimage-agent")
    #expect(
      try play.line("modes") == "660 wholeimage-agent wholeimage-agent\n640 wholeimage-agent wholeimage-agent")

    // The vsock drop-in answers as the others do.
    let overVsock = try play.line("vsock")
    #expect(overVsock.hasPrefix("HTTP/1.1 200 ") && overVsock.contains(#""verdict":"#))

    // An event is seen within two seconds, and what one inspection takes here under software emulation.
    let emulation = try 2 * play.timed("check").milliseconds
    for name in ["disk", "volume", "refused", "mount", "fstab"] {
      #expect(try Int(play.line(name)) ?? .max <= 2_000 + emulation, "\(name)")
    }
    #expect(try play.timed("stop").milliseconds < 2_000 + emulation)
    for name in ["volume-file", "refused-collector", "allowed-collector"] {
      #expect(try Int(play.line(name)) ?? .max <= 10_000 + emulation, "\(name)")
    }

    #expect(try play.line("other-host").hasPrefix("HTTP/1.1 421 "))
    // Two minutes' worth of timers at most: the watchdog's, the heartbeat's.
    #expect(try Int(play.line("idle-switches")) ?? .max <= 12)
    #expect(try play.line("idle-written") == "0")
    let threads = try play.line("idle-threads").split(separator: "\n")
    #expect(threads.filter { $0.contains("qos") }.isEmpty, "libdispatch has threads: \(threads)")

    // A clock that jumps by ten years changes nothing: neither what is seen nor what gets to the collector.
    for name in ["ahead", "behind", "right"] {
      #expect(try Int(play.line(name)) ?? .max <= 2_000 + emulation, "\(name)")
      #expect(try Int(play.line("\(name)-collector")) ?? .max <= 10_000 + emulation, "\(name)")
    }
    #expect(try play.line("after-jumps") == "Result=success\nNRestarts=0")
    // What udev does not announce is seen when the timer ends, here after 15 seconds and a tenth.
    #expect(try Int(play.line("unannounced")) ?? .max <= 18_500 + emulation)

    // A last report went out, and nothing that looks like a verdict is left.
    let (before, after) = try (play.report("guest-before.json"), play.report("guest-after.json"))
    #expect(after["confirmed_at"].word > before["confirmed_at"].word)
    #expect(try play.line("left") == "agent.sock")
    let journal = try play.line("journal.json").split(separator: "\n").map { line in
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String] ?? [:]
    }
    #expect(!journal.isEmpty && journal.allSatisfy { ($0["PRIORITY"].flatMap(Int.init) ?? 0) >= 5 }, "\(journal)")
    #expect(journal.count <= 30)
  }

  /// Places from which less can be seen: each is stated, and one from which the unused disk cannot be read is not ready.
  @Test func viewsThatAreCutOff() throws {
    let play = try GuestPlay("views")
    defer { play.remove() }
    let any = "any"
    let views: [(name: String, status: String, limit: String?)] = [
      ("whole-view", "0", nil), ("own-mounts", "0", nil), ("nobody", "2", "not_privileged"),
      ("group-disk", "0", "not_privileged"), ("hidden-proc", "0", "not_privileged"), ("private-devices", "2", any),
      ("no-devices", "2", any), ("no-dev", "2", any), ("own-proc", "0", any), ("no-sysfs", "2", any),
      ("no-blocks", "2", any), ("chroot-no-devices", "2", "chroot"),
      ("no-udev", "0", "no_udev"),
    ]
    // Without /proc a program cannot even know what it was asked.
    #expect(try play.line("views/chroot-empty.status") == "70")
    #expect(try !play.line("views/chroot-empty.errors").isEmpty && play.line("views/chroot-empty.json").isEmpty)
    for view in views {
      #expect(try play.line("views/\(view.name).status") == view.status, "\(view.name)")
      #expect(try play.line("views/\(view.name).errors").isEmpty, "\(view.name)")
      guard let report = try? play.report("views/\(view.name).json") else {
        Issue.record("\(view.name): no report")
        continue
      }
      #expect(report["verdict"].word == (view.status == "0" ? "ready" : "undetermined"), "\(view.name)")
      let limits = report["facts"]["visibility"].list.map(\.["limit"].word)
      switch view.limit {
      case nil: #expect(limits.isEmpty, "\(view.name)")
      case any: #expect(!limits.isEmpty, "\(view.name): nothing is said of what limits this view")
      case let limit?: #expect(limits.contains(limit), "\(view.name): \(limits)")
      }
    }
  }

  @Test func devicesThatDoNotAnswer() throws {
    let play = try GuestPlay("suspended")
    defer { play.remove() }
    // Software emulation takes a second only to start the program: that much is allowed on top of every deadline.
    let usual = try play.timed("calm")
    #expect(usual.status == 0)
    let grace = usual.milliseconds + 500
    let calm = try play.observation("calm")
    let devices = try GuestDevices(calm)

    // Known to be suspended: not touched, named with everything that rests on it.
    let suspended = try play.timed("suspended")
    #expect(suspended.status == 2 && suspended.milliseconds <= 3_000 + grace)
    let gaps = try gaps(in: play.report("suspended/output"))
    for name in ["{data-lv} content", "{upper} content", "{data-files} content.uuid", "loop0 content"] {
      #expect(gaps.contains(devices.resolving("device \(name): suspended")), "\(name): \(gaps)")
    }
    #expect(gaps.allSatisfy { $0.hasSuffix(": suspended") })
    #expect(try play.line("suspended/helpers") == "0")
    #expect(try play.timed("resumed").status == 0)

    // Suspended while the helper reads it: the deadline, and the helper stays until the device answers.
    let late = try play.line("late/device")
    for name in ["late", "late-again"] {
      let time = try play.timed(name)
      #expect(time.status == 2 && time.milliseconds <= 5_000 + grace, "\(name)")
    }
    #expect(try self.gaps(in: play.report("late/output")).contains("device \(late) content: timed_out"))
    #expect(try self.gaps(in: play.report("late-again/output")).contains("device \(late) content: suspended"))
    #expect(try play.line("late/suspended") == "1")
    #expect(try play.line("late/helpers") == "1")
    #expect(try play.line("late/helpers-after") == "0")

    // Ended by a signal at once, as the shell shows it.
    for (name, status) in [("interrupted", 130), ("terminated", 143)] {
      let time = try play.timed(name)
      #expect(time.status == status && time.milliseconds <= 3_000 + 500, "\(name) took \(time)")
    }

    // However many: all of them are named, and as long as there are helpers for them all others are seen. To start the
    // helpers takes as long again, there.
    for (name, count, seconds) in [("forty", 41, 10), ("eighty", 81, 5)] {
      let time = try play.timed(name)
      #expect(time.status == 2 && time.milliseconds <= seconds * 1000 + 2 * grace, "\(name) took \(time)")
      let gaps = try self.gaps(in: play.report("\(name)/output"))
      let dead = gaps.filter { $0.hasPrefix("device dm-") && $0.hasSuffix(" content: timed_out") }
      #expect(dead.count >= count)
      if name == "forty" { #expect(gaps.count == count, "\(Set(gaps).subtracting(dead))") }
    }

    // The service beside such a device.
    #expect(try play.timed("service-start").status == 0)
    #expect(try play.timed("service-status-now").status == 2)
    let stop = try play.timed("service-stop")
    #expect(stop.status == 0 && stop.milliseconds < 2_000)
    #expect(try play.line("service-stop/state").contains("Result=success"))

    // Nobody was kept from any device.
    for name in ["suspended", "upper", "loop", "late", "stuck", "service", "eighty"] {
      #expect(try play.timed("opener-\(name)").status == 0, "\(name)")
    }
    #expect(try play.timed("disk-below").status == 0 && play.timed("disk-below-late").status == 0)
    #expect(try play.line("helpers-in-the-end") == "0")
  }

  private func gaps(in report: Document) -> [String] {
    report["facts"]["gaps"].list.map { gap in
      let subject = gap["subject"]
      return "\(subject["kind"].word) \(subject["name"].word) \(subject["member"].word): \(gap["reason"].word)"
    }
  }

  @Test func whatIsOnDiskIsNotWhatRuns() throws {
    let play = try GuestPlay("disagree")
    defer { play.remove() }
    let unknown = Dictionary(
      uniqueKeysWithValues: [
        Self.groupSpans, Self.volumeSpans, Self.missing, Self.duplicate, Self.arraySpans, Self.fileSystemSpans,
      ].map { ($0, "unknown") })
    for name in ["agreed", "restored"] { try expectTheSame(try play.observation(name), verdict: "ready") }
    try expectTheSame(
      try play.observation("removed"), verdict: "undetermined", gaps: ["device {data-removed} group: inconsistent"],
      outcomes: unknown)
    // Which member of the volume is in doubt is not what matters here; that it is named is.
    for (name, device, verdict) in [
      ("resized", "data-kept", "undetermined"), ("moved", "data-removed", "not_ready"),
      ("elsewhere", "data-removed", "undetermined"), ("unsnapped", "data-snap", "undetermined"),
    ] {
      let observation = try play.observation(name)
      let kernelName = try GuestDevices(observation).resolving("{\(device)}")
      let volume = observation.facts["volume_groups"].list.flatMap { $0["logical_volumes"].list }
        .first { $0["device"].word == kernelName }
      let named = observation.facts["gaps"].list.contains { gap in
        let subject = gap["subject"]["name"].word
        return gap["reason"].word == "inconsistent" && (subject == kernelName || subject == volume?["uuid"].word)
      }
      #expect(named, "\(name): no gap about \(device) among \(observation.gaps)")
      #expect(observation.report["verdict"].word == verdict, "\(name)")
    }
    let wiped = ["device {gone-lv} group: inconsistent", "device {three} content.uuid: inconsistent"]
    let table = ["device {table} partitions: inconsistent"]
    for (name, gaps) in [
      ("wiped", wiped), ("table", wiped + table),
      ("superblock", wiped + table + ["device {raid-b} content.uuid: inconsistent"]),
    ] {
      let observation = try play.observation(name)
      let devices = try GuestDevices(observation)
      #expect(Set(gaps.map(devices.resolving)).isSubset(of: observation.gaps), "\(name): \(observation.gaps)")
      #expect(observation.report["verdict"].word == "undetermined", "\(name)")
    }
  }

  @Test func whatTheRemediesSayWorks() throws {
    let play = try GuestPlay("remedy")
    defer { play.remove() }
    // Once the lost disk is back, it carries what was true when it went.
    let lost = ["device {six} content.signatures: inconsistent"]
    let stages: [(name: String, before: [String], after: [String], gaps: [String])] = [
      ("fits", [Self.groupSpans, Self.volumeSpans], [], []), ("empty", [Self.groupSpans], [], []),
      ("large", [Self.groupSpans, Self.volumeSpans], [], []),
      ("back", [Self.missing, Self.groupSpans], [Self.groupSpans], []),
      ("lost", [Self.missing, Self.groupSpans], [], []), ("copy", [Self.duplicate], [], lost),
      ("twin", [Self.groupSpans], [Self.groupSpans], lost), ("apart", [Self.groupSpans], [], lost),
    ]
    for stage in stages {
      let output = try play.line("\(stage.name).output")
      #expect(try play.line("\(stage.name).status") == "0", "\(output)")
      for (name, failed) in [("before", stage.before), ("after", stage.after)] {
        try expectTheSame(
          try play.observation("\(stage.name).\(name)"), verdict: failed.isEmpty ? "ready" : "not_ready",
          gaps: Set(stage.gaps), outcomes: Dictionary(uniqueKeysWithValues: failed.map { ($0, "fail") }))
      }
    }
    try expectTheSame(
      try play.observation("away"), verdict: "not_ready", outcomes: [Self.missing: "fail", Self.groupSpans: "fail"])
    // Nothing lies on what came back, so lvm2 takes it for complete.
    try expectTheSame(try play.observation("nothing-back"), verdict: "not_ready", outcomes: [Self.groupSpans: "fail"])
    for name in ["fits", "large"] { #expect(try play.line("\(name).files") == "intact") }
  }
}
