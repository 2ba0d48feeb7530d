// SPDX-License-Identifier: Apache-2.0

import InitramfsArchive
import Testing

@Suite struct BuiltInModulesTests {
  @Test(
    arguments: [
      (
        "kernel/drivers/block/virtio_blk.ko\nkernel/fs/ext4/ext4.ko\nkernel/drivers/virtio/virtio-pci.ko\n",
        ["virtio_blk", "virtio_pci"], false
      ),
      ("kernel/a.ko\n", [], false), ("", [], true), ("kernel/virtio.ko", ["virtio"], true), ("\n", [], false),
      ("virtio_blk\n", [], false), ("virtio_blk.ko\nvirtio_blk.ko\n", ["virtio_blk"], false),
    ] as [(String, [String], Bool)]) func modules(_ text: String, _ drivers: [String], _ isCut: Bool)
  {
    let found = BuiltInModules(parsingModules: Array(text.utf8))
    #expect(found.drivers == drivers && found.isCut == isCut)
    #expect(BuiltInModules(parsingModules: found.recordedModules) == found)
  }

  @Test(
    arguments: [
      (
        "# Linux\nCONFIG_VIRTIO=y\nCONFIG_VIRTIO_BLK=m\nCONFIG_VIRTIO_PCI=y\n",
        ["virtio", "virtio_pci", "virtio_ring"], false
      ),
      ("# CONFIG_VIRTIO_BLK is not set\n", [], false),
      ("CONFIG_SCSI_VIRTIO=y\nCONFIG_BLK_DEV_NVME=y\n", ["nvme", "virtio_scsi"], false),
      ("CONFIG_VIRTIO_BLK=y", ["virtio_blk"], true), ("", [], true), ("CONFIG_VIRTIO_BLK=yes\n", [], false),
    ] as [(String, [String], Bool)]) func configuration(_ text: String, _ drivers: [String], _ isCut: Bool)
  {
    let found = BuiltInModules(parsingConfiguration: Array(text.utf8))
    #expect(found.drivers == drivers && found.isCut == isCut)
    #expect(BuiltInModules(parsingConfiguration: found.recordedConfiguration) == found)
  }
}
