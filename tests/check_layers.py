#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Keep the layers, by symbols: check_layers.py BUILD [TABLE]

What each object file under BUILD needs from another is held against the table
(tests/layers.txt): a room is the folder that a file lies in.  Also said: a circle of rooms,
a right that no object file uses, an exception that is none, more than five of them.
"""
import collections
import os
import pathlib
import re
import subprocess
import sys

MAX_EXCEPTIONS = 5
UNCHECKED = ("tests/",)  # see everything
COMPILERS = {"__stack_chk_fail", "stack_canary"}  # asked for by the compiler, in any function


def read_table(path):
    """({room: rooms it may use}, {(object, symbol): reason}) of the table."""
    rights, exceptions = {}, {}
    for line in path.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("!"):
            obj, symbol, reason = re.fullmatch(r"! (\S+) -> (\w+): (.+)", line).groups()
            exceptions[obj, symbol] = reason
        else:
            room, _, below = line.partition(":")
            rights[room] = set(below.split())
    return rights, exceptions


def symbols(build):
    """({object: symbols it needs}, {symbol: object that has it}) of the image's object files."""
    needs, home = collections.defaultdict(set), {}
    paths = (build / "objects").read_text().split()  # older ones may lie beside them
    objects = [obj for path in paths if not (obj := os.path.relpath(path, build)).startswith(UNCHECKED)]
    lines = subprocess.run(["nm", "-g", "-A", *objects], cwd=build, check=True, capture_output=True, text=True).stdout
    for line in lines.splitlines():
        obj, _, symbol = line.partition(":")
        kind, name = symbol.split()[-2:]
        if name in COMPILERS:
            continue
        if kind == "U":
            needs[obj].add(name)
        else:
            home[name] = obj
    return needs, home


def circle(rights):
    """A list of rooms each of which may use the next, the first again at its end; or None."""
    done = set()

    def visit(room, path):
        if room in path:
            return path[path.index(room):] + [room]
        if room in done:
            return None
        for below in sorted(rights.get(room, ())):
            if found := visit(below, path + [room]):
                return found
        done.add(room)
        return None

    return next(filter(None, (visit(room, []) for room in rights)), None)


def problems(rights, exceptions, needs, home):
    used, excepted = set(), set()
    for obj, names in sorted(needs.items()):
        room = str(pathlib.Path(obj).parent)
        if obj == "kernel/main.o":
            continue
        if room not in rights:
            yield f"{obj}: {room} is no room of the table"
            continue
        for name in sorted(names & home.keys()):
            below = str(pathlib.Path(home[name]).parent)
            if (obj, name) in exceptions:
                excepted.add((obj, name))
            elif below in rights[room]:
                used.add((room, below))
            elif below != room:
                yield f"{obj}: {name} is of {home[name]}, and {room} may not use {below}"
    for room, belows in rights.items():
        for below in sorted(belows):
            if (room, below) not in used:
                yield f"{room} may use {below} and does not"
    for obj, name in exceptions.keys() - excepted:
        yield f"the exception {obj} -> {name} is none"
    if len(exceptions) > MAX_EXCEPTIONS:
        yield f"{len(exceptions)} exceptions, {MAX_EXCEPTIONS} may be"
    if found := circle(rights):
        yield "a circle: " + " -> ".join(found)


def main():
    build = pathlib.Path(sys.argv[1])
    table = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else \
        pathlib.Path(__file__).with_name("layers.txt")
    bad = list(problems(*read_table(table), *symbols(build)))
    print("\n".join(bad), end="\n" if bad else "")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
