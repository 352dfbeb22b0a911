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


PICTURE = re.compile(r"BGRT: picture at \[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\] is kept")


def merged(spans):
    """Spans (first, last) in order, joined where they touch."""
    joined = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return joined


def without(spans, others):
    """What is left of `spans` where none of `others` is."""
    for start, end in others:
        cut = [((a, min(b, start - 1)), (max(a, end + 1), b)) for a, b in spans]
        spans = [piece for pieces in cut for piece in pieces if piece[0] <= piece[1]]
    return spans


def picture_moved(differ, log):
    """The differing lines are only RAM that is cut elsewhere for OVMF's start picture.

    OVMF draws it where memory is free just then, which differs from run to run, on Linux
    too, or not at all; its pages are kept.  `log` is what our boot said: where its own
    picture is.  That Linux alone has one is believed only where our boot had no BGRT.
    """
    rows = [(line[0], parse(line[2:])[0]) for line in differ]
    if not rows or any(row.depth or row.name not in ("System RAM", "Reserved") for _, row in rows):
        return False
    linux, ours = [[row for mark, row in rows if mark == side] for side in "-+"]
    kept = [[(row.start, row.end) for row in side if row.name == "Reserved"]
            for side in (linux, ours)]
    linux_only, ours_only = without(kept[0], kept[1]), without(kept[1], kept[0])
    if (merged(row[1:3] for row in linux) != merged(row[1:3] for row in ours)
            or len(linux_only) > 1 or len(ours_only) > 1):
        return False
    if not ours_only:
        return bool(linux_only) and "ACPI: BGRT " not in log
    picture = PICTURE.search(log)
    if not picture or without(ours_only, [(int(picture[1], 16) & ~0xfff,
                                           int(picture[2], 16) | 0xfff)]):
        return False
    return not linux_only or size(linux_only[0]) == size(ours_only[0])


def size(span):
    return span[1] - span[0] + 1
