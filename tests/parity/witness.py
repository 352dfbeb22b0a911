# SPDX-License-Identifier: MIT
"""The third witness: what QEMU itself says is where.

QEMU's monitor has two views: "info mtree -f", every range of memory and ports
that something answers to, and "info pci", the BARs as the devices hold them.  A
line of the kernel's register agrees with them, or is the kernel's only (windows
and reservations are: no device answers there); a BAR or range that no line
names is the device's only.
"""

import re
from typing import NamedTuple

RANGE = re.compile(r"^\s+([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d+, ([^)]*)\): (.+)$")
BUS = re.compile(r"^\s+Bus\s+(\d+), device\s+(\d+), function (\d+):")
BAR = re.compile(r"^\s+BAR(\d): (?:(I/O)|.*memory) at 0x([0-9a-f]+) \[0x([0-9a-f]+)\]")
# QEMU's own scenery: the flat background, and what lies in memory without being a device.
BACKGROUND = re.compile(r"^(pc\.ram|io|system|pci|.*\.ram|.*[bB]ios.*|.*rom|.*vga-lowmem|smram.*|"
                        r"pam-.*|alias .*|isa-bios|mem|ram.*|.*vram|.*loader.*)( @.*)?$")

NO_BAR = " (QEMU)"  # behind the name of a range that no BAR tells of


class Range(NamedTuple):
    start: int
    end: int
    kind: str  # ram, rom, i/o ...
    name: str


class Bar(NamedTuple):
    device: str  # 0000:00:02.0
    number: int
    io: bool
    start: int
    end: int


def flat_views(text):
    """{"memory": [Range], "I/O": [Range]} from "info mtree -f"."""
    views, names = {}, []
    for line in text.replace("\r", "").splitlines():
        if line.startswith("FlatView"):
            names = []
        elif match := re.match(r' AS "([^"]+)"', line):
            names.append(match[1])
        elif match := RANGE.match(line):
            found = Range(int(match[1], 16), int(match[2], 16), match[3], match[4])
            for name in names:
                views.setdefault(name, []).append(found)
    return {name: views.get(name, []) for name in ("memory", "I/O")}


def bars(text):
    """The BARs that have an address, from "info pci"."""
    found, device = [], None
    for line in text.replace("\r", "").splitlines():
        if match := BUS.match(line):
            device = f"0000:{int(match[1]):02x}:{int(match[2]):02x}.{int(match[3])}"
        elif match := BAR.match(line):
            start, end = int(match[3], 16), int(match[4], 16)
            if start < end < (1 << 63):
                found.append(Bar(device, int(match[1]), bool(match[2]), start, end))
    return found


def answers(ranges, row):
    """Something answers at the first or the last byte of the row."""
    return any(r.start <= at <= r.end for r in ranges for at in (row.start, row.end))


def judge(rows, ranges, device_bars, io):
    """[(verdict, what)] for the rows of one tree and for what only QEMU has."""
    width = 4 if io else 8
    mine = {(bar.device, bar.start, bar.end) for bar in device_bars if bar.io == io}
    verdicts = []
    for row in rows:
        agree = (row.name, row.start, row.end) in mine or answers(ranges, row)
        verdicts.append(("agree" if agree else "kernel only", row.line(width)))
    for device, start, end in sorted(mine, key=lambda bar: bar[1]):
        if not any(row[1:] == (start, end, device) for row in rows):
            verdicts.append(("device only", f"{start:0{width}x}-{end:0{width}x} : {device}"))
    leaves = [row for row in rows if not row.name.startswith("PCI Bus")]
    for found in ranges:
        if BACKGROUND.match(found.name) or found.kind in ("ram", "rom", "romd"):
            continue
        if not any(row.start <= found.start <= row.end for row in leaves):
            verdicts.append(("device only", f"{found.start:0{width}x}-{found.end:0{width}x} : "
                                            f"{found.name}{NO_BAR}"))
    return verdicts
