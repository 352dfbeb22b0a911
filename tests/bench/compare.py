#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Set our benchmark beside Linux's: compare.py OURS [LINUX]

OURS and LINUX are files with lines "bench NAME INSTRUCTIONS" among others; in
place of a LINUX file, its figures recorded in linux.txt count, which also has the
aims.  Fails where a figure is missing or above its aim.
"""
import pathlib
import re
import sys

RECORD = pathlib.Path(__file__).with_name("linux.txt")
LINE = re.compile(r"^bench (\w+) (\d+)\r?$", re.M)


def figures(path):
    """{name: instructions} of a run."""
    text = pathlib.Path(path).read_text(errors="replace")
    return {name: int(n) for name, n in LINE.findall(text)}


def record():
    """[(name, Linux, aim)], in the order of the report."""
    lines = (line.split() for line in RECORD.read_text().splitlines())
    return [(f[0], int(f[1]), int(f[2])) for f in lines if f and f[0] != "#"]


def main():
    ours = figures(sys.argv[1])
    fresh = figures(sys.argv[2]) if len(sys.argv) > 2 else {}
    bad = 0
    print(f"{'operation':28} {'Linux':>7} {'ours':>7} {'ratio':>7} {'aim':>7}")
    for name, recorded, aim in record():
        linux, mine = fresh.get(name, recorded), ours.get(name)
        if mine is None:
            print(f"{name:28} {linux:7} {'-':>7} {'':>7} {aim:7}  no figure")
        else:
            miss = "  above the aim" if mine > aim else ""
            print(f"{name:28} {linux:7} {mine:7} {linux / max(mine, 1):6.1f}x {aim:7}{miss}")
        bad += mine is None or mine > aim
    return 1 if bad else 0


sys.exit(main())
