#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The same archive on Terrier and on Debian's Linux, and what its /init printed.

    both.py            each script and program of ours on Linux: is it what tests/user/linux has?
    both.py --record   the same, and what Linux says is kept there

A script is sh and runs as /init's body; what stands behind "=== NAME" lines is asked for by
name.  The programs of tests/user/*.c are static, so that one file is the same on both.
"""

import difflib
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / os.environ.get("BUILD", "build")
PROGRAMS = ROOT / "build" / "user"  # they are the same for each build of the kernel
LINUX = HERE / "linux"  # what Linux printed, by NAME.txt

sys.path[:0] = [str(HERE), str(ROOT / "tests" / "qemu")]

import archive  # noqa: E402
import guest  # noqa: E402

INIT = """#!/bin/busybox sh
export HOME=/root PATH=/bin:/sbin:/usr/bin:/usr/sbin
[ -e /proc/self ] || busybox mount -t proc proc /proc
[ -e /sys/bus ] || busybox mount -t sysfs sysfs /sys
[ -e /dev/null ] || busybox mount -t devtmpfs devtmpfs /dev
for module in /mod/*.ko; do [ ! -e $module ] || busybox insmod $module; done
[ ! -e /mod ] || echo 1 > /proc/sys/kernel/printk
{script}
echo "=== end"
[ ! -e /dev/monitor ] || {{ exec 9<>/dev/monitor; echo audit >&9; busybox cat <&9; }}
busybox reboot -f
"""

# Both are given the same machine; a disk of zeroes that keeps what is written while it runs.
MACHINE = "-M q35 -m 512M -nic none"
DISK = "-drive if=none,id=d,driver=null-co,read-zeroes=on,size=64M -device virtio-blk-pci,drive=d"


def make_archive(out, script, programs=(), texts=None, modules=()):
    """`programs`: names of ours or of Debian's, or paths; `texts`: more files by path."""
    a = archive.Archive()
    for program in programs:
        ours = PROGRAMS / program
        if "/" in program:
            a.add_program(f"bin/{pathlib.Path(program).name}", program)
        elif ours.exists():
            a.add_file(f"bin/{program}", ours, 0o755)
        else:
            a.add_program(archive.find_program(program))
    for path, text in (texts or {}).items():
        a.add_text(path, text)
    for module in modules:
        a.add_file(f"mod/{pathlib.Path(module).name}", module)
    a.add_busybox()
    a.add_text("init", INIT.format(script=script))
    a.write(out)


def run(name, script, programs=(), texts=None, args=MACHINE, words="", timeout=120, elf=guest.KERNEL_ELF,
        **options):
    """On Terrier: (whole text, what stands behind each "=== " line)."""
    with tempfile.TemporaryDirectory() as folder:
        initrd = pathlib.Path(folder) / "initrd"
        make_archive(initrd, script, programs, texts)
        with guest.Guest(name, f"{args} -initrd {initrd}", words, timeout=timeout, elf=elf,
                         exit_device=False, **options) as g:
            g.wait()
            assert "\n=== end\n" in g.text, f"init did not end; {g.how_it_ended()}"
            return g.text, guest.sections(g.text)


def run_linux(script, programs=(), texts=None, args=MACHINE, words="", timeout=400):
    """On Debian's Linux, whose virtio drivers are modules: the sections."""
    found = subprocess.run([ROOT / "tests/parity/linux.sh", "--kernel"], check=True,
                           capture_output=True, text=True).stdout.split()
    kernel = next(path for path in found if "/vmlinuz-" in path)
    with tempfile.TemporaryDirectory() as folder:
        initrd = pathlib.Path(folder) / "initrd"
        make_archive(initrd, script, programs, texts, [p for p in found if p.endswith(".ko")])
        said = subprocess.run(
            ["qemu-system-x86_64", "-accel", "tcg", "-display", "none", "-no-reboot", "-monitor", "none",
             "-serial", "stdio", *args.split(), "-kernel", kernel, "-initrd", initrd,
             "-append", f"console=ttyS0 quiet nokaslr panic=-1 {words}"],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False)
    return guest.sections(said.stdout.decode(errors="replace").replace("\r", ""))


def own_programs():
    return sorted(path.stem for path in HERE.glob("*.c"))


def script_of(programs):
    return "\n".join(f'echo "=== {p}"; {p}; echo "exit $?"' for p in programs)


def main(record):
    programs = own_programs()
    said = run_linux(script_of(programs), programs, args=f"{MACHINE} {DISK}")
    same = True
    LINUX.mkdir(exist_ok=True)
    for program in programs:
        path = LINUX / f"{program}.txt"
        if record:
            path.write_text(said[program])
        kept = path.read_text() if path.exists() else ""
        if kept != said[program]:
            same = False
            sys.stdout.writelines(difflib.unified_diff(
                kept.splitlines(True), said[program].splitlines(True), str(path), "Linux"))
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main("--record" in sys.argv[1:]))
