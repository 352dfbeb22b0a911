# SPDX-License-Identifier: MIT
"""What firmware leaves in memory, made of a record: ACPI's tables, SMBIOS, EFI's tables.

Where the record has the machine's own tables they are used as they are, but for the
pointers from one to the other.  Else a DSDT is written that says what the log says: host
bridges with their windows, and what the board holds.  All of it lies in the last 16 MiB below
4 GiB, where the flash is and nothing else looks.
"""

import struct
import uuid

FLASH, F_SEGMENT = 0xff000000, 0xf0000
GUIDS = {"ACPI 2.0": "8868e871-e4f1-11d3-bc22-0080c73c8881",
         "SMBIOS": "eb9d2d31-2d88-11d3-9a16-0090273fc14d",
         "ESRT": "b122a263-3661-4f68-9929-78f8b0d62180",
         "MOKvar": "c451ed2b-9694-45d3-baba-ed9f8988a389"}


class Memory:
    """Pieces of memory, one behind the other from FLASH on."""

    def __init__(self):
        self.next, self.lines = FLASH, []

    def put(self, data, at=None):
        if at is None:
            at = self.next
            self.next += len(data) + 63 & ~63
        self.lines.append(f"mem {at:x} {data.hex()}")
        return at


def checked(data, at):
    """The bytes with such a one at `at` that they add up to 0."""
    data = bytearray(data)
    data[at] = 0
    data[at] = -sum(data) & 0xff
    return bytes(data)


def table(signature, body, revision=1):
    head = struct.pack("<4sIBB6s8sI4sI", signature.encode(), 36 + len(body), revision, 0,
                       b"REPLAY", b"REPLAY  ", 1, b"TERR", 1)
    return checked(head + body, 9)


# ------------------------------------------------------------------ AML (ACPI 6.5, chapter 20)

def pkg(op, body):
    """A package of one opcode: its length counts itself."""
    for n in range(4):
        length = len(body) + 1 + n
        if length < (64 if n == 0 else 1 << (4 + 8 * n)):
            break
    if n == 0:
        return op + bytes([length]) + body
    head = bytes([n << 6 | length & 0xf])
    return op + head + (length >> 4).to_bytes(n, "little") + body


def integer(value):
    return b"\x0e" + value.to_bytes(8, "little")


def name(seg, value):
    return b"\x08" + seg.encode() + value


def eisa(text):
    code = sum((ord(c) - 64) << 5 * (2 - i) for i, c in enumerate(text[:3])) << 16 | int(text[3:], 16)
    return b"\x0c" + code.to_bytes(4, "big")


def buffer(data):
    return pkg(b"\x11", integer(len(data)) + data)


def space(kind, first, last, offset=0, flags=0, consumer=False):
    """An address space descriptor of 64 bits (6.4.3.5.1): kind 0 memory, 1 ports, 2 buses."""
    return struct.pack("<BHBBBQQQQQ", 0x8a, 0x2b, kind, 0x0d if consumer else 0x0c, flags, 0,
                       first - offset, last - offset, offset, last - first + 1)


def device(seg, hid, parts, crs):
    parts = name("_HID", eisa(hid)) + b"".join(parts)
    return pkg(b"\x5b\x82", seg.encode() + parts + name("_CRS", buffer(crs + b"\x79\0")))


def root_device(n, root):
    crs = space(2, root["bus"], root["last"])
    for kind, first, last, offset, pref in root["windows"]:
        if kind == "io":
            crs += space(1, first, last, offset, 3)
        else:
            crs += space(0, first, last, offset, 7 if pref else 1)
    parts = [name("_CID", eisa("PNP0A03")), name("_BBN", integer(root["bus"])), name("_SEG", integer(root["segment"])),
             name("_UID", integer(n))]
    return device(f"PC{n:02X}", "PNP0A08", parts, crs)


def board_device(n, ranges):
    crs = b""
    for kind, first, last in ranges:
        if kind == "mem" and last < 1 << 32:
            crs += struct.pack("<BHBII", 0x86, 9, 1, first, last - first + 1)
        else:
            crs += space(kind == "io", first, last, 0, 3 if kind == "io" else 1, consumer=True)
    return device(f"BD{n:02X}", "PNP0C02" if ranges else "PNP0C31", [], crs)


def dsdt(roots, boards):
    body = b"".join(root_device(n, root) for n, root in enumerate(roots))
    last = max(boards, default=-1)
    body += b"".join(board_device(n, boards.get(n, [])) for n in range(last + 1))
    return table("DSDT", pkg(b"\x10", b"\\_SB_" + body), 2)


# ------------------------------------------------------------------ the tables of the record

def made_tables(record):
    """Tables that say what the log says."""
    out = [dsdt(record.roots(), record.boards())]
    ioapics = record.numbers("ioapic")
    if ioapics:
        lapic = (record.numbers("lapic") or [[0xfee00000]])[0][0]
        body = struct.pack("<II", lapic, 1) + bytes([0, 8, 0, 0, 1, 0, 0, 0])
        for entry in ioapics:
            body += struct.pack("<BBBBII", 1, 12, entry[0] & 0xff, 0, entry[1], entry[2])
        out.append(table("APIC", body))
    for entry in record.numbers("hpet"):
        out.append(table("HPET", struct.pack("<IBBBBQBHB", 0x8086a201, 0, 64, 0, 0, entry[0], 0, 128, 0)))
    mcfg = b"".join(struct.pack("<QHBBI", e[3], e[0], e[1], e[2], 0) for e in record.mmconfig())
    if mcfg:
        out.append(table("MCFG", bytes(8) + mcfg))
    drhd = b"".join(struct.pack("<HHBBHQ", 0, 16, 0, 0, 0, e[0]) for e in record.numbers("drhd"))
    if drhd:
        out.append(table("DMAR", bytes([38, 1]) + bytes(10) + drhd))
    return out


def linked(fadt, dsdt_at):
    """The FADT with its pointers: to the DSDT here, to no FACS."""
    fadt = bytearray(fadt)
    fadt[36:44] = struct.pack("<II", 0, dsdt_at)
    if len(fadt) >= 148:
        fadt[132:148] = struct.pack("<QQ", 0, dsdt_at)
    return checked(fadt, 9)


def put_acpi(record, memory):
    """Tables, XSDT and RSDP: where the RSDP lies."""
    tables = record.tables()
    found = {t[:4] for t in tables}
    if b"DSDT" not in found:
        tables = [t for t in tables if t[:4] not in (b"SSDT", b"FACS")]
    tables += [t for t in made_tables(record) if t[:4] not in found]
    main = next(t for t in tables if t[:4] == b"DSDT")
    dsdt_at = memory.put(main)
    fadt = next((t for t in tables if t[:4] == b"FACP"), None)
    if not fadt:
        fadt = bytearray(table("FACP", bytes(208), 4))
        fadt[46:48] = struct.pack("<H", 9)  # SCI
    at = [memory.put(linked(fadt, dsdt_at))]
    at += [memory.put(t) for t in tables if t[:4] not in (b"DSDT", b"FACP", b"FACS", b"RSDT", b"XSDT")]
    xsdt = memory.put(table("XSDT", b"".join(struct.pack("<Q", a) for a in at)))
    rsdp = checked(struct.pack("<8sB6sBI", b"RSD PTR ", 0, b"REPLAY", 2, 0), 8)
    return memory.put(checked(rsdp + struct.pack("<IQB3s", 36, xsdt, 0, b""), 32), F_SEGMENT)


def structure(kind, handle, fields, texts):
    body = bytes([kind, 4 + len(fields)]) + struct.pack("<H", handle) + fields
    return body + b"".join(t.encode() + b"\0" for t in texts) + b"\0"


def put_smbios(record, memory):
    dmi = record.dmi()
    none = "unknown"
    texts = [dmi.get(k) or none for k in ("vendor", "version", "date")]
    data = structure(0, 0, bytes([1, 2, 0, 0xf0, 3, 0]) + bytes(14), texts)
    system = [dmi.get(k) or none for k in ("sys-vendor", "product", "product-version")]
    data += structure(1, 1, bytes([1, 2, 3, 0]) + bytes(19), system)
    data += structure(2, 2, bytes([1, 2, 0, 0]) + bytes(7), [dmi.get(k) or none for k in ("board-vendor", "board")])
    data += structure(127, 3, b"", []) + b"\0"
    at = memory.put(data)
    half = checked(struct.pack("<5sBHIHB", b"_DMI_", 0, len(data), at, 4, 0x28), 5)
    whole = struct.pack("<4sBBBBHB5s", b"_SM_", 0, 31, 2, 8, 64, 0, b"") + half
    return memory.put(checked(whole, 4), F_SEGMENT + 0x100)


def put_efi(record, memory, rsdp, smbios):
    """EFI's system table, its configuration tables and its map: the `efi` line."""
    tables = dict(record.efi_tables(), **{"ACPI 2.0": rsdp, "SMBIOS": smbios})
    entries = b"".join(uuid.UUID(GUIDS[n]).bytes_le + struct.pack("<Q", at)
                       for n, at in tables.items() if n in GUIDS)
    at = memory.put(entries)
    system = struct.pack("<QIIII", 0x5453595320494249, 0x20046, 120, 0, 0) + bytes(8 + 8 + 6 * 8 + 16)
    system += struct.pack("<QQ", len(entries) // 24, at)
    descs = b"".join(struct.pack("<IIQQQQ", t, 0, first, 0, (last - first >> 12) + 1, attr)
                     for first, last, t, attr in record.efi_map())
    map_at = memory.put(descs) if descs else 0
    return f"efi {memory.put(system):x} {map_at:x} {len(descs):x} {40:x} {rsdp:x}"


def lines(record):
    """What the C program reads besides the record's own lines."""
    memory = Memory()
    rsdp = put_acpi(record, memory)
    smbios = put_smbios(record, memory)
    out = [f"ecam {e[3]:x} {e[0]:x} {e[1]:x} {e[2]:x}" for e in record.mmconfig()]
    if record.is_efi():
        efi = put_efi(record, memory, rsdp, smbios)
        esrt = record.esrt()
        if esrt:
            count = (esrt[1] - esrt[0] + 1 - 16) // 40
            memory.put(struct.pack("<IIQ", count, count, 1) + bytes(40 * count), esrt[0])
    else:
        efi = ""
        memory.put(struct.pack("<H", 639), 0x413)  # KiB of base memory: a BIOS
    return out + memory.lines + [efi]  # last: the RSDP is taken from memory
