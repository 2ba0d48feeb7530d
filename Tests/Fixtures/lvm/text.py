#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""text.py stack|pvmove DEVICE...: print lvm2 metadata text for vgcfgrestore, and PV identifiers with `ids` in front.

`stack` has every segment type that lvm2 2.03 knows, most of which lvcreate makes only with a device-mapper at hand. Physical volumes
have 63 extents of 4 MiB; identifiers come from a fixed seed, so that the text is the same each time."""
import random
import string
import sys

rng = random.Random(20240501)


def uid():
    s = "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(32))
    return "-".join((s[:6], s[6:10], s[10:14], s[14:18], s[18:22], s[22:26], s[26:]))


class Group:
    def __init__(self, name, devices):
        self.name, self.devices, self.id = name, devices, uid()
        self.pv_ids = [uid() for _ in devices]
        self.used = [0] * len(devices)
        self.volumes = []

    def take(self, pv, count):
        start = self.used[pv]
        self.used[pv] += count
        assert self.used[pv] <= 63
        return '"pv%d", %d' % (pv, start)

    def stripes(self, pvs, each):
        areas = ", ".join(self.take(p, each) for p in pvs)
        size = "stripe_size = 128\n" if len(pvs) > 1 else ""
        return 'type = "striped"\nstripe_count = %d\n%sstripes = [ %s ]' % (len(pvs), size, areas)

    def lv(self, name, extents, *bodies, visible=True, status=(), flags=()):
        words = ["READ", "WRITE"] + (["VISIBLE"] if visible else []) + list(status)
        text = '%s {\nid = "%s"\nstatus = [%s]\nflags = [%s]\ncreation_time = 1700000000\ncreation_host = "guest"\nsegment_count = %d\n' % (
            name, uid(), ", ".join('"%s"' % w for w in words), ", ".join('"%s"' % f for f in flags), len(bodies))
        start = 0
        for number, body in enumerate(bodies, 1):
            count, body = body if isinstance(body, tuple) else (extents, body)
            text += "segment%d {\nstart_extent = %d\nextent_count = %d\n%s\n}\n" % (number, start, count, body)
            start += count
        self.volumes.append(text + "}\n")

    def linear(self, name, pv, extents, visible=True, **more):
        self.lv(name, extents, self.stripes([pv], extents), visible=visible, **more)

    def raid(self, name, kind, pvs, extents, image, extra=""):
        images = ", ".join('"%s_rmeta_%d", "%s_rimage_%d"' % (name, i, name, i) for i in range(len(pvs)))
        self.lv(name, extents, 'type = "%s"\ndevice_count = %d\n%sregion_size = 4096\n%sraids = [ %s ]' % (
            kind, len(pvs), extra, "" if kind == "raid1" else "stripe_size = 128\n", images))
        for i, pv in enumerate(pvs):
            self.linear("%s_rmeta_%d" % (name, i), pv, 1, visible=False)
            self.linear("%s_rimage_%d" % (name, i), pv, image, visible=False)

    def text(self, extra=""):
        out = 'contents = "Text Format Volume Group"\nversion = 1\ndescription = "generated"\ncreation_host = "guest"\ncreation_time = 1700000000\n\n'
        out += '%s {\nid = "%s"\nseqno = 41\nformat = "lvm2"\nstatus = ["RESIZEABLE", "READ", "WRITE"]\nflags = []\n' % (self.name, self.id)
        out += "extent_size = 8192\nmax_lv = 0\nmax_pv = 0\nmetadata_copies = 0\nphysical_volumes {\n"
        for i, device in enumerate(self.devices):
            out += 'pv%d {\nid = "%s"\ndevice = "%s"\nstatus = ["ALLOCATABLE"]\nflags = []\ndev_size = 524288\npe_start = 2048\npe_count = 63\n}\n' % (
                i, self.pv_ids[i], device)
        return out + "}\nlogical_volumes {\n" + "".join(self.volumes) + "}\n" + extra + "}\n"


def stack(devices):
    g = Group("stack", devices)
    g.linear("lin", 0, 2)
    g.lv("grown", 5, (2, g.stripes([0], 2)), (3, g.stripes([1], 3)))
    g.lv("mixed", 6, (2, g.stripes([0], 2)), (4, g.stripes([1, 2], 2)))
    g.lv("str", 6, g.stripes([0, 1, 2], 2))
    g.raid("r1", "raid1", [0, 1], 2, 2)
    g.raid("r4", "raid4", [0, 1, 2], 4, 2)
    g.raid("r5", "raid5_ls", [1, 2, 3], 4, 2)
    g.raid("r6", "raid6_zr", [0, 1, 2, 3, 4], 6, 2)
    g.raid("r10", "raid10", [0, 1, 2, 3], 4, 2, "data_copies = 2\n")
    g.lv("r0", 4, 'type = "raid0"\nstripe_count = 2\nstripe_size = 128\nraid0_lvs = [ "r0_rimage_0", "r0_rimage_1" ]')
    g.linear("r0_rimage_0", 2, 2, visible=False)
    g.linear("r0_rimage_1", 3, 2, visible=False)
    g.lv("mir", 2, 'type = "mirror"\nmirror_count = 2\nmirror_log = "mir_mlog"\nregion_size = 1024\n'
         'mirrors = [ "mir_mimage_0", 0, "mir_mimage_1", 0 ]')
    g.linear("mir_mlog", 3, 1, visible=False)
    g.linear("mir_mimage_0", 0, 2, visible=False)
    g.linear("mir_mimage_1", 1, 2, visible=False)
    # Old-style snapshot whose store lies elsewhere than its origin, and one that is merging.
    g.linear("origin", 0, 2)
    g.linear("snap", 3, 1)
    g.lv("snapshot0", 2, 'type = "snapshot"\nchunk_size = 8\norigin = "origin"\ncow_store = "snap"', visible=False)
    g.linear("merged", 1, 2)
    g.linear("merging", 2, 1)
    g.lv("snapshot1", 2, 'type = "snapshot"\nchunk_size = 8\norigin = "merged"\nmerging_store = "merging"', visible=False)
    # Thin: pool over two volumes, a snapshot of a thin volume, and one with an external origin on a third.
    g.lv("pool", 6, 'type = "thin-pool"\nmetadata = "pool_tmeta"\npool = "pool_tdata"\ntransaction_id = 3\nchunk_size = 128\n'
         'discards = "passdown"\nzero_new_blocks = 1')
    g.linear("pool_tmeta", 0, 1, visible=False)
    g.linear("pool_tdata", 1, 6, visible=False)
    g.linear("lvol0_pmspare", 2, 1, visible=False)
    g.lv("thin", 8, 'type = "thin"\nthin_pool = "pool"\ntransaction_id = 0\ndevice_id = 1')
    g.lv("thinsnap", 8, 'type = "thin"\nthin_pool = "pool"\ntransaction_id = 1\ndevice_id = 2\norigin = "thin"', flags=["ACTIVATION_SKIP"])
    g.linear("golden", 3, 2)
    g.lv("clone", 2, 'type = "thin"\nthin_pool = "pool"\ntransaction_id = 2\ndevice_id = 3\nexternal_origin = "golden"')
    # Caches: a pool, a single volume, and a write cache.
    g.lv("cached", 2, 'type = "cache"\ncache_pool = "fast_cpool"\norigin = "cached_corig"')
    g.linear("cached_corig", 0, 2, visible=False)
    g.lv("fast_cpool", 2, 'type = "cache-pool"\ndata = "fast_cpool_cdata"\nmetadata = "fast_cpool_cmeta"\nmetadata_format = 2\n'
         'chunk_size = 128\ncache_mode = "writethrough"\npolicy = "smq"\npolicy_settings {\nmigration_threshold=2048\n}', visible=False)
    g.linear("fast_cpool_cdata", 3, 2, visible=False)
    g.linear("fast_cpool_cmeta", 3, 1, visible=False)
    g.lv("single", 2, 'type = "cache+CACHE_USES_CACHEVOL"\ncache_pool = "quick_cvol"\norigin = "single_corig"\nmetadata_format = 2\n'
         'chunk_size = 128\ncache_mode = "writethrough"\npolicy = "smq"\nmetadata_start = 0\nmetadata_len = 8192\n'
         'data_start = 8192\ndata_len = 8192\nmetadata_id = "%s"\ndata_id = "%s"' % (uid(), uid()))
    g.linear("single_corig", 1, 2, visible=False)
    g.linear("quick_cvol", 2, 2, visible=False, flags=["CACHE_VOL"])
    g.lv("wc", 2, 'type = "writecache"\nwritecache = "swift_cvol"\norigin = "wc_wcorig"\nwritecache_block_size = 4096')
    g.linear("wc_wcorig", 0, 2, visible=False)
    g.linear("swift_cvol", 2, 1, visible=False)
    # A raid with integrity under each image.
    g.lv("ri", 2, 'type = "raid1"\ndevice_count = 2\nregion_size = 4096\nraids = [ "ri_rmeta_0", "ri_rimage_0", "ri_rmeta_1", "ri_rimage_1" ]')
    for i, pv in enumerate((2, 3)):
        g.linear("ri_rmeta_%d" % i, pv, 1, visible=False)
        g.lv("ri_rimage_%d" % i, 2, 'type = "integrity"\norigin = "ri_rimage_%d_iorig"\ndata_sectors = 16384\nmode = "J"\ntag_size = 4\n'
             'block_size = 512\ninternal_hash = "crc32c"\nmeta_dev = "ri_rimage_%d_imeta"' % (i, i), visible=False)
        g.linear("ri_rimage_%d_iorig" % i, pv, 2, visible=False)
        g.linear("ri_rimage_%d_imeta" % i, pv, 1, visible=False)
    g.lv("deduped", 4, 'type = "vdo"\nvdo_pool = "vpool"\nvdo_offset = 0')
    g.lv("vpool", 3, 'type = "vdo-pool"\ndata = "vpool_vdata"\nheader_size = 1024\nvirtual_extents = 4\nuse_compression = 1\n'
         'use_deduplication = 1\nuse_metadata_hints = 1\nminimum_io_size = 4096\nblock_map_cache_size_mb = 128\n'
         'block_map_era_length = 16380\nuse_sparse_index = 0\nindex_memory_size_mb = 256\nmax_discard = 1\nslab_size_mb = 2048\n'
         'ack_threads = 1\nbio_threads = 4\nbio_rotation = 64\ncpu_threads = 2\nhash_zone_threads = 1\nlogical_threads = 1\n'
         'physical_threads = 1\nwrite_policy = sync')
    g.lv("vpool_vdata", 3, g.stripes([3], 3), visible=False)
    g.lv("broken", 2, 'type = "error"')
    g.lv("nothing", 2, 'type = "zero"')
    gone = 'historical_logical_volumes {\nremoved {\nid = "%s"\nname = "removed"\ncreation_time = 1700000000\nremoval_time = 1700000001\n}\n}\n' % uid()
    return g, g.text(gone)


def pvmove(devices):
    """A linear volume whose extents are on their way from pv0 to pv1; another one is not concerned."""
    g = Group("moving", devices)
    g.lv("data", 4, 'type = "striped"\nstripe_count = 1\nstripes = [ "pvmove0", 0 ]', status=["LOCKED"])
    g.linear("still", 2, 2)
    g.lv("pvmove0", 4, 'type = "mirror"\nmirror_count = 2\nextents_moved = 0\nregion_size = 1024\nmirrors = [ %s, %s ]' % (g.take(0, 4), g.take(1, 4)),
         visible=False, status=["PVMOVE", "LOCKED"])
    return g, g.text()


if __name__ == "__main__":
    arguments = sys.argv[1:]
    ids = arguments[0] == "ids"
    group, text = globals()[arguments[1 if ids else 0]](arguments[2 if ids else 1:])
    print("\n".join(group.pv_ids) if ids else text, end="\n" if ids else "")
