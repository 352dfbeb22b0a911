#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The seeds of tests/fuzz/seeds as files and back.

  seeds.py write TARGET FOLDER     a file for each line of seeds/TARGET
  seeds.py keep TARGET FOLDER      a line more for each file of FOLDER, the smallest first, up to 8 KiB

A line is "text" with \\xNN where a byte is none of ASCII's printable ones, else hexadecimal bytes.
"""
import hashlib
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT = 8 << 10


def read(line):
    """The bytes of a line."""
    if not line.startswith('"'):
        return bytes.fromhex(line)
    text = line[1:-1].encode()
    return re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), text)


def show(data):
    """The line of some bytes."""
    odd = sum(not 32 <= b < 127 for b in data)
    if odd * 4 > len(data):
        return data.hex()
    return '"' + "".join(chr(b) if 32 <= b < 127 and b != 92 else f"\\x{b:02x}" for b in data) + '"'


def lines(target):
    """The lines of a target that are seeds."""
    with open(f"{HERE}/seeds/{target}", encoding="ascii") as f:
        return [line.rstrip("\n") for line in f if line.strip() and not line.startswith("#")]


def write(target, folder):
    """Into a folder, under names that say what is in them."""
    os.makedirs(folder, exist_ok=True)
    for line in lines(target):
        data = read(line)
        with open(f"{folder}/{hashlib.sha1(data).hexdigest()}", "wb") as f:
            f.write(data)


def keep(target, folder):
    """Out of a folder, what is not there yet."""
    there = set(lines(target))
    room = LIMIT - sum(len(line) + 1 for line in there)
    with open(f"{HERE}/seeds/{target}", "a", encoding="ascii") as f:
        for entry in sorted(os.scandir(folder), key=lambda e: (e.stat().st_size, e.name)):
            with open(entry.path, "rb") as source:
                line = show(source.read())
            if line not in there and len(line) < room:
                f.write(line + "\n")
                room -= len(line) + 1


if __name__ == "__main__":
    {"write": write, "keep": keep}[sys.argv[1]](*sys.argv[2:])
