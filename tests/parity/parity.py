#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Our register, Linux's and QEMU's own word, on the same machine.

    parity.py [-v] [--iso ISO] [--keep FOLDER] [FILE...]   each machine of the files
    parity.py [-v] [--iso ISO] --machine "ARGS"            this machine

A file has lines "NAME: QEMU ARGUMENTS".  For each machine Debian's Linux and our
image are booted, and the differing lines of iomem and ioports are printed (- Linux
alone, + we alone), with how many match.  Then QEMU is asked (witness.py): how many
lines agree, BARs that no line names, with -v each verdict.  Linux's answers are
kept in FOLDER, as NAME.txt beside NAME.args, and not asked for again.  All that was
found is left in build/parity.json, for `make report`.

On a machine whose name ends with "-gui" GRUB sets a graphics mode for both, as for GUI=1.

A machine on which one of the two did not come so far as to answer is counted apart
from one on which they differ.  The status is 0 when all match, 1 where one differs,
2 where none does but one did not answer.
"""

import argparse
import json
import os
import pathlib
import shlex
import subprocess
import sys
from typing import NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "qemu"))

import guest  # noqa: E402
import register  # noqa: E402
import witness  # noqa: E402

TREES = ("iomem", "ioports")


class Silent(Exception):
    """One of the kernels gave no answer, and which."""


class Result:
    """What came out for one machine."""

    def __init__(self, name, args):
        self.name, self.args = name, args
        self.same = self.total = 0
        self.differ = {tree: [] for tree in TREES}
        self.verdicts = {tree: [] for tree in TREES}
        self.notes = []
        self.silent = None  # who did not answer, and what came instead
        self.broken = None  # why an answer of ours is no register

    def verdict(self):
        if self.silent:
            return "did not answer"
        return "match" if not self.broken and self.same == self.total else "differ"

    def told(self):
        """All of it, as JSON has it."""
        return {"name": self.name, "args": self.args, "verdict": self.verdict(), "same": self.same,
                "total": self.total, "differ": self.differ, "qemu": self.verdicts,
                "notes": self.notes, "why": self.silent or self.broken}


def read_machines(path):
    machines = []
    for line in pathlib.Path(path).read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, args = line.partition(":")
            machines.append((name.strip(), args.strip()))
    return machines


def is_gui(name):
    return name.endswith("-gui")


def boot_linux(name, args, folder):
    """Linux's two dumps, as one text; kept in the folder, if there is one."""
    if folder:
        kept, kept_args = folder / f"{name}.txt", folder / f"{name}.args"
        if kept.exists() and kept_args.read_text() == args:
            return kept.read_text()
    env = dict(os.environ, LINUX_GUI="1") if is_gui(name) else None
    done = subprocess.run([HERE / "linux.sh"] + shlex.split(args), capture_output=True, text=True, env=env)
    if any(f"=== /proc/{tree}\n" not in done.stdout for tree in TREES):
        raise Silent(f"Linux: {done.stderr.strip()[-300:]}")
    if folder:
        kept_args.write_text(args)
        kept.write_text(done.stdout)
    return done.stdout


class Ours(NamedTuple):
    """What our kernel answered, and QEMU of it."""
    log: str  # from the first line on
    dumps: dict  # by tree
    views: dict
    bars: list


def boot_ours(name, args, iso):
    """Our dumps, and QEMU's views while our monitor waits for a key."""
    if is_gui(name):
        iso = pathlib.Path(iso).with_name("terrier-gui.iso")
    try:
        with guest.Guest(f"parity-{name}", args, timeout=120, hmp=True, iso=iso,
                         exit_device=False) as machine:
            machine.prompt()
            log = machine.text
            dumps = {tree: machine.command(tree) for tree in TREES}
            views = witness.flat_views(machine.hmp("info mtree -f"))
            bars = witness.bars(machine.hmp("info pci"))
    except (TimeoutError, EOFError, OSError) as error:
        raise Silent(f"our kernel: {error}") from error
    return Ours(log, dumps, views, bars)


def judge(result, linux, ours):
    """Hold the answers against each other: into the result."""
    for tree in TREES:
        rows = register.parse(ours.dumps[tree])
        register.check_tree(rows)
        same, total, differ = register.compare(rows, register.section(linux, tree))
        if register.picture_moved(differ, ours.log):
            result.notes.append("OVMF put its start picture elsewhere this time, or had none")
            same, differ = total, []
        result.differ[tree] = differ
        result.same += same
        result.total += total
        io = tree == "ioports"
        result.verdicts[tree] = witness.judge(rows, ours.views["I/O" if io else "memory"],
                                              ours.bars, io)


def run(name, args, iso, folder):
    result = Result(name, args)
    try:
        judge(result, boot_linux(name, args, folder), boot_ours(name, args, iso))
    except Silent as silent:
        result.silent = str(silent)
    except AssertionError as broken:
        result.broken = str(broken)
    return result


def report(result, verbose):
    print(f"== {result.name}: {result.args}")
    if result.silent or result.broken:
        print(f"   no answer from {result.silent}" if result.silent else
              f"   no register: {result.broken}", flush=True)
        return
    for tree in TREES:
        for line in result.differ[tree]:
            print(f"   {tree}: {line}")
    for note in result.notes:
        print(f"   {note}")
    counts = {}
    for tree in TREES:
        for verdict, what in result.verdicts[tree]:
            counts[verdict] = counts.get(verdict, 0) + 1
            if verbose or (verdict == "device only" and not what.endswith(witness.NO_BAR)):
                print(f"   {verdict}: {tree}: {what.strip()}")
    summary = ", ".join(f"{n} {verdict}" for verdict, n in sorted(counts.items()))
    print(f"   {result.same}/{result.total} lines match Linux; QEMU: {summary}", flush=True)


def conclude(verdicts):
    """The last line, and the status."""
    match, differ, silent = [verdicts.count(v) for v in ("match", "differ", "did not answer")]
    line = (f"# {match} of {len(verdicts)} machines match in every line, {differ} differ, "
            f"{silent} did not answer")
    return line, 1 if differ else 2 if silent else 0


def progress(text):
    """How far it is, on a line that goes away again: where somebody watches."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--iso", default=guest.KERNEL_ISO)
    parser.add_argument("--machine")
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("-v", dest="verbose", action="store_true", help="each line's verdict")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    if options.machine:
        machines = [("machine", options.machine)]
    else:
        files = options.files or [HERE / "machines.txt"]
        machines = [machine for path in files for machine in read_machines(path)]
    subprocess.run([HERE / "linux.sh", "--prepare"], check=True)
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    results = []
    for n, (name, args) in enumerate(machines, 1):
        progress(f"{n}/{len(machines)} {name}")
        results.append(run(name, args, options.iso, options.keep))
        progress("")
        report(results[-1], options.verbose)
    (guest.BUILD / "parity.json").write_text(json.dumps([result.told() for result in results]))
    line, status = conclude([result.verdict() for result in results])
    print(line)
    return status


if __name__ == "__main__":
    sys.exit(main())
