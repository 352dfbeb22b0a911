# SPDX-License-Identifier: MIT
"""Why a line of Linux's is not here, where that is known: "" where it is not."""

import re

IMAGE = re.compile(r"^Kernel (code|rodata|data|bss)$")
# What the core, buses and ACPI enter; any other name is a driver's.
KINDS = re.compile(
    r"^(Reserved|System RAM.*|RAM buffer|ACPI .*|PCI .*|IOAPIC \d+|HPET \d+|Local APIC|pnp .*|reserved|"
    r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]|(Video|Adapter|System|Extension) ROM|Unusable memory|"
    r"Graphics Stolen Memory|dmar\d+|[A-Z]{3,4}[0-9A-F]{4}:[0-9a-f]{2}|Persistent Memory.*|Soft Reserved|"
    r"Crash kernel|amd_iommu|Unknown E820 type|dma1|dma2|pic1|pic2|timer[01]|keyboard|dma page reg|fpu|vga\+|"
    r"rtc_cmos|rtc0|GHES|APEI .*|VMD MEMBAR\d)$")
SLOT = re.compile(r"^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$")
TABLES = "only the machine's own ACPI tables tell"
# What Linux changed of e820 by itself: how the record calls it, and why this kernel has not.
OWN = {"cut": "Linux 6.2 and later take EFI's MMIO out of e820",
       "extra": "Linux took a range whose place no dump tells: BGRT, ESRT, MOKvar ...",
       "add": "the graphics' registers are not in the record",
       "split": "a boot loader's setup_data splits it"}


def own_range(first, last, record):
    """Linux changed e820 there, or right beside it."""
    for rest in record.all("linux-own"):
        how, where, *_ = rest.split()
        a, b = (int(n, 16) for n in where.split("-"))
        # What is saved and shown is of whole pages.
        if first <= (b | 0xfff) + 1 and last + 1 >= a & ~0xfff:
            return OWN[how]
    return ""


def asked_in_vain(result):
    """AML decides by what no dump holds: registers of the board's chips are behind ports, too."""
    if result.all("unknown-page") or result.all("unknown-port"):
        return "AML read memory or ports that no dump holds"
    return ""


def of_line(entry, parents, record, result):
    """Of a line of iomem or ioports."""
    _, first, last, name = entry
    tables = {t[:4] for t in record.tables()}
    if IMAGE.match(name):
        return "the image's own place"
    if not KINDS.match(name) or any(SLOT.match(p) for p in parents):
        return "a driver's claim"
    if name.endswith(" ROM"):
        return "what the ROMs hold is not in the record"
    if b"DSDT" not in tables and (re.match(r"^[A-Z]{3,4}[0-9A-F]{4}:", name) or name.startswith("ACPI ") and "Tables" not in name and "Non-volatile" not in name):
        return TABLES
    if name.startswith("rtc") and b"DSDT" not in tables:
        return TABLES
    if name.startswith("pnp "):
        return asked_in_vain(result) if b"DSDT" in tables else TABLES
    if SLOT.match(name) or name.startswith(("PCI Bus", "PCI CardBus")):
        if not record.all("fn"):
            return "no function of PCI is in the record"
    for start, word in (("HPET", "hpet"), ("IOAPIC", "ioapic"), ("dmar", "drhd"), ("PCI MMCONFIG", "mmconfig"), ("Local APIC", "ioapic")):
        if name.startswith(start) and not record.all(word) and not tables:
            return "the table is not in the record"
    return own_range(first, last, record)


def of_board(kind, first, last, record, result):
    """Of what was made of a range that a device of the board holds."""
    if kind == "mem" and 0xc0000 <= first and last <= 0xfffff:
        if record.version() < (4, 6) and any("shadowed ROM" in l for l in result.all("log")):
            return "Linux before 4.6 did not hold the copy of the display's ROM"
        return "what the ROMs hold is not in the record"
    if b"DSDT" not in {t[:4] for t in record.tables()}:
        return own_range(first, last, record) or TABLES
    return asked_in_vain(result)


def of_said(what, record, result):
    """Of a line that Linux's log said of the result."""
    words = what.split()
    if words[0] == "board":
        return of_board(words[2], int(words[3], 16), int(words[4], 16), record, result)
    if words[0] == "gap" and not record.all("fn"):
        return "no function of PCI is in the record"
    where = re.search(r" ([0-9a-f]+)-([0-9a-f]+)", what)
    return own_range(int(where[1], 16), int(where[2], 16), record) if where else ""


def of_address(what, record, result):
    """Of an address that Linux gave to a function."""
    if re.search(r" (VF BAR|BAR [789]:)", what) and "PCI: not using MMCONFIG" in result.all("log"):
        return TABLES  # whether the board reserves extended space
    if " BAR 6:" in what and record.version() < (5, 16):
        return "Linux before 5.16 gave the display's ROM an address before it took the copy"
    if record.version() < (3, 0):
        return "Linux 2.6 placed windows by other rules: none above 4 GiB, no room that is only wished for"
    return ""
