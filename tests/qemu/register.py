# SPDX-License-Identifier: MIT
"""A dump of the register (iomem, ioports), read back and held against Linux's.

Every line counts, with its depth.  Two things are no difference: Linux's image
lies elsewhere than ours, so "Kernel ..." lines are only checked for being there;
and a driver of ours may claim a BAR for whose device Linux had no driver loaded.
"""

import difflib
import pathlib
import re
from typing import NamedTuple

LINUX = pathlib.Path(__file__).with_name("linux")
LINE = re.compile(r"^( *)([0-9a-f]+)-([0-9a-f]+) : (.+)$")
IMAGE = ("Kernel code", "Kernel rodata", "Kernel data", "Kernel bss")
PCI_DEVICE = re.compile(r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$")


class Row(NamedTuple):
    depth: int
    start: int
    end: int
    name: str

    def line(self, width=8):
        return f"{'  ' * self.depth}{self.start:0{width}x}-{self.end:0{width}x} : {self.name}"


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
        # Linux and we indent five levels at most: what looks like a sibling there may be a child.
        if row.depth < min(len(path), 5):
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


def section(text, which):
    """The rows of iomem or ioports out of a text with "=== /proc/iomem" headings."""
    body = text.split(f"=== /proc/{which}\n", 1)[1]
    return parse(body.split("===", 1)[0])


def linux_rows(name, which):
    """Linux's rows for one of the standing machines."""
    return section((LINUX / f"{name}.txt").read_text(), which)


def without_own_claims(ours, linux):
    """Drop a driver's claim of a whole BAR that Linux had no driver loaded for."""
    known = set(linux)
    kept = []
    for row in ours:
        parent = kept[-1] if kept else None
        claim = (parent and parent[1:3] == row[1:3] and parent.depth == row.depth - 1
                 and PCI_DEVICE.match(parent.name))
        if not (claim and row not in known):
            kept.append(row)
    return kept


# SeaBIOS heads its own low memory as a ROM of 32 KiB, without minding the checksum:
# by chance, once in 256 boots, it is right, and then Linux takes it for one as well.
CHANCE = Row(0, 0xE8000, 0xEFFFF, "Adapter ROM")


def compare(ours, linux):
    """(how many lines match, how many there are, the differing lines).

    A differing line is marked - where only Linux has it, + where only we have.
    """
    a, b = [[r.line() for r in rows if r.name not in IMAGE and r != CHANCE]
            for rows in (without_own_claims(ours, linux), linux)]
    matcher = difflib.SequenceMatcher(None, b, a, autojunk=False)
    differ, same = [], 0
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            same += i2 - i1
        else:
            differ += [f"- {line}" for line in b[i1:i2]] + [f"+ {line}" for line in a[j1:j2]]
    return same, max(len(a), len(b)), differ


def differences(ours, linux):
    return compare(ours, linux)[2]


def picture_moved(differ):
    """The differing lines are only RAM cut elsewhere for OVMF's start picture.

    OVMF draws it where memory is free just then, which differs from run to run, on
    Linux too; the range is kept, and so a hole of one size in the same RAM.
    """
    sides = [[parse(line[2:])[0] for line in differ if line[0] == mark] for mark in "-+"]
    if any([row.name for row in side] != ["System RAM", "Reserved", "System RAM"]
           for side in sides):
        return False
    linux, ours = sides
    return (linux[0].start == ours[0].start and linux[2].end == ours[2].end
            and linux[1].end - linux[1].start == ours[1].end - ours[1].start)
