# SPDX-License-Identifier: MIT
"""What the kernel made of a record, beside what Linux said of the same machine."""

import re

import reasons
from record import e820_entries

RANGE = r"0x([0-9a-f]+)-0x([0-9a-f]+)"


class Result:
    """The lines of build/replay/replay, by their first word."""

    def __init__(self, text):
        self.text, self.by_word = text, {}
        for line in text.splitlines():
            word, _, rest = line.partition(" ")
            self.by_word.setdefault(word, []).append(rest)

    def all(self, word):
        return self.by_word.get(word, [])

    def e820(self):
        return e820_entries(self.all("e820"))

    def has(self, slot):
        return any(rest.split()[0] == slot for rest in self.all("function"))

    def resources(self, slot):
        out = set()
        for rest in self.all("res"):
            words = rest.split()
            if words[0] == slot and "unclaimed" not in words:
                out.add((words[2], *(int(n, 16) for n in words[3].split("-"))))
        return out


def parse_map(lines):
    """(level, first, last, name) of each."""
    out = []
    for line in lines:
        m = re.match(r"^( *)([0-9a-f]+)-([0-9a-f]+) : (.+)$", line)
        if m:
            name = m[4].replace("PCI ECAM", "PCI MMCONFIG")
            name = {"reserved": "Reserved"}.get(name, name)
            out.append((len(m[1]) // 2, int(m[2], 16), int(m[3], 16), name))
    return out


def merge(result, tree, record):
    """Both maps as one list of (verdict, entry, reason); verdict: agree, kernel, linux."""
    ours, theirs = parse_map(result.all(tree)), parse_map(record.all(f"linux-{tree}"))
    mine = {e[1:] for e in ours}
    known = {e[1:] for e in theirs}
    out, parents = [], []
    for e in theirs:
        parents[e[0]:] = [e[3]]
        if e[1:] in mine:
            out.append(("agree", e, ""))
        else:
            out.append(("linux", e, reasons.of_line(e, parents[:-1], record, result)))
    image = [e for e in ours if e[1:] not in known]
    out += [("kernel", e, "the image's own place" if reasons.IMAGE.match(e[3]) else "") for e in image]
    out.sort(key=lambda x: (x[1][1], -x[1][2], x[1][0]))
    return out


def nosave(e820):
    """What Linux prints as "Registered nosave memory" of such a map."""
    up, down = (lambda a: a + 0xfff >> 12), (lambda a: a >> 12)
    limit = max((last + 1 >> 12 for _, last, kind in e820 if kind == 1), default=0)
    pfn, out = 0, []
    for first, last, kind in e820:
        if pfn < up(first):
            out.append((pfn << 12, (up(first) << 12) - 1))
        pfn = down(last + 1)
        if kind != 1 and up(first) < pfn:
            out.append((up(first) << 12, (pfn << 12) - 1))
        if pfn >= limit:
            break
    return out


def joined(ranges):
    """As 6.17 and later print them: neighbours in one."""
    out = []
    for first, last in ranges:
        if out and out[-1][1] + 1 == first:
            first = out.pop()[0]
        out.append((first, last))
    return out


def spans(record, word):
    return [tuple(int(n, 16) for n in rest.split()[0].split("-")) for rest in record.all(word)]


def gap_of(result):
    for line in result.all("log"):
        m = re.search(rf"\[mem {RANGE}\] available for PCI", line)
        if m:
            return (int(m[1], 16), int(m[2], 16))
    return None


def buffers(result):
    out = []
    for line in result.all("log"):
        m = re.search(rf"reserve RAM buffer \[mem {RANGE}\]", line)
        if m:
            out.append((int(m[1], 16), int(m[2], 16)))
    return out


def span(pair):
    return f"{pair[0]:x}-{pair[1]:x}" if pair else "none"


def compare_sets(what, theirs, ours):
    return [("agree" if t in ours else "linux", f"{what} {span(t)}") for t in theirs] + \
        [("kernel", f"{what} {span(o)}") for o in ours if o not in theirs]


def place_of(slot, what, kind, flags):
    """Newer logs call all windows of a bridge so."""
    return slot, what, kind + (" pref" if "pref" in flags else "") if what == "bridge window" else ""


def assigned(record):
    """(slot, kind, first, last) of each address that Linux's core gave, the last word on each."""
    out = {}
    for line in record.all("linux-pci"):
        m = re.match(rf"^pci ([0-9a-f:.]+): (.*)$", line)
        if not m:
            continue
        lost = re.match(r"^(.*?):? (?:no space for )?\[(io|mem) +size 0x[0-9a-f]+([^\]]*)\](: can't assign)?", m[2])
        if lost:
            out.pop(place_of(m[1], *lost.groups()[:3]), None)
        a = re.match(rf"^(.*?): assigned \[(io|mem) +{RANGE}(.*)\]", m[2])
        b = re.match(rf"^(.*?) ?\[(io|mem) +{RANGE}(.*)\]: assigned", m[2])
        if a or b:
            found = a or b
            out[place_of(m[1], found[1], found[2], found[5])] = (found[2], int(found[3], 16), int(found[4], 16))
    return [(k[0], k[1], v) for k, v in out.items()]


def facts(record, result):
    """(verdict, what) of each thing that Linux's log says of the result."""
    out = []
    last = record.first("linux-last_pfn")
    if last:
        ours = next((m[1] for l in result.all("log") for m in [re.search(r"last_pfn = 0x([0-9a-f]+)", l)] if m), "none")
        out.append(("agree" if ours == last else "linux", f"last_pfn {last}" + ("" if ours == last else f", here {ours}")))
    gaps = spans(record, "linux-gap")
    if gaps:
        ours = gap_of(result)
        out.append(("agree" if gaps[0] == ours else "linux", f"gap {span(gaps[0])}" + ("" if gaps[0] == ours else f", here {span(ours)}")))
    theirs = spans(record, "linux-nosave")
    if theirs:
        ours = nosave(result.e820())
        ours = [n for n in (joined(ours) if record.version() >= (6, 17) else ours) if n in theirs or n[0]]
        out += compare_sets("nosave", theirs, ours)
    theirs = spans(record, "linux-buffer")
    if theirs:
        out += compare_sets("RAM buffer", theirs, buffers(result))
    for rest in record.all("linux-map"):
        words = rest.split()
        here = f"{words[0]} {words[1]}" in result.all("e820")
        out.append(("agree" if here else "linux", f"map {rest}"))
    for rest in record.all("linux-board"):
        number, kind, first, end, *_, = rest.split()
        state = "has been" if "has been" in rest else "could not be"
        text = f"pnp 00:{number}: [{kind} "
        here = any(text in l and f"{state} reserved" in l and int(first, 16) in numbers(l) and int(end, 16) in numbers(l)
                   for l in result.all("log"))
        out.append(("agree" if here else "linux", f"board {rest} reserved"))
    return out


def numbers(line):
    return [int(n, 16) for n in re.findall(r"0x([0-9a-f]+)", line)]


def addresses(record, result):
    """(verdict, what) of each address that Linux gave to a function."""
    out, unknown = [], set()
    for slot, what, place in assigned(record):
        if not result.has(slot):
            unknown.add(slot)
            continue
        same = place in result.resources(slot)
        out.append(("agree" if same else "linux", f"{slot} {what}: {place[0]} {place[1]:x}-{place[2]:x}"))
    if unknown:
        record.note("missing: functions that got addresses: " + " ".join(sorted(unknown)))
    return out
