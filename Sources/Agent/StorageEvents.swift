// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// What tells that storage may have changed: the kernel's messages about block devices, the mount table, fstab.
///
/// What cannot be had (in a container, say) is done without: the timer finds later what no event told.
final class StorageEvents: Sendable {
  /// A source of events.
  enum Source: String, CaseIterable, Sendable {
    case devices, mounts, fstab

    /// What is missing without it.
    var subject: String {
      switch self {
      case .devices: "the kernel's messages about devices"
      case .mounts: "changes of the mount table"
      case .fstab: "changes of /etc/fstab"
      }
    }
  }

  /// What a wait ended with.
  enum Outcome: Equatable {
    case changed(Set<Source>)
    case timeOver
    case stopped
  }

  private let descriptors: [(source: Source, descriptor: Int32)]
  private let stop: StopSignal
  /// Sources that are not to be had, and why.
  let missing: [(source: Source, reason: String)]

  /// Opens the sources; `mountTable` is polled (proc(5), `/proc/pid/mounts`), `folder` is where `fstab` lies.
  init(stop: StopSignal, mountTable: String = "/proc/self/mountinfo", folder: String = "/etc") {
    self.stop = stop
    var opened: [(Source, Int32)] = []
    var missing: [(Source, String)] = []
    for source in Source.allCases {
      let descriptor =
        switch source {
        case .devices: wholeimage_open_kernel_events()
        case .mounts: open(mountTable, O_RDONLY | O_CLOEXEC)
        case .fstab: wholeimage_watch_folder(folder)
        }
      if descriptor >= 0 {
        opened.append((source, descriptor))
      } else {
        missing.append((source, InspectionFailure.text(errno)))
      }
    }
    descriptors = opened
    self.missing = missing
  }

  deinit { for (_, descriptor) in descriptors { close(descriptor) } }

  /// Waits for an event, so many milliseconds at most (-1: without end); to be called on a thread that may block.
  func next(milliseconds: Int32) -> Outcome {
    var polled = descriptors.map { source, descriptor in
      // A mount table says that it changed by POLLPRI and POLLERR, and is always readable.
      pollfd(fd: descriptor, events: Int16(source == .mounts ? POLLPRI : POLLIN), revents: 0)
    }
    polled.append(pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0))
    let ready = poll(&polled, nfds_t(polled.count), milliseconds)
    if ready < 0, errno != EINTR { return .stopped }
    guard ready > 0 else { return .timeOver }
    if polled[descriptors.count].revents != 0 { return .stopped }
    var changed: Set<Source> = []
    for (index, (source, descriptor)) in descriptors.enumerated() where polled[index].revents != 0 {
      switch source {
      case .devices: if Self.takeMessages(descriptor) { changed.insert(source) }
      case .mounts: changed.insert(source)
      case .fstab: if Self.takeChanges(descriptor) { changed.insert(source) }
      }
    }
    return changed.isEmpty ? .timeOver : .changed(changed)
  }

  /// Takes what the kernel sent; true if any of it is about a block device, or was lost.
  private static func takeMessages(_ descriptor: Int32) -> Bool {
    var isWanted = false
    var message = [UInt8](repeating: 0, count: Uevent.limit)
    while true {
      let length = wholeimage_next_kernel_event(descriptor, &message, message.count)
      if length < 0 {
        // ENOBUFS: more came than fits, and some of it is lost.
        if errno == ENOBUFS { isWanted = true } else if errno != EINTR { return isWanted }
        continue
      }
      if length > 0, Uevent.isAboutBlockDevice(message.prefix(length)) { isWanted = true }
    }
  }

  private static func takeChanges(_ descriptor: Int32) -> Bool {
    var isWanted = false
    while true {
      let answer = wholeimage_folder_changed(descriptor, "fstab")
      guard answer >= 0 else { return isWanted }
      if answer > 0 { isWanted = true }
    }
  }
}
