// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// Tells threads that wait in poll(2) that the daemon is to stop: a descriptor that is readable from then on
/// (eventfd(2)).
final class StopSignal: Sendable {
  /// What to wait for beside everything else; -1, for which poll(2) never wakes, if the system gave none.
  let descriptor: Int32

  init() { descriptor = wholeimage_stop_descriptor() }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Ends every wait, those to come too.
  func raise() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
  }

  /// Whether it was raised.
  var isRaised: Bool {
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&polled, 1, 0) > 0
  }
}
