// SPDX-License-Identifier: Apache-2.0

import LVMMetadata
import Testing

@testable import Inspection

@Suite struct RecordedTreeTests {
  @Test func filesLieWhereLinksLead() {
    var tree = RecordedTree()
    tree.put(.link("../../devices/pci/block/vda"), at: "/sys/class/block/vda")
    let placed1 = tree.put(.file([1]), at: "/sys/class/block/vda/size")
    #expect(placed1)
    #expect(tree.nodes["/sys/devices/pci/block/vda/size"] == .file([1]))
    #expect(tree.nodes["/sys/devices/pci/block"] == .folder)
    #expect(tree.find("/sys/class/block/vda/size") == .node(.file([1])))
    #expect(tree.find("/sys/class/block/vda/ro") == .missing)
    #expect(tree.find("/sys/class/block/vda/size/more") == .blocked)
    #expect(tree.find("/sys/class/block/vda", followingLast: false) == .node(.link("../../devices/pci/block/vda")))
  }

  @Test func noPathLeadsOut() {
    var tree = RecordedTree()
    tree.put(.link("../../../../../outside"), at: "/a")
    let placed2 = tree.put(.file([1]), at: "/a/b")
    #expect(placed2)
    #expect(tree.nodes["/outside/b"] == .file([1]))
    let placed3 = tree.put(.file([2]), at: "/../../c")
    #expect(placed3)
    #expect(tree.nodes["/c"] == .file([2]))
    #expect(tree.nodes.keys.allSatisfy { !$0.contains("..") })
  }

  @Test func linksInACircleEnd() {
    var tree = RecordedTree()
    tree.put(.link("b"), at: "/a")
    tree.put(.link("a"), at: "/b")
    let placed4 = tree.put(.file([1]), at: "/a/x")
    #expect(!placed4)
    #expect(tree.find("/a/x") == .blocked)
  }

  @Test func aNameGivesWayToWhatItNames() {
    var tree = RecordedTree()
    tree.put(.name, at: "/d/a")
    tree.put(.name, at: "/d/b")
    let placed5 = tree.put(.file([1]), at: "/d/a/inside")
    #expect(placed5)
    let placed6 = tree.put(.file([2]), at: "/d/b")
    #expect(placed6)
    let placed7 = tree.put(.name, at: "/d/b")
    #expect(placed7)
    #expect(tree.nodes["/d/a"] == .folder && tree.nodes["/d/b"] == .file([2]))
    let placed8 = tree.put(.file([3]), at: "/d/b/inside")
    #expect(!placed8)
    let placed9 = tree.put(.folder, at: "/d/b")
    #expect(!placed9)
    // That a file exists says nothing of its content.
    let known = tree.put(.file([]), at: "/d/b")
    #expect(known && tree.nodes["/d/b"] == .file([2]))
    #expect(tree.sorted.map(\.path) == ["/d", "/d/a", "/d/a/inside", "/d/b"])
  }

  @Test func aDeviceHasWholeSectorsAndNoZeros() {
    let regions = [
      ByteRegion(offset: 100, bytes: [1, 2]), ByteRegion(offset: 510, bytes: [3, 4, 5, 6]),
      ByteRegion(offset: 4096, bytes: [UInt8](repeating: 0, count: 8192)), ByteRegion(offset: 99_990, bytes: [7, 8]),
    ]
    let known = RecordedTree.knownSectors(regions, size: 100_000)
    #expect(known.map(\.offset) == [0, 99_840])
    #expect(known.map(\.bytes.count) == [1024, 160])
    #expect(known[0].bytes[100...101] == [1, 2] && known[0].bytes[510...513] == [3, 4, 5, 6])
    #expect(known[0].bytes.count { $0 != 0 } == 6 && known[1].bytes[150...151] == [7, 8])
  }
}
