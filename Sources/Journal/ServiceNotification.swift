// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc

/// Tells systemd how the service is (sd_notify(3)): one datagram to `$NOTIFY_SOCKET`, nothing where there is none.
public enum ServiceNotification {
  /// The service is up.
  public static func ready() { send("READY=1") }
  /// The service is alive (sd_watchdog_enabled(3)).
  public static func watchdog() { send("WATCHDOG=1") }
  /// What the service is at, in one line that `systemctl status` shows.
  public static func status(_ text: String) { send("STATUS=\(PlainText.from(text))") }
  /// The service is not up yet and still getting there: that it has more time, and what it is at.
  ///
  /// Without it a start that takes longer than the unit's `TimeoutStartSec=` is ended, and begun again.
  public static func starting(_ text: String, seconds: Int = 60) {
    send("EXTEND_TIMEOUT_USEC=\(seconds * 1_000_000)\nSTATUS=\(PlainText.from(text))")
  }
  /// The service is about to stop.
  public static func stopping() { send("STOPPING=1") }

  static func send(_ state: String, environment: String? = getenv("NOTIFY_SOCKET").map { String(cString: $0) }) {
    guard var name = environment.map({ Array($0.utf8) }), name.count > 1, name.count < 108 else { return }
    // A leading @ stands for the zero byte of an abstract address.
    if name[0] == UInt8(ascii: "@") { name[0] = 0 }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    let bytes = Array(state.utf8)
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
      }
    }
  }
}
