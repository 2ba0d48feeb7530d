// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

@testable import Inspection

@Suite struct MountInfoTests {
  @Test func readsALine() throws {
    let line = "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue\n"
    let table = MountInfo(parsing: Array(line.utf8))
    #expect(table.malformedLines.isEmpty && !table.truncated)
    let entry = try #require(table.entries.first)
    #expect(entry.number == "98:0" && entry.root == "/mnt1" && entry.mountPoint == "/mnt2")
    #expect(entry.options == ["rw", "noatime", "errors=continue"])
    #expect(entry.type == "ext3" && entry.source == "/dev/root")
  }

  @Test(arguments: [
    ("1 2 8:1 / /with\\040blank rw - ext4 /dev/sda1 rw\n", "/with blank"),
    ("1 2 8:1 / /tab\\011x rw - ext4 /dev/sda1 rw\n", "/tab\\x09x"),
    ("1 2 8:1 / /back\\134x41 rw - ext4 /dev/sda1 rw\n", "/back\\x5cx41"),
    ("1 2 8:1 / /整机 rw - ext4 /dev/sda1 rw\n", "/整机"),
  ]) func unescapesMountPoints(line: String, mountPoint: String) {
    #expect(MountInfo(parsing: Array(line.utf8)).entries.first?.mountPoint == mountPoint)
  }

  @Test(arguments: ["x\n", "1 2 8:1 / / rw ext4 /dev/sda1 rw\n", "1 2 nonumber / / rw - ext4 /dev/sda1 rw\n"])
  func notesLinesThatMakeNoSense(line: String) {
    let table = MountInfo(parsing: Array((line + "1 2 8:1 / / rw - ext4 /dev/sda1 rw\n").utf8))
    #expect(table.malformedLines == [1] && table.entries.count == 1)
  }

  @Test(arguments: ["", "1 2 8:1 / / rw - ext4 /dev/sd"]) func notesATableThatIsCutOff(text: String) {
    #expect(MountInfo(parsing: Array(text.utf8)).truncated)
  }
}

@Suite struct SwapTableTests {
  @Test func readsAreas() throws {
    let text =
      "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/vdb1   partition\t1048572\t0\t-2\n/swap\\040file file\t4\t0\t-3\n"
    let table = SwapTable(parsing: Array(text.utf8))
    #expect(!table.malformed)
    #expect(table.swaps.map(\.path) == ["/dev/vdb1", "/swap file"])
    #expect(table.swaps.map(\.type) == ["partition", "file"])
    #expect(table.swaps.first?.sizeBytes == .value(1_048_572 * 1024))
  }

  @Test(arguments: ["", "nonsense\n", "Filename Type Size Used Priority\n/dev/vdb1 partition\n", "Filename Type Size"])
  func notesNonsense(text: String) { #expect(SwapTable(parsing: Array(text.utf8)).malformed) }
}

@Suite struct FileSystemTableTests {
  @Test func readsEntries() throws {
    let text = """
      # comment
      UUID="0a-1" / ext4 errors=remount-ro 0 1

      LABEL=with\\040blank\t/srv\txfs
      /dev/vdb1 none swap sw 0 0
      """
    let table = FileSystemTable(parsing: Array(text.utf8))
    #expect(table.malformedLines.isEmpty)
    #expect(table.entries.map(\.line) == [2, 4, 5])
    #expect(table.entries.map(\.spec) == ["UUID=0a-1", "LABEL=with blank", "/dev/vdb1"])
    #expect(table.entries.map(\.pass) == [1, 0, 0])
    #expect(table.entries[0].options == ["errors=remount-ro"] && table.entries[1].options == ["defaults"])
  }

  @Test func oneBadLineCostsThatLine() {
    let table = FileSystemTable(parsing: Array("/dev/a /\n/dev/b /b ext4 defaults 0 x\n/dev/c /c ext4\n".utf8))
    #expect(table.malformedLines == [1, 2] && table.entries.map(\.spec) == ["/dev/c"])
  }
}
