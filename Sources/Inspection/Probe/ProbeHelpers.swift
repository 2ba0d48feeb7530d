// SPDX-License-Identifier: Apache-2.0

internal import CBlkid
internal import CLinux
internal import Glibc

/// Probes devices in helper processes, several at once, all before one deadline.
///
/// A helper that is stuck in a read of a dead device is left alone: never signalled (killing the last opener of a
/// suspended device makes it hold the disk's lock, and then hangs everybody else). It ends by itself when the device
/// answers or the machine stops.
struct ProbeHelpers {
  /// Helpers at work from the start: probing is many small reads, one after another, and waits for the device, not
  /// for the processor (measured on 64 loop devices and two processors: 6 take as long as 8, for 0.93 of the work).
  static let usual = 6
  /// Helpers that there may be, the stuck ones among them.
  static let most = 64
  /// After so long without an answer there is one more helper, so that dead devices do not keep the others waiting.
  static let patienceMilliseconds = 50

  private let root: Root
  private var helpers: [Helper] = []
  private var requests: [ProbeRequest] = []
  private var outcomes: [ProbeOutcome?] = []
  /// Indices of the requests that no helper has yet, in their order from `next` on.
  private var waiting: [Int] = []
  private var next = 0
  private let unanswered: UnansweredDevices
  private var lastAnswer: Int
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)

  private struct Helper {
    var process: pid_t
    /// -1 once it is let go.
    var socket: Int32
    /// Index of the request it works on.
    var request: Int?
    /// It has ended, and takes no more.
    var isLost = false
    var received: [UInt8] = []
  }

  /// No helper yet: the first request starts one.
  init(root: Root, unanswered: UnansweredDevices = UnansweredDevices()) {
    self.root = root
    self.unanswered = unanswered
    lastAnswer = Self.now
  }

  /// Milliseconds of the clock that neither jumps nor can be set.
  private static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }

  private var hasWaiting: Bool { next < waiting.count }

  /// Has a device probed, while the caller goes on; its outcome will be at this place.
  mutating func ask(_ request: ProbeRequest) {
    requests.append(request)
    if let process = request.number.flatMap({ unanswered.waiting[$0] }) {
      outcomes.append(.stillUnanswered(process))
      return
    }
    outcomes.append(nil)
    waiting.append(requests.count - 1)
    _ = awaitAnswers(milliseconds: 0)
    guard hasWaiting else { return }
    if let idle = helpers.firstIndex(where: { $0.request == nil && !$0.isLost }) {
      assign(to: idle)
    } else if helpers.count < Self.usual {
      _ = start()
    }
  }

  /// Waits for all of them, and passes on an outcome for each, the last when the deadline has passed at the latest.
  mutating func finish(deadlineMilliseconds: Int, _ settle: (Int, ProbeOutcome) -> Void) {
    let deadline = Self.now + deadlineMilliseconds
    lastAnswer = Self.now
    var unsettled = Array(outcomes.indices)
    while true {
      // What has come is taken in while the helpers are at work on the rest.
      unsettled.removeAll { place in
        guard let outcome = outcomes[place] else { return false }
        // Its bytes are not kept any longer.
        outcomes[place] = nil
        settle(place, outcome)
        return true
      }
      guard !unsettled.isEmpty else { break }
      if !hasWaiting { dismissIdle() }
      let now = Self.now
      guard now < deadline, helpers.contains(where: { $0.request != nil }) else { break }
      let pause = hasWaiting ? max(1, lastAnswer + Self.patienceMilliseconds - now) : Int.max
      let answered = awaitAnswers(milliseconds: min(deadline - now, pause))
      if answered {
        lastAnswer = Self.now
      } else if hasWaiting, helpers.count < Self.most, Self.now - lastAnswer >= Self.patienceMilliseconds {
        _ = start()
        lastAnswer = Self.now
      }
    }
    release()
    while hasWaiting {
      outcomes[waiting[next]] = .notReached
      next += 1
    }
    for place in unsettled { settle(place, outcomes[place] ?? .timedOut) }
  }

  /// Starts one helper and gives it its first request.
  private mutating func start() -> Bool {
    let started = HelperProcess.start(root: root) { [root] socket in ProbeHelper.serve(socket: socket, root: root) }
    guard let started else { return false }
    helpers.append(Helper(process: started.process, socket: started.socket))
    assign(to: helpers.count - 1)
    return true
  }

  private mutating func assign(to index: Int) {
    helpers[index].request = nil
    helpers[index].received = []
    guard hasWaiting else { return }
    let request = waiting[next]
    next += 1
    helpers[index].request = request
    if !HelperProcess.send(ReadingFrame.bytes(of: requests[request]), to: helpers[index].socket) { lose(index) }
  }

  /// Waits for the helpers that are at work, and gives those that answered the next device; whether any of them did.
  private mutating func awaitAnswers(milliseconds: Int) -> Bool {
    let busy = helpers.indices.filter { helpers[$0].request != nil }
    guard !busy.isEmpty else { return false }
    var polled = busy.map { pollfd(fd: helpers[$0].socket, events: Int16(POLLIN), revents: 0) }
    let ready = poll(&polled, nfds_t(polled.count), Int32(clamping: milliseconds))
    guard ready > 0 else { return false }
    var answered = false
    for (index, polled) in zip(busy, polled) where polled.revents != 0 {
      if receive(from: index) { answered = true }
    }
    return answered
  }

  private mutating func receive(from index: Int) -> Bool {
    let count = recv(helpers[index].socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    guard count > 0 else {
      lose(index)
      return true
    }
    helpers[index].received += buffer[..<count]
    guard let length = ReadingFrame.length(of: helpers[index].received) else { return false }
    guard length > 0 else {
      lose(index)
      return true
    }
    guard helpers[index].received.count >= length, let request = helpers[index].request else { return false }
    outcomes[request] = ReadingFrame.outcome(from: helpers[index].received)
    assign(to: index)
    return true
  }

  /// A helper that ended: its device has no answer, the others get a new helper.
  private mutating func lose(_ index: Int) {
    if let request = helpers[index].request { outcomes[request] = .crashed }
    helpers[index].request = nil
    helpers[index].isLost = true
    shutdown(helpers[index].socket, Int32(SHUT_RDWR))
    if hasWaiting, helpers.count < Self.most { _ = start() }
  }

  /// Lets the idle helpers end, while others are still at work.
  private mutating func dismissIdle() {
    for index in helpers.indices where helpers[index].request == nil && helpers[index].socket >= 0 {
      close(helpers[index].socket)
      helpers[index].socket = -1
    }
  }

  /// Lets all helpers go and collects the idle ones; the stuck ones stay behind, and are remembered.
  private mutating func release() {
    dismissIdle()
    for helper in helpers where helper.request != nil {
      close(helper.socket)
      if let number = helper.request.flatMap({ requests[$0].number }) {
        unanswered.note(number, helper: helper.process)
      }
    }
    for helper in helpers where helper.request == nil {
      HelperProcess.wait(for: helper.process)
    }
  }
}

/// The helper's side.
private enum ProbeHelper {
  /// Serves requests until the program closes the socket.
  static func serve(socket: Int32, root: Root) {
    wholeimage_keep_freed_memory()
    blkid_init_debug(0)
    var isAtRoot = false
    while let frame = receive(from: socket) {
      guard let request = ReadingFrame.request(from: frame) else { break }
      // Nor the folder that it was started in. The names of image files may be relative to that.
      if request.number != nil, !isAtRoot { isAtRoot = chdir("/") == 0 }
      let outcome =
        root.observer == nil
        ? DeviceProbe.probe(request, root: root) : WatchedProbe.probe(request, root: root)
      guard HelperProcess.send(ReadingFrame.bytes(of: outcome), to: socket) else { break }
    }
  }

  private static func receive(from socket: Int32) -> [UInt8]? {
    var frame: [UInt8] = []
    var wanted = 4
    while true {
      if frame.count >= 4 {
        guard let length = ReadingFrame.length(of: frame), length > 0 else { return nil }
        if frame.count == length { return frame }
        wanted = length - frame.count
      }
      let chunk = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
        count = max(0, recv(socket, buffer.baseAddress, wanted, 0))
      }
      guard !chunk.isEmpty else { return nil }
      frame += chunk
    }
  }
}
