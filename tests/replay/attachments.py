# SPDX-License-Identifier: MIT
"""Reads what people attach to a report into a record: boot logs, lspci, acpidump, /proc/iomem.

Each file is known by what stands in it, not by its name.  A log may have times or
none, journalctl's or syslog's prefixes, be quoted in a mail, or begin late; what then is missing is
said by Record.note().
"""

import gzip
import lzma
import pathlib
import re

from record import Record

PREFIX = re.compile(r"^[>\s]*(?:\w{3}\s+\d+ \d\d:\d\d:\d\d(?:\.\d+)? \S+ |\d{4}-\d\d-\d\dT\S+ \S+ )?"
                    r"(?:kernel(?:\[\d+\])?: ?)?(?:<\d+>)?(?:\[ *\d+\.\d+\]\s?(?:\[ *[TC]?\d+\])?:? ?)*")
RANGE = r"0x([0-9a-f]+)-0x([0-9a-f]+)"
TYPES = {"usable": 1, "reserved": 2, "ACPI data": 3, "ACPI NVS": 4, "unusable": 5,
         "persistent (type 7)": 7, "persistent (type 12)": 12, "soft reserved": 0xefffffff}
OURS = re.compile(r"^(mem|memmap|pci|acpi|crashkernel|add_efi_memmap|disable_mtrr_trim|efi|nopti|hpet)(=|$)")
MTRR_TYPES = {"uncachable": 0, "write-combining": 1, "write-through": 4, "write-protect": 5, "write-back": 6}
SLOT_MEMORY = 0x200000  # what Linux gives a bridge with a slot, where nothing behind it asks for more
ROOT_PORT, UPSTREAM, DOWNSTREAM = 4, 5, 6  # PCI Express 5.0, 7.5.3.2
EFI_TYPES = ["Reserved", "Loader Code", "Loader Data", "Boot Code", "Boot Data", "Runtime Code",
             "Runtime Data", "Conventional", "Unusable", "ACPI Reclaim", "ACPI Mem NVS", "MMIO",
             "MMIO Port", "PAL Code", "Persistent"]


def text_of(path):
    data = pathlib.Path(path).read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    elif data[:6] == b"\xfd7zXZ\0":
        data = lzma.decompress(data)
    return data.decode("utf-8", "replace")


class Function:
    """One function as the log tells it: where its BARs were, and their sizes."""

    def __init__(self, ids, header, cls):
        self.ids, self.header, self.cls = ids, header, cls
        self.bars, self.windows, self.buses, self.groups = {}, {}, None, 0
        self.behind = range(0)  # the buses behind it in the end
        self.slot, self.port, self.subtractive, self.raw = False, None, False, None
        self.vf_bars, self.nr_vfs = {}, 0

    def config(self):
        value, writable = bytearray(4096), bytearray(4096)
        if self.raw:
            value[:len(self.raw)] = self.raw[:4096]
        put = lambda at, n, size=4: value.__setitem__(slice(at, at + size), n.to_bytes(size, "little"))
        mask = lambda at, n, size=4: writable.__setitem__(slice(at, at + size), n.to_bytes(size, "little"))
        put(0, self.ids[0] | self.ids[1] << 16)
        if not self.raw:
            value[9:12] = self.cls.to_bytes(3, "little")
            value[4] = 7
            value[14] = self.header
        value[14] |= 0x80 * self.multi
        mask(4, 0xffff, 2)
        bars = {**self.bars, **self.vf_bars} if self.nr_vfs else self.bars
        for reg, (io, first, last, flags) in bars.items():
            size = last - first + 1
            low = first & ~(size - 1) if size & size - 1 == 0 else first
            if reg == (0x38 if self.header == 1 else 0x30):
                put(reg, first)
                mask(reg, -size & 0xfffff800 | 1)
                continue
            kind = 1 if io else (4 if "64bit" in flags else 0) | (8 if "pref" in flags else 0)
            put(reg, low & 0xffffffff | kind)
            mask(reg, -size & 0xffffffff)
            if kind & 7 == 4:
                put(reg + 4, low >> 32)
                mask(reg + 4, -size >> 32 & 0xffffffff)
        if self.header == 1:
            self.bridge(put, mask, value)
        if self.header == 2:
            self.cardbus(put, mask)
        if self.port and not self.raw:
            value[6] |= 0x10
            put(0x34, 0x40, 1)
            put(0x40, 0x20010 | self.port << 20 | self.slot << 24)
            put(0x54, 0x60 * self.slot)
        if self.nr_vfs and not value[0x100]:
            self.virtual_functions(value, put, mask)
        return value, writable

    def virtual_functions(self, value, put, mask):
        """SR-IOV 1.1, 3.3: the capability is 24h in front of its first BAR."""
        cap = min(self.vf_bars) - 0x24
        if not value[6] & 0x10:
            value[6] |= 0x10
            put(0x34, 0x40, 1)
            put(0x40, 0x00020010)
        put(0x100, 0x0001000b | cap << 20)
        put(cap, 0x00010010)
        put(cap + 0xc, self.nr_vfs * 0x10001)
        put(cap + 0x14, 0x00010001)  # the first one right behind the function, then one by one
        put(cap + 0x1c, 1)
        put(cap + 0x20, 1)
        mask(cap + 8, 0xffff)
        mask(cap + 0x10, 0xffff, 2)
        mask(cap + 0x20, 1)

    def cardbus(self, put, mask):
        """PC Card 8.0, 4.5: its windows are open for whoever numbers it."""
        mask(0x18, 0xffffff, 3)
        for at in range(0x1c, 0x2c, 4):
            mask(at, 0xfffff000)
        for at in range(0x2c, 0x3c, 4):
            mask(at, 0xfffffffc)
        mask(0x3e, 0xffff, 2)
        for i, n in enumerate(self.buses or (0, 0, 0)):
            put(0x18 + i, n, 1)

    def bridge(self, put, mask, value):
        if self.subtractive:
            value[9] = 1
        buses = self.buses or (0, 0, 0)
        for i, n in enumerate(buses):
            put(0x18 + i, n, 1)
        mask(0x18, 0xffffff, 3)
        mask(0x1c, 0xf0f0, 2)
        mask(0x20, 0xfff0fff0)
        mask(0x24, 0xfff0fff0)
        wide = not self.raw or value[0x24] & 1
        if wide:
            mask(0x28, 0xffffffff)
            mask(0x2c, 0xffffffff)
        mask(0x30, 0xffffffff)
        mask(0x3e, 0xffff, 2)
        closed = {"io": (0xffff, 0), "mem": (0xfff00000, 0), "pref": (0xfff00000, 0)}
        for kind in closed:
            first, last = self.windows.get(kind, closed[kind])
            if kind == "io":
                put(0x1c, (first >> 8 & 0xf0) | (last & 0xf000) | (value[0x1c] & 0xf) * 0x101, 2)
                put(0x30, first >> 16 | last & 0xffff0000)
            else:
                at, low = (0x20, 0) if kind == "mem" else (0x24, 0x10001 if wide else 0)
                put(at, (first >> 16 & 0xfff0) | (last & 0xfff00000) | low)
                if kind == "pref" and wide:
                    put(0x28, first >> 32)
                    put(0x2c, last >> 32)


class Log:
    """A boot log, line by line."""

    def __init__(self, record):
        self.record, self.functions, self.roots, self.boards = record, {}, {}, {}
        self.windows, self.mtrr, self.seen, self.assigning = [], {}, set(), False
        self.mtrr_bits, self.over = 0, False

    def line(self, raw):
        text = PREFIX.sub("", raw.rstrip("\r\n")).rstrip()
        if text.startswith("Linux version") and self.has_map():
            self.over = True
            self.record.note("the log has more than one boot: the first is taken")
        if not text or self.over:
            return
        for pattern, take in PATTERNS:
            found = pattern.search(text)
            if found:
                self.seen.add(take.__name__)
                take(self, found, text)
                return

    def has_map(self):
        return bool(self.seen & {"take_e820", "take_old_e820"})

    def take_end(self, m, text):
        """Programs run: what comes now is hot plug, or somebody's rescan."""
        self.over = self.has_map() and bool(self.functions)

    def take_version(self, m, text):
        if not self.record.first("linux-version"):
            self.record.add(f"linux-version {m[1]}")

    def take_words(self, m, text):
        if self.record.first("cmdline") is None:
            words = [w for w in m[1].split() if OURS.match(w)]
            self.record.add("cmdline " + " ".join(words))

    def take_e820(self, m, text):
        kind = TYPES.get(m[3]) or (int(m[3][5:], 0) if m[3].startswith("type ") else 2)
        self.record.add(f"e820 {int(m[1], 16):x}-{int(m[2], 16):x} {kind:x}")

    def take_old_e820(self, m, text):
        if int(m[2], 16) > int(m[1], 16):
            self.record.add(f"e820 {int(m[1], 16):x}-{int(m[2], 16) - 1:x} {TYPES.get(m[3], 2):x}")

    def take_dmi(self, m, text):
        self.record.add(f"bios-date {m[4]}")
        vendor, _, product = m[1].partition(" ")
        for field, value in (("sys-vendor", vendor), ("product", product), ("board", m[2] or ""), ("version", m[3])):
            self.record.add(f"dmi {field} {value.strip()}")

    def take_efi(self, m, text):
        self.record.add("efi-boot 1")

    def take_efi_tables(self, m, text):
        for name, at in re.findall(r"(ACPI 2\.0|ACPI|SMBIOS 3\.0|SMBIOS|ESRT|MOKvar|BGRT)=0x([0-9a-f]+)", text):
            if name in ("ESRT", "MOKvar"):
                self.record.add(f"efi-table {name} {at}")

    def take_esrt(self, m, text):
        self.record.add(f"linux-esrt {int(m[1], 16):x}-{int(m[2], 16) - 1:x}")

    def take_efi_map(self, m, text):
        kind = m[1].strip()
        if kind in EFI_TYPES:
            attr = 0xf | ("SP" in m[2].split("|")) << 18 | ("RUN" in m[2]) << 63
            attr = attr if "WB" in m[2] else attr & ~8
            self.record.add(f"efi-map {int(m[3], 16):x}-{int(m[4], 16) - (m[5] == ')'):x} {EFI_TYPES.index(kind)} {attr:x}")

    def take_old_efi_map(self, m, text):
        self.record.add(f"efi-map {int(m[3], 16):x}-{int(m[4], 16) - 1:x} {int(m[1])} {int(m[2], 16):x}")

    def take_ioapic(self, m, text):
        self.record.add(f"ioapic {int(m[1]):x} {int(m[2], 16):x} {int(m[3]):x}")

    def take_hpet(self, m, text):
        self.record.add(f"hpet {int(m[1], 16):x}")

    def take_drhd(self, m, text):
        self.record.add(f"drhd {int(m[1], 16):x}")

    def take_mmconfig(self, m, text):
        base = int(m[6], 16) if m[6] else int(m[4], 16) - (int(m[2], 16) << 20)
        line = f"mmconfig {int(m[1], 16):x} {int(m[2], 16):x} {int(m[3], 16):x} {base:x}"
        if line not in self.record.lines:
            self.record.add(line)

    def take_ecam(self, m, text):
        line = f"mmconfig {int(m[4], 16):x} {int(m[5], 16):x} {int(m[6], 16):x} {int(m[3], 16):x}"
        if line not in self.record.lines:
            self.record.add(line)

    def take_mtrr_default(self, m, text):
        self.mtrr["default"] = MTRR_TYPES.get(m[1], 0)

    def take_mtrr_variable(self, m, text):
        if m[4] != "disabled":
            self.mtrr[int(m[1])] = (int(m[2], 16), int(m[3], 16), MTRR_TYPES.get(m[4], 0))
            self.mtrr_bits = max(self.mtrr_bits, int(m[3], 16).bit_length())

    def take_tom2(self, m, text):
        """AMD APM 2, 7.9.1 and 7.9.4: enabled, and write-back without a register for it."""
        for line in ("cpu AuthenticAMD", "msr c0010010 600000", f"msr c001001d {int(m[1], 16):x}"):
            self.record.add(line)

    def take_stolen(self, m, text):
        self.record.add(f"linux-own add {int(m[1], 16):x}-{int(m[2], 16):x} 2")

    def take_root(self, m, text):
        self.roots[m[1], m[2]] = {"last": m[3], "windows": []}

    def take_bus_range(self, m, text):
        root = self.roots.setdefault((m[1], m[2]), {"last": m[4], "windows": []})
        root["last"] = m[4]

    def take_unknown(self, m, text):
        self.roots.setdefault((m[1], m[2]), {"last": "ff", "windows": []})["unknown"] = True

    def take_old_window(self, m, text):
        """Before there were lines of root buses: the bridge's own, which is the last one named."""
        if self.roots:
            root = list(self.roots.values())[-1]
            root["ignored"] = root.get("ignored") or "ignored" in text
            window = f"window {m[1]} {int(m[2], 16):x} {int(m[3], 16):x} 0"
            if "ignored" not in text and window not in root["windows"]:
                root["windows"].append(window)

    def take_window(self, m, text):
        root = self.roots.setdefault((m[1], m[2]), {"last": "ff", "windows": []})
        first, last = int(m[4], 16), int(m[5], 16)
        bus = re.search(r"bus address \[0x([0-9a-f]+)", text)
        offset = first - int(bus[1], 16) if bus else 0
        window = f"window {m[3]} {first:x} {last:x} {offset:x}{' pref' if ' pref' in m[6] else ''}"
        # The whole of both: the windows were ignored.
        if first == 0 and (last >= 0xffffffff or (m[3] == "io" and last == 0xffff)) and "window" not in m[6]:
            root["ignored"] = True
        elif window not in root["windows"]:
            root["windows"].append(window)

    def take_function(self, m, text):
        old = len(m[5]) == 6 and m[5].startswith("00") and re.search(r"type \d class", text)
        cls = int(m[5], 16) << 8 if old else int(m[5], 16)
        if m[0] and (m[1]) not in self.functions:
            self.functions[m[1]] = Function((int(m[2], 16), int(m[3], 16)), int(m[4], 16), cls)

    def take_bar(self, m, text):
        fn = self.functions.get(m[1])
        reg = int(m[2], 16) if m[2] else 0x10 + 4 * int(m[3]) if m[3] else (0x38 if fn and fn.header == 1 else 0x30)
        if fn:
            bars = fn.bars if reg < 0x100 else fn.vf_bars
            bars.setdefault(reg, (m[4] == "io", int(m[5], 16), int(m[6], 16), m[7]))

    def take_vfs(self, m, text):
        if m[1] in self.functions:
            self.functions[m[1]].nr_vfs = int(m[2])

    def take_vf_bar(self, m, text):
        fn = self.functions.get(m[1])
        if fn:  # newer logs do not tell where the capability is
            fn.vf_bars.setdefault(0x344 + 4 * int(m[2]), (False, int(m[3], 16), int(m[4], 16), m[5]))

    def take_oldest_bar(self, m, text):
        fn = self.functions.get(m[1])
        if fn:
            fn.bars.setdefault(int(m[2], 16), ("io" in m[3], int(m[4], 16), int(m[5], 16),
                                               m[3].replace("64bit", " 64bit ")))

    def take_bridge(self, m, text):
        fn = self.functions.get(m[1])
        if not fn:
            return
        fn.groups += 1
        fn.behind = range(int(m[2], 16), int(m[3] or m[2], 16) + 1)
        if fn.groups == 1 and fn.header == 1 and not self.assigning:
            last = m[3] or m[2]
            if fn.buses is None:
                fn.buses = (int(m[1][5:7], 16), int(m[2], 16), int(last, 16))
            fn.subtractive |= "subtractive" in text

    def take_invalid(self, m, text):
        fn = self.functions.get(m[1])
        if fn:
            fn.buses = (0, 0, 0)

    def take_bridge_window(self, m, text):
        fn = self.functions.get(m[1])
        if not fn or fn.groups > 1 or self.assigning or "subtractive" in text or "window]" in text:
            return
        kind = "io" if m[2] == "io" else "pref" if "pref" in m[5] else "mem"
        if int(m[3], 16) <= int(m[4], 16):
            fn.windows.setdefault(kind, (int(m[3], 16), int(m[4], 16)))

    def take_slot(self, m, text):
        """More than a slot's own room is what bridges below it ask for."""
        fn = self.functions.get(m[1])
        if fn and fn.header == 1:
            fn.slot |= "HotPlug+" in text or m[2] in ("1000", "200000")
        self.take_pci(m, text)

    def take_pci(self, m, text):
        self.record.add(f"linux-pci {text}")
        # A BAR "assigned to efifb" is where firmware had it.
        self.assigning |= "assigned" in text and "assigned to " not in text
        given = re.search(rf"assigned.*\[mem {RANGE}|\[mem {RANGE}[^\]]*\]: assigned", text)
        fn = self.functions.get(m[1])
        if given and fn and fn.header == 1:
            first, last = (int(n, 16) for n in given.groups() if n)
            fn.slot |= last - first + 1 == SLOT_MEMORY

    def take_board(self, m, text):
        ranges = self.boards.setdefault(int(m[1], 16), [])
        line = f"{m[2]} {int(m[3], 16):x} {int(m[4] or m[3], 16):x}"
        if line not in ranges:
            ranges.append(line)
            self.record.add(f"linux-board {m[1]} {line} {m[5]}")

    def take_pnp(self, m, text):
        self.boards.setdefault(int(m[1], 16), [])

    def take_own(self, m, text):
        old, new = TYPES.get(m[3]), TYPES.get(m[4])
        if old and new and int(m[1], 16) >= 0x100000:
            how = "split" if old == new else "extra"
            self.record.add(f"linux-own {how} {int(m[1], 16):x}-{int(m[2], 16):x} {old:x} {new:x}")

    def take_removed(self, m, text):
        self.record.add(f"linux-own cut {int(m[1], 16):x}-{int(m[2], 16):x}")
        self.record.note("Linux 6.2 and later take EFI's MMIO ranges out of e820; 6.1 and this kernel do not")

    def take_last_pfn(self, m, text):
        if not self.record.first("linux-last_pfn"):
            self.record.add(f"linux-last_pfn {int(m[1], 16):x}")

    def take_gap(self, m, text):
        self.record.add(f"linux-gap {int(m[1], 16):x}-{int(m[2], 16):x}")

    def take_old_gap(self, m, text):
        self.record.add(f"linux-gap {int(m[1], 16):x}-{int(m[1], 16) + int(m[2], 16) - 1:x}")

    def take_nosave(self, m, text):
        self.record.add(f"linux-nosave {int(m[1], 16):x}-{int(m[2], 16):x}")

    def take_old_nosave(self, m, text):
        self.record.add(f"linux-nosave {int(m[1], 16):x}-{int(m[2], 16) - 1:x}")

    def take_buffer(self, m, text):
        self.record.add(f"linux-buffer {int(m[1], 16):x}-{int(m[2], 16):x}")

    def finish(self, configs):
        """What was gathered over many lines, into the record."""
        r = self.record
        if self.mtrr_bits and not r.first("phys-bits"):
            r.add(f"phys-bits {self.mtrr_bits}")
        if "default" in self.mtrr:
            variables = sorted((k, v) for k, v in self.mtrr.items() if k != "default")
            r.add(f"msr fe {len(variables):x}")
            r.add(f"msr 2ff {0x800 | self.mtrr['default']:x}")
            for n, (_, (base, mask, kind)) in enumerate(variables):
                r.add(f"msr {0x200 + 2 * n:x} {base | kind:x}")
                r.add(f"msr {0x201 + 2 * n:x} {mask | 0x800:x}")
        for number in sorted(self.boards):
            for line in self.boards[number] or [""]:
                r.add(f"board {number:x} {line}".rstrip())
        fix_multifunction(self.functions)
        self.fix_ports()
        if not self.roots and self.functions:
            self.roots["0000", "00"] = {"last": "ff", "windows": []}
            r.note("no host bridge in the log: its windows are not known")
        for (segment, bus), root in self.roots.items():
            if root.get("unknown"):
                r.note("Linux found its root buses without ACPI: none is described")
            else:
                r.add(f"root {int(bus, 16):x} {int(root['last'], 16):x} {int(segment, 16):x}")
            if root.get("ignored") and not root.get("unknown"):
                r.add("cmdline pci=nocrs")
            for window in root["windows"]:
                r.add(window)
            for slot, fn in self.functions.items():
                if self.root_of(slot) == (segment, bus):
                    fn.raw = configs.get(slot)
                    add_function(r, slot, fn)
        self.say_missing()

    def fix_ports(self):
        """
        Ports of PCI Express, and what kind each is: those with a slot, those above virtual functions, which
        are in extended space, and the ones in between.
        """
        extended = [int(slot[5:7], 16) for slot, fn in self.functions.items() if fn.nr_vfs or fn.slot]
        for slot, fn in self.functions.items():
            if fn.header == 1 and (fn.slot or any(bus in fn.behind for bus in extended)):
                devices = {int(s[8:10], 16) for s in self.functions
                           if s[:4] == slot[:4] and fn.behind and int(s[5:7], 16) == fn.behind[0]}
                root = (slot[:4], slot[5:7]) in self.roots
                fn.port = UPSTREAM if devices - {0} else ROOT_PORT if root else DOWNSTREAM
                fn.slot &= fn.port != UPSTREAM

    def root_of(self, slot):
        segment, bus = slot[:4], int(slot[5:7], 16)
        roots = [k for k in self.roots if k[0] == segment and int(k[1], 16) <= bus]
        return max(roots, key=lambda k: int(k[1], 16), default=None)

    def say_missing(self):
        for step, what in (("take_e820", "the firmware's memory map: the log begins too late, nothing of memory can be said"),
                           ("take_function", "functions of PCI: their BARs and windows stay open"),
                           ("take_dmi", "the BIOS's date and the board's name: rules for boards are not tried"),
                           ("take_nosave", "Linux's \"Registered nosave memory\" lines")):
            if step not in self.seen and not (step == "take_e820" and "take_old_e820" in self.seen) and \
                    not (step == "take_nosave" and "take_old_nosave" in self.seen):
                self.record.note(f"missing: {what}")


def fix_multifunction(functions):
    for slot, fn in functions.items():
        fn.multi = slot.endswith(".0") and any(s[:-1] == slot[:-1] and s != slot for s in functions)


def add_function(record, slot, fn):
    value, writable = fn.config()
    record.add(f"fn {int(slot[5:7], 16):x} {int(slot[8:10], 16):x} {slot[11]}")
    for at in range(0, 4096, 64):
        for word, data in (("c", value), ("w", writable)):
            if any(data[at:at + 64]):
                record.add(f"{word} {at:x} {data[at:at + 64].hex()}")


SLOT = r"([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])"
PATTERNS = [(re.compile(p), f) for p, f in (
    (rf"^BIOS-e820: \[mem {RANGE}\] (.+)$", Log.take_e820),
    (r"^ ?BIOS-e820: ([0-9a-f]{16}) - ([0-9a-f]{16}) \((.+)\)$", Log.take_old_e820),
    (r"^Linux version (\S+)", Log.take_version),
    (r"^Freeing unused kernel |^Run /\S+ as init process", Log.take_end),
    (r"^(?:Kernel c|C)ommand line: (.*)$", Log.take_words),
    (r"^DMI: (.+?)(?:/([^,]*))?, BIOS (.*?) *(\d\d/\d\d/\d{4})", Log.take_dmi),
    (r"^efi: EFI v|^EFI v\d", Log.take_efi),
    (r"^efi: .*=0x", Log.take_efi_tables),
    (r"^esrt: Reserving ESRT space from 0x([0-9a-f]+) to 0x([0-9a-f]+)", Log.take_esrt),
    (r"^efi: mem\d+: \[([A-Za-z ]+?) *\|(.*)\] range=\[0x([0-9a-f]+)-0x([0-9a-f]+)([\])])", Log.take_efi_map),
    (r"^(?:efi|EFI): mem\d+: type=(\d+), attr=0x([0-9a-f]+), range=\[0x([0-9a-f]+)-0x([0-9a-f]+)\)", Log.take_old_efi_map),
    (r"^IOAPIC\[\d+\]: apic_id (\d+), version \d+, address 0x([0-9a-f]+), GSI (\d+)", Log.take_ioapic),
    (r"^ACPI: HPET id: 0x[0-9a-f]+ base: 0x([0-9a-f]+)", Log.take_hpet),
    (r"^DMAR: DRHD base: 0x([0-9a-f]+)", Log.take_drhd),
    (rf"^PCI: MMCONFIG for domain ([0-9a-f]+) \[bus ([0-9a-f]+)-([0-9a-f]+)\] at \[mem {RANGE}\](?: \(base 0x([0-9a-f]+)\))?", Log.take_mmconfig),
    (rf"^PCI: ECAM \[mem {RANGE}\] \(base 0x([0-9a-f]+)\) for domain ([0-9a-f]+) \[bus ([0-9a-f]+)-([0-9a-f]+)\]", Log.take_ecam),
    (r"^MTRR default type: (\S+)", Log.take_mtrr_default),
    (r"^ *(\d+) base ([0-9A-F]+) mask ([0-9A-F]+) (\S+)$", Log.take_mtrr_variable),
    (r"^TOM2: ([0-9a-f]+) aka", Log.take_tom2),
    (rf"^Reserving Intel graphics (?:stolen )?memory at (?:\[mem )?{RANGE}", Log.take_stolen),
    (r"^ACPI: PCI Root Bridge \[.*\] \(domain ([0-9a-f]+) \[bus ([0-9a-f]+)-([0-9a-f]+)\]", Log.take_root),
    (r"^pci_bus ([0-9a-f]{4}):([0-9a-f]{2}): root bus resource \[bus ([0-9a-f]+)-([0-9a-f]+)\]", Log.take_bus_range),
    (r"^pci_bus ([0-9a-f]{4}):([0-9a-f]{2}): No busn resource found", Log.take_unknown),
    (rf"^pci_bus ([0-9a-f]{{4}}):([0-9a-f]{{2}}): root bus resource \[(io|mem) +{RANGE}([^\]]*)\]", Log.take_window),
    (rf"^pci_root \S+: host bridge window \[(io|mem) +{RANGE}\]", Log.take_old_window),
    (rf"^pci {SLOT}: \[([0-9a-f]{{4}}):([0-9a-f]{{4}})\] type ([0-9a-f]+) class 0x([0-9a-f]+)", Log.take_function),
    (rf"^pci {SLOT}: (?:reg 0x([0-9a-f]+):|reg ([0-9])$|reg ([0-9a-f]{{2}}):) \[(io|mem) +{RANGE}([^\]]*)\]$", lambda log, m, t: log.take_bar([None, m[1], m[2] or m[4], None, m[5], m[6], m[7], m[8]], t)),
    (rf"^pci {SLOT}: ()(?:BAR ([0-9])|ROM):? \[(io|mem) +{RANGE}([^\]]*)\]$", Log.take_bar),
    (rf"^pci {SLOT}: VF BAR (\d) \[mem {RANGE}([^\]]*)\]$", Log.take_vf_bar),
    (rf"^pci {SLOT}: VF.*contains BAR ?\d for (\d+) VFs", Log.take_vfs),
    (rf"^pci {SLOT}: reg ([0-9a-f]{{2}}) (.*(?:io port|mmio.*)): \[{RANGE}\]", Log.take_oldest_bar),
    (rf"^pci {SLOT}: (?:PCI bridge|CardBus bridge) to \[bus ([0-9a-f]+)(?:-([0-9a-f]+))?\]", Log.take_bridge),
    (rf"^pci {SLOT}: bridge configuration invalid", Log.take_invalid),
    (rf"^pci {SLOT}: +bridge window \[(io|mem) +{RANGE}([^\]]*)\](?: \(subtractive decode\))?$", Log.take_bridge_window),
    (rf"^(?:pci|pciehp|pcieport) {SLOT}.*(?:add_size ([0-9a-f]+)|HotPlug\+)", Log.take_slot),
    (rf"^(?:pci|pcieport|[a-z_0-9]+) {SLOT}: .*(?:assigned|can't claim|no space|can't assign|clipped|address conflict|released)", Log.take_pci),
    (rf"^(?:system|pnp) 00:([0-9a-f]{{2}}): \[(io|mem) +0x([0-9a-f]+)(?:-0x([0-9a-f]+))?\] (has been|could not be) reserved", Log.take_board),
    (r"^(?:system|pnp) 00:([0-9a-f]{2}): Plug and Play ACPI device", Log.take_pnp),
    (rf"^e820: update \[mem {RANGE}\] ([A-Za-z ]+) ==> ([A-Za-z ]+)$", Log.take_own),
    (rf"Remove mem\d+: MMIO range=\[{RANGE}\] .*from e820 map", Log.take_removed),
    (r"last_pfn = 0x([0-9a-f]+) max_arch_pfn", Log.take_last_pfn),
    (rf"\[mem {RANGE}\] available for PCI devices", Log.take_gap),
    (r"^Allocating PCI resources starting at [0-9a-f]+ \(gap: ([0-9a-f]+):([0-9a-f]+)\)", Log.take_old_gap),
    (rf"Registered nosave memory: \[mem {RANGE}\]", Log.take_nosave),
    (r"Registered nosave memory: ([0-9a-f]{8,16}) - ([0-9a-f]{8,16})", Log.take_old_nosave),
    (rf"reserve RAM buffer:? \[mem {RANGE}\]", Log.take_buffer),
    (r"^reserve RAM buffer: ([0-9a-f]{16}) - ([0-9a-f]{16})", Log.take_buffer),
)]

MAP_LINE = re.compile(r"^( *)([0-9a-f]{4,16})-([0-9a-f]{4,16}) : (.+)$")


def read_map(record, text):
    """/proc/iomem and /proc/ioports, alone or within something else."""
    word, all_zero, lines = None, True, []
    for line in text.splitlines():
        m = MAP_LINE.match(line.rstrip())
        if m:
            all_zero &= not int(m[3], 16)
            word = "linux-ioports" if len(m[2]) == 4 else "linux-iomem"
            lines.append(f"{word} {line.rstrip()}")
    if lines and all_zero:
        record.note("the map was read without rights: its addresses are all 0")
    elif lines:
        record.lines += lines


def read_lspci(text):
    """Bytes of each function, where lspci -x, -xxx or -xxxx printed them."""
    configs, slot = {}, None
    for line in text.splitlines():
        head = re.match(r"^(?:([0-9a-f]{4}):)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) ", line)
        if head:
            slot = f"{head[1] or '0000'}:{head[2]}"
        row = re.match(r"^([0-9a-f]{2,3}): ((?:[0-9a-f]{2} ?){16})$", line.rstrip())
        if row and slot:
            data = configs.setdefault(slot, bytearray())
            if len(data) == int(row[1], 16):
                data += bytes.fromhex(row[2])
    return configs


def read_lspci_verbose(log, text):
    """Functions of lspci -vvv, where no log names them: their addresses are those that Linux left."""
    fn = None
    for line in text.splitlines():
        head = re.match(r"^(?:([0-9a-f]{4}):)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) .*?\[([0-9a-f]{4})\]:.*\[([0-9a-f]{4}):([0-9a-f]{4})\]", line)
        if head:
            slot = f"{head[1] or '0000'}:{head[2]}"
            fn = log.functions.setdefault(slot, Function((int(head[4], 16), int(head[5], 16)), 1 if head[3] == "0604" else 0, int(head[3], 16) << 8))
            fn = fn if not fn.bars and not fn.buses else None
        if not fn:
            continue
        bar = re.match(r"^\s+(?:Region (\d)|(Expansion ROM)).*?(I/O ports|[Mm]emory|ROM) at (?:<[a-z]+>|([0-9a-f]+)) (.*)\[size=(\d+)([KMGT]?)\]", line)
        if bar:
            size = int(bar[6]) << {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[bar[7]]
            first = int(bar[4] or "0", 16)
            flags = ("64bit " if "64-bit" in bar[5] else "") + ("pref" if ", prefetchable" in bar[5] else "")
            reg = 0x10 + 4 * int(bar[1]) if bar[1] else (0x38 if fn.header == 1 else 0x30)
            fn.bars[reg] = (bar[3] == "I/O ports", first, first + size - 1, flags)
        bus = re.match(r"^\s+Bus: primary=([0-9a-f]+), secondary=([0-9a-f]+), subordinate=([0-9a-f]+)", line)
        if bus:
            fn.buses = tuple(int(b, 16) for b in bus.groups())
        window = re.match(r"^\s+(I/O|Memory|Prefetchable memory) behind bridge: (?:\[disabled\] *)?([0-9a-f]+)-([0-9a-f]+)", line)
        if window and int(window[2], 16) < int(window[3], 16) and "disabled" not in line:
            fn.windows[{"I": "io", "M": "mem", "P": "pref"}[window[1][0]]] = (int(window[2], 16), int(window[3], 16))


def read_acpidump(record, text):
    data = bytearray()

    def finish():
        if len(data) >= 36 and int.from_bytes(data[4:8], "little") == len(data):
            record.add("table " + bytes(data).hex())
        elif data and bytes(data[:4]) in (b"DSDT", b"SSDT", b"FACP", b"MCFG", b"APIC"):
            record.note(f"missing: the end of table {bytes(data[:4]).decode()}")

    for line in text.splitlines():
        row = re.match(r"^ *([0-9A-Fa-f]{4,8}): ((?:[0-9A-Fa-f]{2} ){1,16})", line + " ")
        if row:
            if int(row[1], 16) == 0:
                finish()
                data = bytearray()
            if int(row[1], 16) == len(data):
                data += bytes.fromhex(row[2])
        elif re.match(r"^[A-Z0-9]{4} @ ", line):
            finish()
            data = bytearray()
    finish()


def read_case(path):
    """A file or a folder of files: the record."""
    path = pathlib.Path(path)
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    record = Record(name=path.stem if path.is_file() else path.name)
    log, configs, verbose = Log(record), {}, []
    for file in files:
        data = file.read_bytes()
        if data[:4] in (b"DSDT", b"SSDT", b"FACP", b"MCFG", b"APIC", b"HPET", b"DMAR", b"BGRT", b"IVRS") and \
                int.from_bytes(data[4:8], "little") == len(data):
            record.add("table " + data.hex())
            continue
        text = text_of(file)
        if re.search(r"^(e820 [0-9a-f]+-|fn [0-9a-f]+ )", text, re.M):
            for line in text.splitlines():
                record.add(line)
            continue
        if re.search(r"^[A-Z0-9]{4} @ (0x)?[0-9A-Fa-f]+", text, re.M):
            read_acpidump(record, text)
            continue
        if re.search(r"BIOS-e820|pci 0000:|Linux version|root bus resource", text) and not (log.has_map() and log.functions):
            for line in text.splitlines():
                log.line(line)
        configs.update(read_lspci(text))
        if re.search(r"^\s+Region \d: ", text, re.M):
            verbose.append(text)
        read_map(record, text)
    for text in verbose:
        if not log.functions:
            record.note("functions are lspci's: addresses as Linux left them, not as firmware did")
        read_lspci_verbose(log, text)
    if log.seen or log.functions:
        log.finish(configs)
    return record
