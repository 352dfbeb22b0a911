#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The form of includes: check_includes.py [FOLDER]

System headers are only the freestanding ones of C, and what Linux tells programs (its ABI:
<linux/...> and <asm/...>, Debian's linux-libc-dev); every path is written from the top
folder, and each header has an include guard of its own name.  Who may call whom is
another question, which tests/check_layers.py asks of the object files.
"""
import pathlib
import re
import sys

SYSTEM = {"stdarg.h", "stdbool.h", "stddef.h", "stdint.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def problems(root, path):
    text = (root / path).read_text()
    for kind, name in INCLUDE.findall(text):
        if kind == "<":
            if name not in SYSTEM and not name.startswith(("linux/", "asm/")):
                yield f"<{name}> is no freestanding header"
        elif not (root / name).exists():
            yield f'"{name}" is no file from the top folder'
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
