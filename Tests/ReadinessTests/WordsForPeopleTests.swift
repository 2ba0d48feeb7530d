// SPDX-License-Identifier: Apache-2.0

import Readiness
import Testing

@Suite struct ByteSizeTests {
  @Test(
    arguments: [
      (0, "0 B", "0B"), (1, "1 B", "1B"), (1023, "1023 B", "1023B"), (1024, "1 KiB", "1K"), (1536, "1.5 KiB", "1.5K"),
      (1 << 20, "1 MiB", "1M"), ((1 << 20) - 1, "1 MiB", "1M"), (42_949_672_960, "40 GiB", "40G"),
      (107_374_182_400, "100 GiB", "100G"), (1_649_267_441_664, "1.5 TiB", "1.5T"),
      (1 << 60, "1 EiB", "1E"), (UInt64.max, "16 EiB", "16E"),
    ] as [(UInt64, String, String)]) func sizes(_ bytes: UInt64, _ text: String, _ short: String)
  {
    #expect(ByteSize.text(bytes) == text)
    #expect(ByteSize.short(bytes) == short)
  }
}

@Suite struct NaturalOrderTests {
  @Test func namesAreInTheOrderThatPeopleExpect() {
    let names = [
      "dm-2", "dm-10", "nvme0n1", "nvme0n1p2", "nvme0n1p10", "nvme1n1", "sda", "sda1", "sda2", "sda10", "sdb", "sdz",
      "sdaa", "sdab", "vda", "vdz", "vdaa", "xvda", "xvdb", "xvdaa",
    ]
    #expect(names.shuffled().sorted(by: NaturalOrder.precedes) == names)
  }

  @Test func theOrderIsStrictAndTransitive() {
    let names = [
      "", "a", "A", "1", "01", "001", "a1", "a01", "a1b", "sd", "sda", "sdz", "sdab", "sdabcd", "se", "s", "sd1",
      "sd-1",
      "数", "/dev/sdb", "/dev/sdaa", "9", "10", "1000000000000000000000", "999999999999999999999",
    ]
    for one in names {
      for other in names {
        let (before, after) = (NaturalOrder.precedes(one, other), NaturalOrder.precedes(other, one))
        #expect(one == other ? !before && !after : before != after, "\(one) \(other)")
        for third in names where before && NaturalOrder.precedes(other, third) {
          #expect(NaturalOrder.precedes(one, third), "\(one) \(other) \(third)")
        }
      }
    }
  }
}
