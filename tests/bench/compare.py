#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Set our benchmark beside Linux's: compare.py OURS OURS-WITH-4-CPUS [LINUX]

The files have lines "bench NAME INSTRUCTIONS" among others; ours also say how long
the boot took.  In place of a LINUX file, its figures recorded in linux.txt count, which
also has the aims.  Fails where a figure is missing or above its aim.
"""
import pathlib
import re
import sys

RECORD = pathlib.Path(__file__).with_name("linux.txt")
LINE = re.compile(r"^bench (\w+) (\d+)\r?$", re.M)
BOOT = re.compile(r"Boot: (\d+) TSC ticks from entry to monitor")


def figures(path):
    """{name: instructions} of a run."""
    text = pathlib.Path(path).read_text(errors="replace")
    found = {name: int(n) for name, n in LINE.findall(text)}
    found |= {"boot": int(n) for n in BOOT.findall(text)[:1]}
    return found


def record():
    """[(name, Linux, aim, aim with 4 CPUs)], in the order of the report; None: there is none."""
    lines = (line.split() for line in RECORD.read_text().splitlines())
    return [(f[0], *(int(n) if n != "-" else None for n in f[1:4]))
            for f in lines if f and f[0] != "#"]


def text(figure, aim=None):
    """A figure in its column; one that is above its aim has a mark."""
    if figure is None:
        return f"{'-':>9} "
    return f"{figure:9}{'!' if aim is not None and figure > aim else ' '}"


def main():
    ours, smp = figures(sys.argv[1]), figures(sys.argv[2])
    fresh = figures(sys.argv[3]) if len(sys.argv) > 3 else {}
    bad = 0
    print(f"{'operation':28} {'Linux':>9} {'ours':>9}  {'ratio':>7} {'aim':>9}  "
          f"{'4 CPUs':>9}  {'aim':>9}")
    for name, recorded, aim, smp_aim in record():
        linux, mine, many = fresh.get(name, recorded), ours.get(name), smp.get(name)
        ratio = f"{linux / max(mine, 1):6.1f}x" if linux is not None and mine else ""
        print(f"{name:28}{text(linux)}{text(mine, aim)}{ratio:>8} {text(aim)}"
              f"{text(many, smp_aim)}{text(smp_aim)}".rstrip())
        for figure, most in ((mine, aim), (many, smp_aim)):
            bad += most is not None and (figure is None or figure > most)
    if bad:
        print(f"{bad} figures are missing or above their aims")
    return 1 if bad else 0


sys.exit(main())
