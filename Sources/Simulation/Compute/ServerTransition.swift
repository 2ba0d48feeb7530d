// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// How a server goes from one state to another ("ECS statuses"): first a task state, at the end a new status.
struct ServerTransition: Sendable {
  /// The status it starts from.
  let from: String
  /// The task state on the way.
  let task: String
  /// Status, `vm_state` and `power_state` at the end.
  let end: (status: String, machine: String, power: Int)

  /// The transition of an action; of any other job: a restart.
  init(_ kind: SimulatedJob.Kind) {
    switch kind {
    case .startServers: (from, task, end) = ("SHUTOFF", "powering-on", ("ACTIVE", "active", 1))
    case .stopServers: (from, task, end) = ("ACTIVE", "powering-off", ("SHUTOFF", "stopped", 4))
    default: (from, task, end) = ("ACTIVE", "rebooting", ("ACTIVE", "active", 1))
    }
  }

  /// Whether it can begin at a server as it is.
  func begins(at server: JSONObject) -> Bool {
    server.text("status") == from && (server["OS-EXT-STS:task_state"] ?? .null) == .null
  }
}

extension CloudState {
  /// Lets an action begin at those servers that are in the state for it; the job says all of them.
  mutating func act(_ kind: SimulatedJob.Kind, on ids: [String], isHard: Bool, _ call: CloudCall) -> CloudAnswer {
    var job = newJob(kind, call)
    let transition = ServerTransition(kind)
    var begun: [String] = []
    for id in ids {
      guard let server = servers[id], transition.begins(at: server) else { continue }
      begun.append(id)
      servers.change(id) { server in
        if kind == .rebootServers { server["status"] = isHard ? "HARD_REBOOT" : "REBOOT" }
        server["OS-EXT-STS:task_state"] = isHard && kind == .rebootServers ? "rebooting_hard" : transition.task.json
      }
    }
    job.parameters["servers"] = ids.json
    job.parameters["begun"] = begun.json
    jobs.insert(job)
    return .job(job.id)
  }

  /// The new status of the servers at which an action began.
  mutating func endServerAction(_ job: SimulatedJob, _ now: UTCTime) {
    let end = ServerTransition(job.kind).end
    for id in (job.parameters["begun"]?.array ?? []).compactMap(\.string) {
      servers.change(id) { server in
        server["status"] = end.status.json
        server["OS-EXT-STS:vm_state"] = end.machine.json
        server["OS-EXT-STS:power_state"] = end.power.json
        server["OS-EXT-STS:task_state"] = .null
        // Nova's times have no fraction.
        server["updated"] = .string(now.text.prefix(19) + "Z")
      }
    }
  }

  /// A volume is a disk of one more server.
  mutating func endAttaching(_ job: SimulatedJob, _ now: UTCTime) {
    let server = job.parameters["servers"]?.array?.first?.string ?? ""
    let volume = job.parameters["volume_id"]?.string ?? ""
    guard servers[server] != nil, let found = volumes[volume] else { return }
    let letter = Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8(min(25, disks(of: server).count))))
    let device = job.parameters["device"] ?? .string("/dev/vd\(letter)")
    blockDevices.insert(
      JSONObject([
        ("id", volume.json), ("volumeId", volume.json), ("serverId", server.json), ("bootIndex", -1),
        ("device", device), ("size", found["size"]),
        ("bus", found["metadata"]?["hw:passthrough"] == "true" ? "scsi" : "virtio"),
      ]))
    volumes.change(volume) { object in
      object["status"] = "in-use"
      let attachment = JSON.members(
        ("attachment_id", volume.json), ("server_id", server.json), ("volume_id", volume.json), ("device", device),
        ("attached_at", .string(String(now.text.dropLast()))), ("id", volume.json))
      object["attachments"] = .array((object["attachments"]?.array ?? []) + [attachment])
    }
    servers.change(server) { object in
      let entry = JSON.members(
        ("id", volume.json), ("device", device), ("bootIndex", "-1"), ("delete_on_termination", "false"))
      let key = "os-extended-volumes:volumes_attached"
      object[key] = .array((object[key]?.array ?? []) + [entry])
    }
  }

  /// A volume is no disk of the server any more.
  mutating func endDetaching(_ job: SimulatedJob) {
    let server = job.parameters["servers"]?.array?.first?.string ?? ""
    let volume = job.parameters["volume_id"]?.string ?? ""
    blockDevices.remove(server, volume)
    volumes.change(volume) { object in
      let rest = (object["attachments"]?.array ?? []).filter { $0["server_id"]?.string != server }
      object["attachments"] = .array(rest)
      object["status"] = rest.isEmpty ? "available" : "in-use"
    }
    servers.change(server) { object in
      let key = "os-extended-volumes:volumes_attached"
      object[key] = .array((object[key]?.array ?? []).filter { $0["id"]?.string != volume })
    }
  }
}
