#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What programs pay: user.py [disk|boot] QEMU-ARGS...

Runs build/user/userbench, the same file that runs on Linux, as a program of ours and prints
its lines, "bench NAME INSTRUCTIONS".  With `disk`, reads a second by the wall clock on
both kernels, in turns on the same machine, the best turn of each, since what else runs there only
ever slows them down, and how they compare.  With `boot`, what it
takes both to be at a shell, from the same archive: by the wall clock, in instructions from the reset
on (the firmware's are in it; waiting counts as if it ran), and in memory that is not free then.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import time

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


BOOT_SCRIPT = """echo "=== ash"; userbench now; grep MemFree /proc/meminfo"""


def boot_once(kernel, initrd, args):
    """(seconds until ash says its first line, what it printed after it)."""
    began, took = time.monotonic(), None
    command = ["timeout", "300", "qemu-system-x86_64", "-accel", "tcg", *args, "-display", "none", "-no-reboot",
               "-monitor", "none", "-serial", "stdio", "-kernel", kernel, "-initrd", initrd,
               "-append", "console=ttyS0 quiet panic=-1"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          errors="replace") as qemu:
        text = ""
        for line in qemu.stdout:
            if line.startswith("=== ash"):
                took = time.monotonic() - began
            elif took:
                text += line
    assert took and "=== end" in text, f"{kernel} did not come to its shell"
    return took, text


def boot(args):
    """The wall clock's is the best of three, with what is counted off."""
    linux = subprocess.run([both.ROOT / "tests/parity/linux.sh", "--kernel"], check=True,
                           capture_output=True, text=True).stdout.split()
    kernels = {"Linux": next(path for path in linux if "/vmlinuz-" in path),
               "ours": str(both.guest.KERNEL_ELF)}
    counting = ["-icount", "shift=0,sleep=off"]
    print(f"{'a boot to ash':13} {'seconds':>9} {'instructions':>14} {'KiB in use':>11}")
    with tempfile.NamedTemporaryFile() as initrd:
        both.make_archive(initrd.name, BOOT_SCRIPT, ["userbench"])
        for name, kernel in kernels.items():
            seconds = min(boot_once(kernel, initrd.name, args)[0] for _ in range(3))
            text = boot_once(kernel, initrd.name, args + counting)[1]
            tsc = int(re.search(r"tsc (\d+)", text)[1])
            free = int(re.search(r"MemFree: +(\d+)", text)[1])
            size = int(re.search(r"-m (\d+)M", " ".join(args))[1]) << 10
            print(f"{name:13} {seconds:9.2f} {tsc:14} {size - free:11}")
    return 0


def main(args):
    if args[0] == "disk":
        return disk(" ".join(args[1:]))
    if args[0] == "boot":
        return boot(args[1:])
    print(both.run("bench-user", "userbench", ["userbench"], args=" ".join(args), words="norandmaps",
                   timeout=300)[0])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
