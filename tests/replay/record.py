# SPDX-License-Identifier: MIT
"""A machine's record (RECORD.md): lines of words, and what they say."""

import re
import struct

RAM, RESERVED = 1, 2


def e820_entries(rests):
    """(first, last, type) of what stands behind "e820"."""
    out = []
    for rest in rests:
        span, kind = rest.split()
        first, last = (int(n, 16) for n in span.split("-"))
        out.append((first, last, int(kind, 16)))
    return out


class Record:
    def __init__(self, text="", name=""):
        self.name, self.lines, self.notes = name, [], []
        for line in text.splitlines():
            self.add(line)

    def add(self, line):
        line = line.rstrip()
        if line and not line.startswith("#"):
            self.lines.append(line)

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)

    def all(self, word):
        return [line[len(word) + 1:] for line in self.lines if line.split(" ", 1)[0] == word]

    def first(self, word):
        return (self.all(word) or [None])[0]

    def version(self):
        """Of the Linux whose log it was: (6, 1); none that is known is the newest."""
        numbers = re.match(r"(\d+)\.(\d+)", self.first("linux-version") or "")
        return tuple(int(n) for n in numbers.groups()) if numbers else (99, 0)

    def numbers(self, word):
        return [[int(n, 16) for n in rest.split()] for rest in self.all(word)]

    def e820(self):
        return e820_entries(self.all("e820"))

    def tables(self):
        return [bytes.fromhex(rest.split()[-1]) for rest in self.all("table")]

    def roots(self):
        """Each root bus with its windows, in the record's order."""
        out = []
        for line in self.lines:
            words = line.split()
            if words[0] == "root":
                out.append({"bus": int(words[1], 16), "last": int(words[2], 16), "windows": [],
                            "segment": int(words[3], 16) if len(words) > 3 else 0})
            elif words[0] == "window" and out:
                first, last, offset = (int(n, 16) for n in words[2:5])
                out[-1]["windows"].append((words[1], first, last, offset, "pref" in words[5:]))
        return out

    def boards(self):
        """What each of the board's devices holds, by its number."""
        out = {}
        for rest in self.all("board"):
            number, kind, first, last = (rest.split() + [None] * 3)[:4]
            ranges = out.setdefault(int(number, 16), [])
            if kind:
                ranges.append((kind, int(first, 16), int(last, 16)))
        return out

    def mmconfig(self):
        """(segment, first bus, last bus, address of bus 0) of each window."""
        out = self.numbers("mmconfig")
        for t in self.tables():
            if t[:4] == b"MCFG":
                out = []
                for at in range(44, len(t) - 15, 16):
                    base, seg, first, last = struct.unpack_from("<QHBB", t, at)
                    out.append([seg, first, last, base])
        last = self.first("mmlast")
        if not out and last:
            size = int(last, 16) + 1 << 20
            for first, end, kind in self.e820():
                if kind == RESERVED and first >= 1 << 31 and end < 1 << 32 and end - first + 1 >= size and not first & (1 << 26) - 1:
                    return [[0, 0, int(last, 16), first]]
        return out

    def dmi(self):
        out = {"date": self.first("bios-date")}
        for rest in self.all("dmi"):
            field, text = (rest.split(" ", 1) + [""])[:2]
            out[field] = text
        return out

    def efi_tables(self):
        out = {}
        for rest in self.all("efi-table"):
            name, at = rest.rsplit(" ", 1)
            out[name] = int(at, 16)
        if self.esrt():
            out.setdefault("ESRT", self.esrt()[0])
        return out

    def esrt(self):
        span = self.first("linux-esrt")
        return tuple(int(n, 16) for n in span.split("-")) if span else None

    def efi_map(self):
        out = []
        for rest in self.all("efi-map"):
            span, kind, attribute = rest.split()
            first, last = (int(n, 16) for n in span.split("-"))
            out.append((first, last, int(kind), int(attribute, 16)))
        esrt = self.esrt()
        if not out and esrt:
            out.append((esrt[0] & ~0xfff, esrt[1] | 0xfff, 4, 0xf))
        return out

    def is_efi(self):
        return bool(self.all("efi-boot") or self.efi_map() or self.efi_tables())

    def words(self):
        """Of the command line."""
        return [f"memmap={v}" for v in self.all("memmap")] + self.all("cmdline")
