#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Processes at everything at once, on four CPUs (stress/torture.c): torture.py SECONDS [SEED [OP...]]

It prints what was found, and fails where that is anything.
"""

import pathlib
import re
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[0] / "qemu")]

import both  # noqa: E402
import fuzz  # noqa: E402
import guest  # noqa: E402

MACHINE = "-accel tcg,thread=multi -M q35 -m 512M -smp 4 -nic none"


def run(name, seconds, seed, *ops, elf=guest.KERNEL_ELF):
    """The kernel's reports, what the program printed, and whether it found all in order."""
    with tempfile.NamedTemporaryFile() as disk:
        disk.truncate(64 << 20)
        text, out = both.run(
            name, f'echo "=== torture"; torture {seconds} {seed} {" ".join(ops)}; echo "exit $?"',
            ["torture"], elf=elf, timeout=seconds * 3 + 120,
            args=(f"{MACHINE} -drive if=none,id=d,format=raw,file={disk.name},cache=unsafe "
                  "-device virtio-blk-pci,drive=d"))
    said = out["torture"]
    return re.findall(fuzz.REPORTS, text), said, said.endswith("exit 0\n")


def main(seconds, seed=1, *ops):
    reports, said, good = run("torture-user", int(seconds), int(str(seed), 0), *ops)
    print("\n".join(reports) + said, end="")
    return 0 if good and not reports else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
