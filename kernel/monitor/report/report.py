#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One page that shows a machine: what the monitor said in JSON, and what draws it.

    report.py --words                            the run= of the command line that says it all
    report.py [OPTIONS] LOG OUT.html             the page of a boot that was asked so

LOG is what came over the serial line.  --instructions is a second boot's, under QEMU's
-icount shift=0, where a tick of the TSC is an instruction; --parity what `make parity`
left.  The page opens from disk: style, scripts and data are all in it.
"""

import argparse
import json
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
COMMANDS = ("iomem", "ioports", "pagetables", "vmallocinfo", "page_owner", "slabinfo", "bootstage",
            "interrupts", "ioapic", "lspci", "acpi")
# In the order in which they need each other.
SCRIPTS = ("dom.js", "map.js", "memory.js", "boot.js", "interrupts.js", "pci.js", "acpi.js",
           "parity.js", "page.js")
WORDS = "; ".join([*(f"{command} -j" for command in COMMANDS), "exit 0"])
# A message may come into the midst of what a command says.
MESSAGE = re.compile(r"\[ *\d+\.\d{6}\] .*\n")


def sections(log):
    """What stands between the "=== command" lines, by command."""
    found, here = {}, None
    for line in MESSAGE.sub("", log.replace("\r", "")).splitlines(keepends=True):
        if line.startswith("=== "):
            here = line[4:].strip()
            found[here] = ""
        elif here is not None:
            found[here] += line
    return found


def answers(log, commands=COMMANDS):
    """{command: what its -j said}."""
    said = sections(log)
    told = {}
    for command in commands:
        try:
            told[command] = json.loads(said[f"{command} -j"])
        except (KeyError, ValueError) as error:
            raise SystemExit(f"report: the machine did not say {command} -j ({error}); its last "
                             f"lines:\n{log[-1000:]}") from error
    return told


def collect(log, machine="", instructions=None, parity=None):
    """All that the page has to know."""
    told = answers(log)
    processor = re.search(r"\] CPU: (.*)", log)
    told["machine"] = machine
    told["processor"] = processor[1].strip() if processor else ""
    if instructions:
        told["instructions"] = answers(instructions, ["bootstage"])["bootstage"]
    if parity:
        told["parity"] = json.loads(parity)
    return told


def page(told):
    """The file's text."""
    parts = {
        "STYLE": (HERE / "style.css").read_text(),
        "SCRIPT": "\n".join((HERE / name).read_text() for name in SCRIPTS),
        # No string of it may end the script that holds it.
        "DATA": json.dumps(told, separators=(",", ":")).replace("<", "\\u003c"),
    }
    return re.sub(r"/\*(STYLE|SCRIPT|DATA)\*/", lambda match: parts[match[1]],
                  (HERE / "page.html").read_text())


def read(path):
    """A file's text, where there is one."""
    return path.read_text(errors="replace") if path and path.exists() else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--machine", default="")
    parser.add_argument("--instructions", type=pathlib.Path)
    parser.add_argument("--parity", type=pathlib.Path)
    parser.add_argument("log", type=pathlib.Path, nargs="?")
    parser.add_argument("out", type=pathlib.Path, nargs="?")
    options = parser.parse_args()
    if options.words:
        print(WORDS)
        return
    if not options.out:
        parser.error("a LOG and where the page goes")
    told = collect(read(options.log) or "", options.machine, read(options.instructions),
                   read(options.parity))
    options.out.write_text(page(told))
    print(options.out)


if __name__ == "__main__":
    main()
