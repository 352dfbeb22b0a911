#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What programs pay: user.py [disk] QEMU-ARGS...

Runs build/user/userbench, the same file that runs on Linux, as a program of ours and prints
its lines, "bench NAME INSTRUCTIONS".  With `disk`, reads a second by the wall clock on
both kernels, in turns on the same machine, the best turn of each, since what else runs there only
ever slows them down, and how they compare.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "user"))
import both  # noqa: E402

# Reads a second, of which ours may be so many times Linux's at the least.
DISK_AIMS = {"direct_read_4K_per_second": 2, "aio_read_4K_depth32_per_second": 3, "direct_read_1M_per_second": 1}

TURNS = 3


def figures(text):
    return {name: int(n) for name, n in re.findall(r"^disk (\w+) (\d+)$", text, re.M)}


def keep_best(best, text):
    for name, n in figures(text).items():
        best[name] = max(n, best.get(name, 0))


def disk(args):
    script = 'echo "=== disk"; userbench disk /dev/vda'
    args = f"{args} {both.DISK}"
    linux, ours = {}, {}
    for _ in range(TURNS):
        keep_best(linux, both.run_linux(script, ["userbench"], args=args)["disk"])
        keep_best(ours, both.run("bench-disk", script, ["userbench"], args=args, timeout=300)[1]["disk"])
    bad = 0
    print(f"{'reads a second':32} {'Linux':>9} {'ours':>9} {'ratio':>7} {'aim':>5}")
    for name, aim in DISK_AIMS.items():
        ratio = ours.get(name, 0) / linux[name]
        bad += ratio < aim
        print(f"{name:32} {linux[name]:9} {ours.get(name, 0):9} {ratio:6.1f}x {aim:4}x")
    return 1 if bad else 0


def main(args):
    if args[0] == "disk":
        return disk(" ".join(args[1:]))
    print(both.run("bench-user", "userbench", ["userbench"], args=" ".join(args), timeout=300)[0])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
