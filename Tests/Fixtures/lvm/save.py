#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""save.py FIXTURE NAME=DEVICE...: store what is not zero on the devices, and what lvm2 says about them.

Writes FIXTURE/NAME@OFFSET.bin for each run of sectors with data, FIXTURE/devices.json, and FIXTURE/lvm.json: the columns of
`lvm fullreport` that tests compare, with the devices under their fixture names. Extents of data are not stored: the areas end at 2 MiB
from the start, and the last 2 MiB hold a second copy where there is one."""
import json
import os
import re
import subprocess
import sys

KEEP = 2 << 20
SECTOR = 512
COLUMNS = {
    "vg": "vg_name,vg_uuid,vg_seqno,vg_extent_size,vg_extent_count,vg_free_count,vg_exported,vg_partial,vg_missing_pv_count,pv_count,lv_count",
    "pv": "pv_name,pv_uuid,dev_size,pv_size,pe_start,pv_pe_count,pv_pe_alloc_count,pv_missing,pv_in_use,pv_duplicate,pv_mda_count,pv_mda_used_count,vg_name",
    "lv": "lv_name,lv_uuid,lv_size,lv_layout,lv_role,pool_lv,data_lv,metadata_lv,mirror_log,origin",
    "seg": "lv_uuid,segtype,seg_start_pe,seg_size_pe,devices,metadata_devices",
    "pvseg": "pv_uuid,pvseg_start,pvseg_size,lv_name",
}


def runs(path, size):
    """Runs of sectors that are not zero, a few zero sectors inside them allowed."""
    found = []
    with open(path, "rb") as device:
        ranges = [(0, min(KEEP, size))]
        if size > 2 * KEEP:
            ranges.append((size - KEEP, size))
        for first, last in ranges:
            device.seek(first)
            data = device.read(last - first)
            at = None
            for offset in range(0, len(data), SECTOR):
                if not any(data[offset:offset + SECTOR]):
                    continue
                if at is not None and first + offset - at[1] <= 8 * SECTOR:
                    at[1] = first + offset + SECTOR
                else:
                    at = [first + offset, first + offset + SECTOR]
                    found.append(at)
        pieces = []
        for start, end in found:
            device.seek(start)
            pieces.append((start, device.read(end - start)))
    return pieces


def report(names):
    command = ["lvm", "fullreport", "-a", "--reportformat", "json", "--units", "b", "--nosuffix"]
    for part, columns in COLUMNS.items():
        command += ["--configreport", part, "-o", columns]
    out = subprocess.run(command, capture_output=True, text=True)
    text = out.stdout
    for name, device in names.items():
        text = re.sub(re.escape(device) + r"(?![0-9])", name, text)
    try:
        reports = json.loads(text)["report"]
    except ValueError:
        # lvm2 2.03.16 closes its JSON badly when it gives up on a group.
        reports = []
    warnings = []
    for line in out.stderr.splitlines():
        line = line.strip()
        if line and "leaked on" not in line and "device-mapper" not in line and "Activation disabled" not in line:
            for name, device in names.items():
                line = re.sub(re.escape(device) + r"(?![0-9])", name, line)
            warnings.append(line)
    return {"report": reports, "said": warnings}


def main():
    folder = sys.argv[1]
    names = dict(argument.split("=") for argument in sys.argv[2:])
    os.makedirs(folder, exist_ok=True)
    for old in os.listdir(folder):
        os.unlink(os.path.join(folder, old))
    devices = []
    for name, device in names.items():
        with open(device, "rb") as handle:
            size = handle.seek(0, os.SEEK_END)
        pieces = []
        for offset, data in runs(device, size):
            file = "%s@%d.bin" % (name, offset)
            with open(os.path.join(folder, file), "wb") as out:
                out.write(data)
            pieces.append({"file": file, "offset": offset})
        devices.append({"name": name, "pieces": pieces, "size_bytes": size})
    for file, value in (("devices.json", {"devices": devices}), ("lvm.json", report(names))):
        with open(os.path.join(folder, file), "w") as out:
            # A row a line.
            out.write(json.dumps(value, sort_keys=True).replace("}, {", "},\n{").replace("], ", "],\n") + "\n")


main()
