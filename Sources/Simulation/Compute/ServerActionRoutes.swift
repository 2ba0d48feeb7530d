// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// ECS: starting, stopping and restarting servers, attaching and detaching disks.
enum ServerActionRoutes {
  static let all: [CloudRoute] = [
    CloudRoute("POST", "/v1/{project_id}/cloudservers/action", batch),
    CloudRoute("POST", "/v2.1/{project_id}/servers/{server_id}/action", native),
    CloudRoute("POST", "/v1/{project_id}/cloudservers/{server_id}/attachvolume", attach),
    CloudRoute("DELETE", "/v1/{project_id}/cloudservers/{server_id}/detachvolume/{volume_id}", detach),
  ]

  private static let kinds: [String: SimulatedJob.Kind] = [
    "os-start": .startServers, "os-stop": .stopServers, "reboot": .rebootServers,
  ]

  /// Up to 1000 servers at once; one that is there already, or busy, stays as it is.
  private static func batch(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let (kind, action) = try action(call, malformed)
    guard let listed = action["servers"]?.array, (1...1000).contains(listed.count) else { throw malformed }
    var ids: [String] = []
    for entry in listed {
      guard let id = entry["id"]?.string else { throw malformed }
      ids.append(try ServerRoutes.found(state, call, id).text("id"))
    }
    return state.act(kind, on: ids, isHard: action["type"]?.string == "HARD", call)
  }

  private static let malformed = CloudRefusal.service("Ecs.0005", "Incorrect request parameters.")

  /// One server, Nova's way: refused where the server is not in the state for it.
  private static func native(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let server = try ServerRoutes.foundByNova(state, call)
    let (kind, action) = try action(
      call, .nova(400, "badRequest", "There is no such action: the simulator knows os-start, os-stop and reboot."))
    let id = server.text("id")
    guard ServerTransition(kind).begins(at: server) else {
      let task = server["OS-EXT-STS:task_state"]?.string
      let why = task.map { "task_state \($0)" } ?? "vm_state \(server.text("OS-EXT-STS:vm_state"))"
      throw .nova(409, "conflictingRequest", "Cannot '\(call.bodyAction)' instance \(id) while it is in \(why)")
    }
    _ = state.act(kind, on: [id], isHard: action["type"]?.string == "HARD", call)
    return CloudAnswer(status: 202)
  }

  /// The action that a body's one member names, and what it says.
  private static func action(
    _ call: CloudCall, _ refusal: CloudRefusal
  ) throws(CloudRefusal) -> (SimulatedJob.Kind, JSON) {
    guard let members = (try? JSON(parsing: call.body))?.object?.members, members.count == 1,
      let kind = kinds[members[0].key]
    else { throw refusal }
    return (kind, members[0].value)
  }

  private static func attach(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let server = try ServerRoutes.found(state, call).text("id")
    let wanted = (try? JSON(parsing: call.body))?["volumeAttachment"]
    let id = wanted?["volumeId"]?.string ?? ""
    let volume = try VolumeRoutes.found(state, call, id)
    guard state.blockDevices[server, id] == nil,
      volume.text("status") == "available" || volume["multiattach"] == true
    else { throw .service("Ecs.0605", "Volume \(id) is not available.") }
    var job = state.newJob(.attachVolume, call)
    job.parameters["servers"] = [server].json
    job.parameters["volume_id"] = id.json
    job.parameters["device"] = wanted?["device"]
    state.volumes.change(id) { $0["status"] = "attaching" }
    state.jobs.insert(job)
    return .job(job.id)
  }

  private static func detach(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let server = try ServerRoutes.found(state, call).text("id")
    let volume = call.variable("volume_id")
    guard state.blockDevices[server, volume] != nil else {
      throw .service("Ecs.0601", "Volume \(PlainText.from(volume)) is not attached to the server.", status: 404)
    }
    var job = state.newJob(.detachVolume, call)
    job.parameters["servers"] = [server].json
    job.parameters["volume_id"] = volume.json
    state.volumes.change(volume) { $0["status"] = "detaching" }
    state.jobs.insert(job)
    return .job(job.id)
  }
}

extension CloudCall {
  /// The name of a body's first member; what a body's one member names is the action.
  fileprivate var bodyAction: String { (try? JSON(parsing: body))?.object?.members.first?.key ?? "" }
}
