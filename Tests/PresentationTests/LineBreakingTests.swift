// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Presentation

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("数据", 4), ("a数b", 4), ("é", 1), ("e\u{301}", 1), ("（）", 4), ("，", 2), ("…", 1),
    ("├─└│", 4), ("ｱｲ", 2), ("ＡＢ", 4), ("한글", 4), ("😀", 2), ("a\u{200B}b", 2), ("𠀀", 2), ("日本語ABC", 9),
  ]) func widths(_ text: String, _ columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  @Test(arguments: [
    ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("数据盘", 6, "数据盘"), ("数据盘", 5, "数据…"), ("数据盘", 4, "数…"),
    ("abc", 1, "…"), ("abc", 0, ""), ("", 3, ""),
  ]) func cutting(_ text: String, _ columns: Int, _ expected: String) {
    #expect(DisplayWidth.cut(text, to: columns) == expected)
    #expect(DisplayWidth.of(DisplayWidth.cut(text, to: columns)) <= columns)
  }

  @Test func padding() {
    #expect(DisplayWidth.pad("数", to: 4) == "数  ")
    #expect(DisplayWidth.pad("40G", to: 5, right: true) == "  40G")
    #expect(DisplayWidth.pad("too long", to: 3) == "too long")
  }
}

@Suite struct LineBreakingTests {
  private func prose(_ text: String, _ width: Int, first: String = "", rest: String = "") -> [String] {
    LineBreaking.prose(text, width: width, first: first, rest: rest)
  }

  @Test func englishBreaksAtBlanks() {
    #expect(prose("the quick brown fox", 10) == ["the quick", "brown fox"])
    #expect(prose("the quick", 9) == ["the quick"])
    #expect(prose("  spaced   out  ", 20) == ["spaced out"])
    #expect(prose("", 20) == [""])
  }

  @Test func linesHang() {
    #expect(prose("one two three", 9, first: "!! ", rest: "   ") == ["!! one", "   two", "   three"])
  }

  @Test func chineseBreaksAnywhereButNotBeforeAClosingMark() {
    #expect(prose("卷组分布在多个物理卷上", 10) == ["卷组分布在", "多个物理卷", "上"])
    #expect(prose("卷组分布在，多个", 10) == ["卷组分布", "在，多个"])
    #expect(prose("卷组分布（多个）", 10) == ["卷组分布", "（多个）"])
    #expect(prose("卷组 data 分布", 9) == ["卷组 data", "分布"])
    #expect(prose("设备/dev/vdb上", 8) == ["设备", "/dev/vdb", "上"])
  }

  @Test func aWordWiderThanALineIsCut() {
    for line in prose(String(repeating: "x", count: 50), 20) { #expect(line.utf8.count <= 20) }
    #expect(prose("/a-long/path-to/some-where", 16).joined() == "/a-long/path-to/some-where")
    #expect(prose("/a-long/path-to/some-where", 16).first == "/a-long/path-to/")
  }

  @Test func nothingIsLost() {
    let text = "Volume group data 的卷组 lies on /dev/vdb、/dev/vdc（两个）。" + String(repeating: "长", count: 90)
    for width in 40...100 {
      let lines = prose(text, width, first: "   ", rest: "   ")
      #expect(lines.allSatisfy { DisplayWidth.of($0) <= width })
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    }
  }

  @Test func commandsContinueAsTheShellWantsIt() {
    let command = "pvmove /dev/disk/by-id/virtio-one /dev/disk/by-id/virtio-two /dev/disk/by-id/virtio-three"
    let lines = LineBreaking.command(command, width: 60, indent: "       ")
    #expect(lines.count > 1)
    #expect(lines.allSatisfy { $0.utf8.count <= 60 })
    #expect(lines.dropLast().allSatisfy { $0.hasSuffix(" \\") })
    #expect(lines.last?.hasSuffix("\\") == false)
    // The shell joins them again to the same words.
    let joined = lines.joined(separator: "\n").replacing("\\\n", with: "")
    #expect(joined.split(separator: " ") == command.split(separator: " "))
  }

  @Test func commandsAreNotBrokenInsideQuotesOrWords() {
    let quoted = #"vgreduce data '/images/a very long name of an image file with blanks.raw'"#
    let lines = LineBreaking.command(quoted, width: 50, indent: "  ")
    #expect(lines.contains { $0.hasSuffix("'/images/a very long name of an image file with blanks.raw'") })
    let escaped = #"pvremove '/images/it'\''s a long name of one more image file.raw'"#
    #expect(
      LineBreaking.command(escaped, width: 40, indent: "").last
        == #"    '/images/it'\''s a long name of one more image file.raw'"#)
    let word = "vgreduce " + String(repeating: "x", count: 100)
    #expect(
      LineBreaking.command(word, width: 40, indent: "").last?.hasSuffix(String(repeating: "x", count: 100)) == true)
  }

  /// The command prompt of Windows goes on behind a caret, and quotes with two strokes.
  @Test func commandsOfWindowsAreBrokenAsItsPromptDoes() {
    let command = #"reg add "HKLM\SYSTEM\Control\Terminal Server" /v fDenyTSConnections /t REG_DWORD /d 0 /f"#
    let lines = LineBreaking.command(command, width: 60, indent: "       ", shell: .commandPrompt)
    #expect(
      lines == [
        #"       reg add "HKLM\SYSTEM\Control\Terminal Server" /v ^"#,
        #"           fDenyTSConnections /t REG_DWORD /d 0 /f"#,
      ])
  }

  @Test func commandsThatFitStayOnOneLine() {
    #expect(
      LineBreaking.command("vgreduce data /dev/vdc", width: 29, indent: "       ") == ["       vgreduce data /dev/vdc"])
  }
}
