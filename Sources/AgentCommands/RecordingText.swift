// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Inspection
internal import Readiness

/// What the recorder tells the user about a recording.
struct RecordingText {
  var language: Language

  private var isChinese: Bool { language == .chinese }

  /// What was written, what is in it, and how to look into it; `file` is `nil` for the standard output.
  func summary(_ recording: MachineRecording, file: String?, folder: String, size: UInt64) -> String {
    let counts = recording.counts
    let bytes = ByteSize.text(counts.deviceBytes)
    var lines: [String] = []
    if isChinese {
      lines += [
        "已写入 \(file ?? "标准输出")(\(ByteSize.text(size))):\(counts.files) 个文件、\(counts.listings) 个目录列表、"
          + "\(counts.devices) 个块设备的 \(bytes)。",
        "其中有主机名、机器标识、序列号、设备名、卷名、挂载点和 /etc/fstab。发送之前请先查看。",
      ]
      if counts.devicesWithoutAnswer > 0 { lines.append("\(counts.devicesWithoutAnswer) 个设备无法读取,原因已记录。") }
      if counts.devicesStated > 0 { lines.append("\(counts.devicesStated) 个设备只记录了识别结果,没有记录 libblkid 读取的字节。") }
    } else {
      lines += [
        "wrote \(file ?? "standard output") (\(ByteSize.text(size))): \(counts.files) files, \(counts.listings) "
          + "directory listings, \(bytes) of \(counts.devices) devices.",
        "It names this server: host name, machine id, serial numbers, device, volume and mount names, /etc/fstab. Look "
          + "through it before you send it.",
      ]
      if counts.devicesWithoutAnswer > 0 {
        lines.append(
          "Devices that could not be read, with the reason in the recording: \(counts.devicesWithoutAnswer).")
      }
      if counts.devicesStated > 0 {
        lines.append(
          "Devices of which it holds what libblkid said instead of the bytes that it read: \(counts.devicesStated).")
      }
    }
    if !recording.privateFiles.isEmpty {
      lines.append(isChinese ? "其中有并非人人可读的文件:" : "In it are files that not everybody on this server may read:")
      lines += recording.privateFiles.map { "  " + PlainText.from($0.utf8) }
    }
    let archive = file.flatMap { RecordingName.isPlain($0[...]) ? $0 : nil } ?? (isChinese ? "文件" : "FILE")
    let replay = "tar -xf \(archive) && wholeimage-agent check --root \(folder)"
    lines.append(isChinese ? "查看方法:\(replay)" : "To look into it: \(replay)")
    return lines.joined(separator: "\n")
  }

  /// The recording was inspected and gave the same facts.
  var verified: String {
    isChinese ? "已核对:由此记录得到的事实与本机相同(时间除外)。" : "Checked: inspecting it gives the same facts, but for the times."
  }

  /// It could not be tried.
  func notVerified(_ reason: String) -> String {
    isChinese
      ? "未能核对此记录(文件已完整写入):\(reason)"
      : "It was not checked that inspecting it gives the same facts (the file itself is complete): \(reason)"
  }

  /// It gave other facts.
  func differs(_ places: [String]) -> String {
    let list = places.joined(separator: ", ")
    return isChinese
      ? "由此记录得到的事实与本机不同:\(list)。文件已完整写入,请连同此消息一起发送。"
      : "inspecting the recording gives other facts than this machine: \(list). The file is complete all the same; send "
        + "it with this message."
  }
}
