#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What of the kernel's sources has run: coverage.py HTML HOST ELF...

The host's programs leave .gcda files in the folder HOST, beside the .gcno files of their build.
Of each ELF, a kernel with COVERAGE=1, tests/qemu/counters.py has added up what its guests counted.  A line has
run where it has in any build.  Printed is a table of the rooms; HTML has it too, and each file's lines that
have never run.
"""
import argparse
import collections
import gzip
import html
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "qemu"))

import counters  # noqa: E402

SOURCES = ("boot", "kernel", "mm", "drivers")


class Source:
    """How often each line ran, and each branch of it: {line: n}, {(line, index): n}."""

    def __init__(self):
        self.lines = collections.Counter()
        self.branches = collections.Counter()

    def add(self, lines):
        for line in lines:
            number = line["line_number"]
            self.lines[number] += line["count"]
            for index, branch in enumerate(line["branches"]):
                self.branches[number, index] += branch["count"]


def read(files, sources):
    """What gcov says of .gcda files."""
    with tempfile.TemporaryDirectory() as out:
        for start in range(0, len(files), 50):
            subprocess.run(["gcov", "-j", "-b", "-p", *files[start:start + 50]], cwd=out, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for path in pathlib.Path(out).glob("*.gcov.json.gz"):
                for entry in json.load(gzip.open(path))["files"]:
                    if entry["file"].startswith(SOURCES):
                        sources[entry["file"]].add(entry["lines"])
                path.unlink()


def ran(counts):
    return sum(n > 0 for n in counts.values()), len(counts)


def percent(part, whole):
    return f"{100 * part / whole:5.1f}" if whole else "    -"


def room_of(path):
    parts = path.split("/")[:-1]
    return "/".join(parts[:2])


def table(sources):
    """Lines of (room, lines run, lines, branches run, branches), the last of all."""
    rooms = collections.defaultdict(lambda: [0, 0, 0, 0])
    for path, source in sources.items():
        for room in (room_of(path), "all"):
            for i, n in enumerate(ran(source.lines) + ran(source.branches)):
                rooms[room][i] += n
    return sorted((room, *counts) for room, counts in rooms.items() if room != "all") + [("all", *rooms["all"])]


def missing(source):
    """Runs of lines that have not run: [(first, last)]."""
    runs = []
    previous_ran = True
    for line in sorted(source.lines):
        if source.lines[line]:
            previous_ran = True
            continue
        if previous_ran:
            runs.append([line, line])
        runs[-1][1] = line
        previous_ran = False
    return runs


def page(sources):
    rows = "".join(f"<tr><td>{room}<td>{percent(a, b)}<td>{a}/{b}<td>{percent(c, d)}<td>{c}/{d}\n"
                   for room, a, b, c, d in table(sources))
    files = []
    for path, source in sorted(sources.items()):
        text = pathlib.Path(path).read_text().splitlines()
        a, b = ran(source.lines)
        never = "\n".join("\n".join(f"{n:5} {text[n - 1]}" for n in range(first, last + 1)) + "\n"
                          for first, last in missing(source))
        files.append(f"<details><summary>{path} {percent(a, b)} % of {b} lines</summary>"
                     f"<pre>{html.escape(never)}</pre></details>\n")
    return ("<!DOCTYPE html><meta charset=utf-8><title>Terrier: coverage</title>"
            "<style>body{font-family:sans-serif}td{text-align:right;padding:0 1em}"
            "td:first-child{text-align:left}</style><h1>What the suites have run</h1>"
            f"<table><tr><th>room<th>lines %<th><th>branches %<th>\n{rows}</table>"
            f"<h2>Lines that have not run</h2>\n{''.join(files)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("html", type=pathlib.Path)
    parser.add_argument("host", type=pathlib.Path)
    parser.add_argument("elf", type=pathlib.Path, nargs="+")
    args = parser.parse_args()
    sources = collections.defaultdict(Source)
    read([str(path.resolve()) for path in args.host.rglob("*.gcda")], sources)
    for elf in args.elf:
        read(counters.write_gcda(elf), sources)
    print(f"{'room':20} lines %               branches %")
    for room, a, b, c, d in table(sources):
        print(f"{room:20} {percent(a, b)}  {a:6}/{b:<6}  {percent(c, d)}  {c:6}/{d}")
    args.html.write_text(page(sources))
    return 0


if __name__ == "__main__":
    sys.exit(main())
