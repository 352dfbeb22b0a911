#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Nothing that stays calls what is given back after boot: check_init.py ELF

Each call out of .text into .init.text is said.  Code of the boot that is not marked so is
caught, too: it would be kept for nothing.
"""
import re
import subprocess
import sys

FUNCTION = re.compile(r"^([0-9a-f]+) <(.+)>:$")
CALL = re.compile(r"\s(?:call|jmp|j[a-z]+)\s+([0-9a-f]+) <([\w.]+)>$")


def boot_code(symbols):
    """The addresses of .init.text, of `nm -n`'s lines: two functions may have one name."""
    at = {line.split()[2]: int(line.split()[0], 16) for line in symbols}
    return range(at["__inittext_begin"], at["__inittext_end"])


def problems(code, boot):
    """Calls of functions in `boot`, of the lines of a disassembly."""
    here, name = 0, None
    for line in code:
        if match := FUNCTION.match(line):
            here, name = int(match[1], 16), match[2]
        elif (match := CALL.search(line)) and int(match[1], 16) in boot and here not in boot:
            yield f"{name} calls {match[2]}, which is given back after boot"


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def main():
    code = output("objdump", "-d", "--no-show-raw-insn", "-j", ".text", sys.argv[1])
    bad = list(problems(code, boot_code(output("nm", "-n", sys.argv[1]))))
    print("\n".join(bad), end="\n" if bad else "")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
