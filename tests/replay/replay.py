#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Any machine's map, from its dumps: replay.py [-j] [-r] [-l] CASE

CASE is a record (RECORD.md), a file that somebody attached to a report, or a folder of such files.
Without Linux's map the kernel's own is printed; with it both, line by line: `+` is the kernel's
alone, `-` Linux's alone, and behind `#` stands why, where that is known.

  -j  all of it as one JSON object
  -r  the record that was made of the case, and no more
  -l  what the kernel said, too
OWN=1 in the environment: ranges that Linux took by itself (`linux-own`) are fed in.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

import attachments
import compare
import firmware
import reasons

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build" / "replay" / "replay"
MARK = {"agree": "  ", "kernel": "+ ", "linux": "- "}


def feed_own(record):
    """e820 as Linux changed it by itself."""
    entries = record.e820()
    for rest in record.all("linux-own"):
        how, where, *types = rest.split()
        first, last = (int(n, 16) for n in where.split("-"))
        if how == "add":
            entries.append((first, last, int(types[0], 16)))
            continue
        parts = []
        for a, b, kind in entries:
            hit = a <= last and b >= first and how != "split" and (how == "cut" or kind == int(types[0], 16))
            if not hit:
                parts.append((a, b, kind))
                continue
            parts += [(a, first - 1, kind)] if a < first else []
            parts += [(max(a, first), min(b, last), int(types[1], 16))] if how == "extra" else []
            parts += [(last + 1, b, kind)] if b > last else []
        entries = parts
    record.lines = [l for l in record.lines if not l.startswith("e820 ")]
    record.lines += [f"e820 {a:x}-{b:x} {kind:x}" for a, b, kind in entries]


def run(record):
    text = "\n".join(firmware.lines(record) + [f"words {w}" for w in record.words()] +
                     record.lines) + "\n"
    done = subprocess.run([PROGRAM], input=text, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        what = next((l for l in done.stdout.splitlines() if l.startswith("panic ")), done.stderr[-2000:])
        record.note(f"the kernel stopped: {what}")
    return compare.Result(done.stdout)


def windows_said(result):
    """What host bridges pass on, by the kernel's word."""
    out = set()
    for line in result.all("log"):
        if "root bus window" in line:
            out.add(tuple(compare.numbers(line)[:2]))
    return out


def run_believably(record):
    """Where AML lacked memory to read and got other windows than the log has, the log is believed."""
    result = run(record)
    wanted = {(first, last) for root in record.roots() for _, first, last, _, _ in root["windows"]}
    if not wanted or not record.tables() or not result.all("unknown-page") or windows_said(result) == wanted:
        return result
    record.note("host bridges: the tables lack memory that they read, the log's windows are taken: " +
                " ".join(sorted(f"{a:x}-{b:x}" for a, b in wanted ^ windows_said(result))))
    record.lines = [line for line in record.lines if not line.startswith("table ")] + \
        [f"table {t.hex()}" for t in record.tables() if t[:4] not in (b"DSDT", b"SSDT")]
    return run(record)


def notes_of(record, result):
    pages = result.all("unknown-page")
    if pages:
        record.note("AML read memory that no dump holds, as 0: " + " ".join(pages))
    if not record.tables():
        record.note("no acpidump: host bridges and the board's ranges are those that the log names")
    if not record.all("fn"):
        record.note("no function of PCI is known")
    return record.notes


def assume_memory(record):
    """Tables, functions and ports may be known of a machine, and its memory not."""
    if record.e820():
        return
    record.note("missing: the firmware's memory map; 1 GiB of RAM is assumed, only ports and PCI are told")
    record.lines += ["e820 0-9fbff 1", "e820 f0000-fffff 2", "e820 100000-3fffffff 1"]


def replay(record):
    """All that is known of a case, as plain data."""
    assume_memory(record)
    if os.environ.get("OWN"):
        feed_own(record)
    start = time.monotonic()
    result = run_believably(record)
    seconds = time.monotonic() - start
    report = {"machine": record.name, "linux": record.first("linux-version"), "log": result.all("log"),
              "seconds": round(seconds, 3)}
    for tree in ("iomem", "ioports"):
        if record.all(f"linux-{tree}"):
            lines = compare.merge(result, tree, record)
        else:
            lines = [("kernel", e, "") for e in compare.parse_map(result.all(tree))]
        report[tree] = [{"verdict": v, "level": e[0], "start": e[1], "end": e[2], "name": e[3], "reason": why}
                        for v, e, why in lines]
    said = compare.facts(record, result)
    given = compare.addresses(record, result)
    report["said"] = [{"verdict": v, "what": w, "reason": reasons.of_said(w, record, result) if v == "linux" else ""}
                      for v, w in said]
    report["addresses"] = [{"verdict": v, "what": w, "reason": reasons.of_address(w, record, result) if v == "linux" else ""}
                           for v, w in given]
    report["notes"] = notes_of(record, result)
    counted = [x for x in said if x[0] != "kernel"]
    for tree in ("iomem", "ioports"):
        if record.all(f"linux-{tree}"):
            counted += [(x["verdict"], x["name"]) for x in report[tree] if x["verdict"] != "kernel" and
                        x["reason"] not in ("a driver's claim", "the image's own place")]
    report["compared"] = len(counted)
    report["equal"] = sum(v == "agree" for v, _ in counted)
    report["given"] = len(given)
    report["given-equal"] = sum(v == "agree" for v, _ in given)
    return report


def show_tree(report, tree, beside):
    print(f"\n{tree}")
    digits = 4 if tree == "ioports" else 8
    for x in report[tree]:
        mark = MARK[x["verdict"]] if beside else ""
        why = f"  # {x['reason']}" if x["reason"] else ""
        indent = "  " * min(x["level"], 5)
        print(f"{mark}{indent}{x['start']:0{digits}x}-{x['end']:0{digits}x} : {x['name']}{why}")


def show(report, record, log):
    print(f"{report['machine']}: Linux {report['linux'] or 'unknown'}, {report['seconds']} s")
    for note in report["notes"]:
        print(f"# {note}")
    if log:
        print("\n".join(report["log"]))
    for tree in ("iomem", "ioports"):
        show_tree(report, tree, bool(record.all(f"linux-{tree}")))
    apart = [x for x in report["said"] + report["addresses"] if x["verdict"] != "agree"]
    if apart:
        print("\nsaid by Linux's log (-) or by the kernel alone (+)")
    for x in apart:
        print(MARK[x["verdict"]] + x["what"] + (f"  # {x['reason']}" if x["reason"] else ""))
    print(f"\n{report['equal']} of {report['compared']} lines equal, "
          f"{report['given-equal']} of {report['given']} addresses")


def main(args):
    flags = {a for a in args if a.startswith("-")}
    cases = [a for a in args if not a.startswith("-")]
    if len(cases) != 1 or flags - {"-j", "-r", "-l"}:
        print(__doc__)
        return 2
    record = attachments.read_case(cases[0])
    if "-r" in flags:
        print("\n".join(record.lines))
        return 0
    report = replay(record)
    if "-j" in flags:
        print(json.dumps(report, indent=1))
    else:
        show(report, record, "-l" in flags)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
