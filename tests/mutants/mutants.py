#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Slips that a maintainer could make, each of which something must catch.

    mutants.py            each slip in a copy of the tree: does its stage fail?
    mutants.py NAME ...   these alone, by a file's name, with or without its room
    mutants.py --all ...  what does catch them: the stages from the cheapest up; no file is changed
    mutants.py --check    each slip still applies to the tree as it is (milliseconds)

A slip is a file tests/mutants/ROOM/NAME.slip, ROOM being the folder of what it changes:

    file: mm/ioremap.c
    why: what is unmapped stays in the TLB
    stage: host ioremap
    survives: only where it makes no difference, and why it makes none

    @@
     a line that stays
    -a line that goes
    +a line that comes

The lines of a part ("@@") must stand in the file once, as they are.  Stages, cheapest first:

    compiler                 the kernel does not build
    check                    `make check` fails
    host NAME                tests/host/test_NAME.c, or tests/fuzz/NAME.c where NAME begins with fuzz_
    guest SUITE [ARGUMENTS]  a suite of the kernel's own, with more arguments for QEMU; words="..." for the kernel
    user PROGRAM [ARGUMENTS] tests/user/PROGRAM.c says something else than on Linux
    pytest ARGUMENTS         such a case

There is one copy, build/mutants, which is built on from slip to slip.  A stage first has to pass there
without a slip.  A slip that fails to build is caught by the compiler alone, if that is its stage.
"""

import argparse
import collections
import contextlib
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / os.environ.get("BUILD", "build")
COPY = BUILD / "mutants"
STAGES = ("compiler", "check", "host", "guest", "user", "pytest")
FIELDS = {"file", "why", "stage", "survives"}
MACHINE = ("-M q35 -m 512M -nic none -drive if=none,id=disk0,format=raw,snapshot=on,file=build/disk.img "
           "-device virtio-blk-pci,drive=disk0 -device virtio-rng-pci")
QEMU = ("qemu-system-x86_64 -accel tcg,thread=multi -display none -monitor none -no-reboot "
        "-device isa-debug-exit,iobase=0xf4,iosize=4 -kernel build/terrier-test.elf")
# Of the make that started this nothing may reach the copy's.
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BUILD", "CMDLINE", "MACHINE")}


class Slip:
    def __init__(self, path):
        self.path = path
        self.room = str(path.parent.relative_to(HERE))
        self.name = f"{self.room}/{path.stem}"
        head, *parts = re.split(r"^@@\n", path.read_text(), flags=re.M)
        self.fields = dict(re.findall(r"^([a-z]+): (.+)$", head, re.M))
        self.file = self.fields.get("file", "")
        self.stage = self.fields.get("stage", "")
        self.survives = self.fields.get("survives")
        self.parts = [(take(part, " -"), take(part, " +")) for part in parts]

    def wrong(self):
        """What is wrong with the file itself, or None."""
        if unknown := set(self.fields) - FIELDS:
            return f"unknown field: {' '.join(unknown)}"
        if not self.file or not self.stage or not self.fields.get("why"):
            return "file, why and stage must be there"
        if str(pathlib.PurePath(self.file).parent) != self.room:
            return f"{self.file} is not of this room"
        if self.stage.split()[0] not in STAGES:
            return f"unknown stage: {self.stage}"
        return None

    def changed(self, tree):
        """The file's text in `tree` with the slip in it; ValueError where it does not apply."""
        if reason := self.wrong():
            raise ValueError(reason)
        try:
            text = before = "\n" + (tree / self.file).read_text()
        except FileNotFoundError:
            raise ValueError(f"there is no {self.file}") from None
        for old, new in self.parts:
            found = text.count("\n" + old) if old.strip() else 0
            if found != 1:
                line = next(filter(str.strip, old.splitlines()), "nothing")
                raise ValueError(f"{found} places in {self.file} for: {line.strip()}")
            text = text.replace("\n" + old, "\n" + new)
        if text == before:
            raise ValueError("it changes nothing")
        return text[1:]


def take(part, signs):
    """The lines of a part that have one of these signs; a line without any stays empty."""
    lines = part.rstrip("\n").split("\n")
    return "".join(line[1:] + "\n" for line in lines if (line or " ")[0] in signs)


def all_slips():
    return [Slip(path) for path in sorted(HERE.rglob("*.slip"))]


def write_new(path, text):
    """With a time of its own: make goes by that."""
    path.write_bytes(text)
    os.utime(path)


def begin_copy(names):
    """With the times of the tree, so that what is built there need not be built again."""
    for name in names:
        (COPY / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, COPY / name)
    for name in ("boot", "drivers", "host", "kernel", "mm", "tests", "user"):
        if (ROOT / "build" / name).is_dir():
            shutil.copytree(ROOT / "build" / name, COPY / "build" / name)


def bring_copy():
    """The tree's files as they are; what stands there already keeps its time, and so its objects."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.split("\0")
    wanted = {name for name in listed if name and (ROOT / name).is_file()}
    if not COPY.exists():
        begin_copy(wanted)
    there = {str(path.relative_to(COPY)) for path in COPY.rglob("*")
             if path.is_file() and not path.is_relative_to(COPY / "build") and "__pycache__" not in path.parts}
    for name in there - wanted:
        (COPY / name).unlink()
    for name in wanted:
        path, text = COPY / name, (ROOT / name).read_bytes()
        if name not in there or path.read_bytes() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_new(path, text)
            shutil.copymode(ROOT / name, path)


@contextlib.contextmanager
def applied(slip):
    path = COPY / slip.file
    before, text = path.read_bytes(), slip.changed(COPY)
    try:
        write_new(path, text.encode())
        yield
    finally:
        write_new(path, before)


# ---------------------------------------------------------------- the stages

class NotBuilt(Exception):
    """What the compiler said."""


def run(command, timeout, **options):
    """In the copy: (status, what it printed); it and its children end with the time."""
    with tempfile.TemporaryFile("w+", errors="replace") as out:
        process = subprocess.Popen(command, cwd=COPY, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT, start_new_session=True, **options)
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = "it hangs"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        out.seek(0)
        return status, out.read()


def make(*targets):
    status, said = run(["make", "-s", "--no-print-directory", f"-j{os.cpu_count()}", *targets], 1800)
    if status != 0:
        raise NotBuilt(first(r".*(?:error|undefined reference).*", said) or said[-300:])


def first(pattern, text):
    found = re.search(pattern, text, re.M)
    return found[0].strip() if found else ""


# Each gives what it saw that is wrong, or "".

def compiler():
    make("build/terrier.elf", "build/terrier-test.elf")
    return ""


def check():
    make("build/terrier.elf")
    status, said = run(["make", "-s", "check-built"], 600)
    said = re.sub(r".*FAILED  slips of make mutants apply\n", "", said)  # the one that is there does not, once more
    return first(r".*FAILED.*", said) if re.search("^  ok ", said, re.M) else str(status)


def host(name):
    program = "build/host/" + (name if name.startswith("fuzz_") else f"test_{name}")
    make("-f", "tests/host/Makefile", program)
    status, said = run([program], 300)  # it says itself that it hangs
    return "" if status == 0 else first(r"^(#? ?\S+\.c:\d+:.*|.*(runtime error|ERROR:).*|not ok.*)", said) or str(status)


def guest(suite, *arguments):
    make("build/terrier-test.elf", "build/disk.img")
    words = [word[6:] for word in arguments if word.startswith("words=")]
    arguments = [word for word in arguments if not word.startswith("words=")]
    status, said = run([*QEMU.split(), *MACHINE.split(), *arguments, "-serial", "stdio", "-append",
                        " ".join(["panic=-1", *words, f'run="selftest {suite}; audit; exit 0"'])], 60)
    if status == 1 and re.search(r"^# pass:[1-9]\d* fail:0 ", said, re.M) and re.search(r"^audit: \d+ checks, 0 faults", said, re.M):
        return ""
    return first(r"^(not ok.*|.*Kernel panic.*|.*WARNING: .*|audit: \d+ checks, [1-9].*|# pass.*)", said) or \
        f"status {status}, behind: {said.rstrip().rpartition(chr(10))[2]}"


def user(program, *arguments):
    make("build/terrier.elf", f"build/user/{program}")
    status, said = run(["/usr/bin/python3", "-c", USER, program, *arguments], 100)
    return "" if status == 0 else first(r"^([-+](?![-+]).*|.*(Kernel panic|WARNING: ).*)", said) or said[-200:]


USER = """
import difflib, sys
sys.path[:0] = ["tests/user"]
import both
program, *arguments = sys.argv[1:]
text, said = both.run("mutant", "dmesg -n 1\\n" + both.script_of([program]) + '\\necho "=== log"; timeout 1 cat /dev/kmsg', [program],
                      args=" ".join([both.MACHINE, both.DISK, *arguments]), timeout=60)
kept = (both.LINUX / (program + ".txt")).read_text()
sys.stdout.writelines(difflib.unified_diff(kept.splitlines(True), said[program].splitlines(True)))
wrong = [line for line in said["log"].splitlines() if "WARNING" in line]
print("\\n".join(wrong))
sys.exit(kept != said[program] or bool(wrong))
"""


def pytest(*arguments):
    make("build/terrier.elf", "build/terrier-test.elf", "build/terrier.iso", "build/terrier-test.iso", "build/disk.img",
         "user-programs")
    status, said = run(["/usr/bin/python3", "-m", "pytest", "-q", "-x", *arguments], 1800)
    return "" if status == 0 else first(r"^(E  .*|FAILED.*|ERROR.*|no tests ran.*)", said) or str(status)


def run_stage(stage):
    kind, *arguments = shlex.split(stage)
    return {"compiler": compiler, "check": check, "host": host, "guest": guest, "user": user,
            "pytest": pytest}[kind](*arguments)


def every_stage():
    """All there is, cheapest first, for a slip that is in the copy: what each is called and saw."""
    yield "compiler", compiler()
    names = [path.stem[5:] for path in sorted((COPY / "tests/host").glob("test_*.c"))]
    since = time.time()
    make("-f", "tests/host/Makefile", "host-programs")
    for name in names:
        if (COPY / f"build/host/test_{name}").stat().st_mtime >= since:
            yield f"host {name}", host(name)
    for cpus in (1, 4):
        stage = f"-smp {cpus}"
        yield f"guest: all, {stage}", guest("", *stage.split())
    yield "check", check()
    yield "user: all", pytest("tests/qemu/test_programs.py")
    yield "pytest", pytest("tests")


# ---------------------------------------------------------------- what is said

def verdict(slip, by_all):
    """(does it stand as it should, what is said of it)."""
    try:
        with applied(slip):
            if by_all:
                seen = next(((stage, saw) for stage, saw in every_stage() if saw), None)
                stage, saw = seen or (slip.stage, "")
            else:
                stage, saw = slip.stage, run_stage(slip.stage)
    except NotBuilt as error:
        stage, saw = ("compiler", str(error))
        if slip.stage != "compiler" and not by_all:
            return False, f"NO BUILD  {saw}"
    except ValueError as error:
        return False, f"STALE     {error}"
    if not saw:
        return bool(slip.survives), f"{'no matter' if slip.survives else 'SURVIVES'} {slip.fields['why']}"
    return not slip.survives, f"{'caught   ' if not slip.survives else 'CAUGHT   '} {stage}: {saw[:100]}"


def table(slips):
    kinds = [kind for kind in STAGES if any(kind == column(slip) for slip in slips)]
    kinds += ["no matter"] if any(slip.survives for slip in slips) else []
    count = collections.Counter((slip.room, column(slip)) for slip in slips)
    rooms = sorted({slip.room for slip in slips})
    print(f"\n{'':20}" + "".join(f"{kind:>10}" for kind in [*kinds, "all"]))
    for room in [*rooms, "all"]:
        row = [sum(n for (r, k), n in count.items() if room in (r, "all") and k == kind) for kind in kinds]
        print(f"{room:20}" + "".join(f"{n or '':>10}" for n in [*row, sum(row)]))


def column(slip):
    return "no matter" if slip.survives else slip.stage.split()[0]


def check_all(slips):
    """Those that do not apply any more, in a line each; the status."""
    wrong = 0
    for slip in slips:
        try:
            slip.changed(ROOT)
        except ValueError as error:
            print(f"{slip.path.relative_to(ROOT)}: {error}")
            wrong = 1
    return wrong


def passes_without(stage):
    """None of the slips that have it says anything where it does not."""
    try:
        saw = run_stage(stage)
    except NotBuilt as error:
        saw = str(error)
    if saw:
        print(f"{stage}: fails without a slip: {saw}", flush=True)
    return not saw


def order(slip):
    return STAGES.index(slip.stage.split()[0]), slip.stage, slip.name


def run_all(slips, by_all):
    bring_copy()
    os.nice(10)
    good = {}  # the stages that were asked without a slip
    bad = []
    for slip in sorted(slips, key=order):
        if not by_all and slip.stage not in good:
            good[slip.stage] = passes_without(slip.stage)
        since = time.monotonic()
        fine, said = verdict(slip, by_all) if by_all or good[slip.stage] else (False, "UNKNOWN   its stage fails")
        print(f"{time.monotonic() - since:5.1f} s  {slip.name:44} {said}", flush=True)
        bad += [] if fine else [slip.name]
    table(slips)
    print(f"\n{len(slips)} slips, {len(bad)} not as they should be" + "".join(f"\n  {name}" for name in bad))
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    slips = [slip for slip in all_slips() if not asked.names or {slip.name, slip.path.stem} & set(asked.names)]
    if asked.names and not slips:
        parser.error("no such slip")
    wrong = check_all(slips)
    return wrong if asked.check or wrong else run_all(slips, asked.all)


if __name__ == "__main__":
    sys.exit(main())
