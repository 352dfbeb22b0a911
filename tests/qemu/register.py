# SPDX-License-Identifier: MIT
"""A dump of the register (iomem, ioports), read back and held against Linux's.

Linux's image lies elsewhere than ours, so "Kernel ..." lines are not compared.
Until the ACPI namespace is read, neither are the lines that only it can tell;
without them the depth of the others differs too, so lines are compared flat.
"""

import pathlib
import re
from typing import NamedTuple

LINUX = pathlib.Path(__file__).with_name("linux")
LINE = re.compile(r"^( *)([0-9a-f]+)-([0-9a-f]+) : (.+)$")
IMAGE = ("Kernel code", "Kernel rodata", "Kernel data", "Kernel bss")
NAMESPACE = re.compile(r"PCI Bus |pnp |(PNP|QEMU|INTC|MSFT|ACPI)\w*:|rtc")
PCI_DEVICE = re.compile(r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$")


class Row(NamedTuple):
    depth: int
    start: int
    end: int
    name: str

    def flat(self):
        return f"{self.start:08x}-{self.end:08x} : {self.name}"


def parse(text):
    """The rows of a dump; a line that is none is an error."""
    rows = []
    for line in text.splitlines():
        match = LINE.match(line)
        assert match, f"not a line of the register: {line!r}"
        rows.append(Row(len(match[1]) // 2, int(match[2], 16), int(match[3], 16), match[4]))
    return rows


def check_tree(rows):
    """Children lie inside their parent, siblings are in order and do not meet."""
    path = []
    for row in rows:
        assert row.start <= row.end, f"backwards: {row}"
        assert row.depth <= len(path), f"a child of nobody: {row}"
        if row.depth < len(path):
            assert path[row.depth].end < row.start, f"{row} meets {path[row.depth]}"
        del path[row.depth:]
        if path:
            assert path[-1].start <= row.start and row.end <= path[-1].end, \
                f"{row} leaves {path[-1]}"
        path.append(row)


def check_image(rows):
    """The kernel's four parts are there, apart, inside System RAM."""
    ram, found = None, []
    for row in rows:
        if row.depth == 0:
            ram = row if row.name == "System RAM" else None
        elif row.name in IMAGE:
            assert ram, f"{row} is not in System RAM"
            found.append(row.name)
    assert sorted(found) == sorted(IMAGE)


def linux_rows(name, which):
    """Linux's rows for a machine: which is iomem or ioports."""
    text = (LINUX / f"{name}.txt").read_text()
    body = text.split(f"=== /proc/{which}\n", 1)[1]
    return parse(body.split("===", 1)[0])


def comparable(rows):
    """Flat lines without the image and what only the namespace tells."""
    return [r.flat() for r in rows if r.name not in IMAGE and not NAMESPACE.match(r.name)]


def without_own_claims(ours, linux):
    """Drop a driver's claim of a whole BAR that Linux had no driver loaded for."""
    known = {row[1:] for row in linux}
    kept = []
    for row in ours:
        parent = kept[-1] if kept else None
        claim = (parent and parent[1:3] == row[1:3] and parent.depth == row.depth - 1
                 and PCI_DEVICE.match(parent.name))
        if not (claim and row[1:] not in known):
            kept.append(row)
    return kept


def differences(ours, linux):
    """Lines that one side lacks, marked - (ours lacks it) or + (only ours)."""
    a, b = comparable(without_own_claims(ours, linux)), comparable(linux)
    return [f"- {line}" for line in b if line not in a] + [f"+ {line}" for line in a if line not in b]
