// SPDX-License-Identifier: Apache-2.0

import CCodePages
import Glibc
import Testing

/// Every byte and every pair of every table means what iconv(3) says it means.
@Suite struct CodePageTests {
  static let pages: [Int32] = [437, 850, 852, 857, 866, 932, 936, 949, 950, 1252]

  /// iconv's answer: the one code unit, or 0 for anything else.
  private final class Converter {
    private let handle: iconv_t

    init?(page: Int32) {
      guard let handle = iconv_open("UTF-16LE", "CP\(page)"), Int(bitPattern: handle) != -1 else { return nil }
      self.handle = handle
    }

    deinit { iconv_close(handle) }

    func unit(_ source: [UInt8]) -> UInt16 {
      var input = source.map { CChar(bitPattern: $0) }
      var output = [CChar](repeating: 0, count: 16)
      return input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
          var (from, to) = (input.baseAddress, output.baseAddress)
          var (fromLeft, toLeft) = (input.count, output.count)
          iconv(handle, nil, nil, nil, nil)
          guard iconv(handle, &from, &fromLeft, &to, &toLeft) == 0, fromLeft == 0 else { return 0 }
          // A module may hold a character back, in case a combining one follows.
          iconv(handle, nil, nil, &to, &toLeft)
          guard toLeft == output.count - 2 else { return 0 }
          return UInt16(UInt8(bitPattern: output[0])) | UInt16(UInt8(bitPattern: output[1])) << 8
        }
      }
    }
  }

  @Test(arguments: pages) func singles(_ page: Int32) throws {
    let converter = try #require(Converter(page: page))
    for byte in UInt8.min...UInt8.max {
      #expect(wholeimage_code_page_single(page, byte) == converter.unit([byte]), "\(page): \(byte)")
    }
  }

  @Test(arguments: pages) func pairs(_ page: Int32) throws {
    let converter = try #require(Converter(page: page))
    var (wrong, meant) = (0, 0)
    for lead in UInt8(0x80)...0xFF {
      // A byte that stands alone begins no pair.
      let alone = converter.unit([lead]) != 0
      for trail in UInt8.min...UInt8.max {
        let expected = alone ? 0 : converter.unit([lead, trail])
        if wholeimage_code_page_pair(page, lead, trail) != expected { wrong += 1 }
        if expected != 0 { meant += 1 }
      }
    }
    #expect(wrong == 0)
    #expect(meant > 9000 || ![932, 936, 949, 950].contains(page))
  }

  @Test func whatIsNoPageMeansNothing() {
    #expect(wholeimage_code_page_single(1, 0x41) == 0)
    #expect(wholeimage_code_page_leads(850, 0x81) == 0)
    #expect(wholeimage_code_page_pair(850, 0x81, 0x40) == 0)
  }
}
