#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A guided tour: prose, and gdb commands on a kernel that boots.

    lab.py             the tours there are
    lab.py N           play one: Enter runs the command that is shown; at the end gdb is yours
    lab.py --check N   run it through, and fail where gdb shows other lines than the tour says

A tour is a text, N-NAME.txt.  At its head stand lines "machine:" (QEMU's arguments), "words:" (the
kernel's command line) and "program:" (of tests/user/, run in turn) where it needs them.  What is
indented is typed, behind "(gdb) ", or shown.  What is shown must come, line by line and in that
order, "..." standing for anything; other lines may come in between.
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys

try:
    import gdb
except ImportError:
    gdb = None

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / os.environ.get("BUILD", "build")
PROMPT = "    (gdb) "


def tours():
    return sorted(HERE.glob("[0-9]-*.txt"))


def tour(n):
    found = list(HERE.glob(f"{n}-*.txt"))
    if not found:
        sys.exit(f"lab: there is no tour {n}; there are:\n" + "\n".join(f"  {p.stem}" for p in tours()))
    return found[0]


def read(path):
    """({"machine": ..., ...}, [[prose, command or None, lines that must come]])."""
    settings, steps = {}, [["", None, []]]
    for line in path.read_text().splitlines():
        setting = re.fullmatch(r"(machine|words|program): (.+)", line)
        if setting:
            settings[setting[1]] = setting[2]
        elif line.startswith(PROMPT):
            steps.append(["", line.removeprefix(PROMPT), []])
        elif line.startswith("    ") and steps[-1][1] and not steps[-1][0].strip():
            steps[-1][2].append(line[4:])
        else:
            steps[-1][0] += line + "\n"
    return settings, steps


# ------------------------------------------------------------------ outside gdb


def qemu(settings):
    """QEMU with its stub on the pipe to gdb; what the kernel says goes into a file."""
    log = BUILD / "logs" / "lab-serial.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = ["qemu-system-x86_64", "-S", "-gdb", "stdio", "-display", "none", "-no-reboot", "-monitor", "none",
               "-serial", f"file:{log}", "-kernel", str(BUILD / "terrier.elf"),
               *shlex.split(settings.get("machine", "-M q35 -m 128M -nic none"))]
    if "words" in settings:
        command += ["-append", settings["words"]]
    if "program" in settings:
        command += ["-initrd", str(archive(settings["program"].split()))]
    return command


def archive(programs):
    sys.path.insert(0, str(ROOT / "tests" / "user"))
    import both

    out = BUILD / "logs" / f"lab-{'-'.join(programs)}.cpio"
    both.make_archive(out, "; ".join(programs), programs)
    return out


def missing(shown, wanted):
    """The first of the wanted lines that does not come, or None."""
    lines = iter(shown.splitlines())
    for want in wanted:
        pattern = re.compile(".*".join(map(re.escape, want.split("..."))))
        if not any(pattern.fullmatch(line.rstrip()) for line in lines):
            return want
    return None


def faults(path, out):
    """Where gdb's output is not what the tour says."""
    for _, command, wanted in read(path)[1]:
        if command:
            _, typed, out = out.partition(f"(gdb) {command}\n")
            lost = missing(out.partition("\n(gdb) ")[0], wanted) if typed else "the prompt itself"
            if lost is not None:
                yield f"{path.name}: {command}: this did not come: {lost}"


def gdb_command(path, *how):
    os.environ["LAB"] = str(path)
    os.environ["LAB_QEMU"] = shlex.join(qemu(read(path)[0]))
    return ["gdb", *how, "-nx", "-x", str(ROOT / "kernel/gdb/scripts/load.py"), "-x", str(HERE / "lab.py"),
            str(BUILD / "terrier.elf")]


def check(path):
    """(what gdb showed, what of the tour is not so)."""
    # A stop that does not come is waited for until the end of time.
    out = subprocess.run(["timeout", "-k", "5", "120", *gdb_command(path, "-batch")], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                         check=False).stdout
    return out, list(faults(path, out))


def main(argv):
    if not argv:
        print("\n".join(f"  {p.stem}" for p in tours()))
    elif argv[0] == "--check":
        out, found = check(tour(argv[1]))
        sys.exit(out + "\n".join(found) if found else 0)
    else:
        command = gdb_command(tour(argv[0]), "-q")
        os.execvp(command[0], command)


# ------------------------------------------------------------------ inside gdb


def play(path):
    for prose, command, _ in read(path)[1]:
        if command:
            if sys.stdin.isatty():
                input(f"(gdb) {command} ")
            else:
                gdb.write(f"(gdb) {command}\n")
            try:
                gdb.execute(command)
            except gdb.error as error:
                gdb.write(f"{error}\n")
        gdb.write(prose)


if gdb:
    for setting in ("pagination off", "confirm off", "width 0", "breakpoint pending off"):
        gdb.execute(f"set {setting}")
    gdb.execute(f"target remote | exec {os.environ['LAB_QEMU']}", to_string=True)
    play(pathlib.Path(os.environ["LAB"]))
elif __name__ == "__main__":
    main(sys.argv[1:])
