#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Keep the direction of includes: check_includes.py [FOLDER]

Layers, lowest first; a file includes its own layer and those below it.

    base     kernel/lib, kernel/cpu, kernel/core
    mm       mm/
    kernel   boot/ and the rest of kernel/
    drivers  drivers/
    top      kernel/main.c and tests/guest/, which see everything

Besides, system headers are only the freestanding ones of C, every path is
written from the top folder, and each header has an include guard of its own
name.
"""
import pathlib
import re
import sys

# What lower layers may see of higher ones: declarations and data, no service.
CONTRACTS = {
    "kernel/monitor/monitor.h": "base",  # MONITOR_COMMAND stands beside what it shows
    "mm/layout.h": "base",  # constants
    "boot/boot_info.h": "base",
    "tests/guest/guest_test.h": "base",
}
SYSTEM = {"stdarg.h", "stdbool.h", "stddef.h", "stdint.h"}
LAYERS = ["base", "mm", "kernel", "drivers", "top"]
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def layer(path):
    """Which layer a file belongs to, by its path from the top."""
    if path in CONTRACTS:
        return CONTRACTS[path]
    folder = path.split("/")[0]
    if path == "kernel/main.c" or folder == "tests":
        return "top"
    if path.startswith(("kernel/lib/", "kernel/cpu/", "kernel/core/")):
        return "base"
    return "kernel" if folder == "boot" else folder


def problems(root, path):
    text = (root / path).read_text()
    here = LAYERS.index(layer(path))
    for kind, name in INCLUDE.findall(text):
        if kind == "<":
            if name not in SYSTEM:
                yield f"<{name}> is no freestanding header"
        elif not (root / name).exists():
            yield f'"{name}" is no file from the top folder'
        elif LAYERS.index(layer(name)) > here:
            yield f'"{name}" is of {layer(name)}, above {layer(path)}'
    if path.endswith(".h"):
        guard = re.sub(r"\W", "_", path).upper()
        if f"#ifndef {guard}\n#define {guard}\n" not in text:
            yield f"no include guard {guard}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    bad = 0
    for folder in ("boot", "kernel", "mm", "drivers", "tests/guest"):
        for file in sorted((root / folder).rglob("*.[ch]")):
            path = str(file.relative_to(root))
            for problem in problems(root, path):
                print(f"{path}: {problem}")
                bad += 1
    return 1 if bad else 0


sys.exit(main())
