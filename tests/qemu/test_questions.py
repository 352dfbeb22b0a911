# SPDX-License-Identifier: MIT
"""What a person asks of the register and of firmware's tables, answered by the monitor.

One guest, with a little of everything: bridges, two nodes, an IOMMU.
"""

import json
import pathlib
import re
import subprocess
import sys

import pytest

import guest
import register
import schema

sys.path[:0] = [str(guest.ROOT / "tests/user")]

import archive  # noqa: E402

MACHINE = (f"-M q35 -m 512M -smp 2 -nic none -device intel-iommu {guest.DISK_ARGS} "
           "-object memory-backend-ram,id=m0,size=256M -numa node,memdev=m0,cpus=0 "
           "-object memory-backend-ram,id=m1,size=256M -numa node,memdev=m1,cpus=1 "
           "-numa dist,src=0,dst=1,val=21 "
           "-device pcie-root-port,id=port0,chassis=1 -device e1000e,bus=port0 "
           "-device pcie-root-port,id=port1,chassis=2 -device pcie-pci-bridge,id=bridge,bus=port1 "
           "-device virtio-rng-pci,bus=bridge,addr=1 -device virtio-rng-pci,bus=bridge,addr=4 "
           "-device pcie-root-port,id=port2,chassis=3")
PCI_IDS = pathlib.Path("/usr/share/misc/pci.ids")  # of the package that lspci needs


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    files = archive.Archive()
    files.add_file("usr/share/misc/pci.ids", PCI_IDS)
    initrd = tmp_path_factory.mktemp("questions") / "initrd"
    files.write(initrd)
    with guest.Guest("questions", f"{MACHINE} -initrd {initrd}", timeout=200, hmp=True) as g:
        g.prompt()
        yield g


def answer(session, line):
    """What it printed; no line is wider than a terminal."""
    said = session.command(line)
    assert not [text for text in said.splitlines() if len(text) > 80]
    return said


# ---------------------------------------------------------------- iomem, ioports

@pytest.fixture(scope="module", params=["iomem", "ioports"])
def described(request, session):
    """(which, its JSON)"""
    told = json.loads(answer(session, f"{request.param} -j"))
    schema.check(told, json.loads((guest.ROOT / "kernel/monitor/iomem.schema.json").read_text()))
    return request.param, told


def flat(resource, depth=-1):
    if depth >= 0:
        yield register.Row(depth, int(resource["start"], 16), int(resource["end"], 16),
                           resource["name"]), resource
    for child in resource["children"]:
        yield from flat(child, depth + 1)


def test_json_is_the_dump(session, described):
    which, told = described
    assert [row for row, _ in flat(told["root"])] == register.parse(answer(session, which))
    assert told["register"] == which


def test_json_says_who_and_when(described):
    which, told = described
    by = {row.name: resource["by"] for row, resource in flat(told["root"])}
    wanted = {"iomem": {"System RAM": "e820__reserve_resources", "HPET 0": "hpet_insert_resource",
                        "Local APIC": "lapic_insert_resource", "Kernel code": "insert_image_resource"},
              "ioports": {"PCI conf1": "pci_conf1_probe", "serial": "uart_probe",
                          "dma1": "reserve_ports"}}[which]
    assert {name: by[name] for name in wanted} == wanted
    times = {row.name: resource["at"] for row, resource in flat(told["root"])}
    assert all(0 <= at <= told["now"] for at in times.values())
    if which == "iomem":  # the order of the boot
        assert times["Video ROM"] <= times["System RAM"] <= times["IOAPIC 0"] <= times["HPET 0"]


def test_json_says_where_device_memory_is_mapped(session):
    told = json.loads(answer(session, "iomem -j"))
    run = next(m for m in told["mappings"] if m["physical"] == "0xfee00000")
    assert run["effect"] == "uncached" and run["writable"] and not run["executable"]
    assert "mapped:    " + run["virtual"] in re.sub("0x0*", "0x", answer(session, "whatis fee00000"))


def test_verbose_has_each_row_with_its_origin(session, described):
    which, told = described
    said = answer(session, f"{which} -v")
    rows = [line for line in said.splitlines() if register.LINE.match(line)]
    assert register.parse("\n".join(rows[:len(list(flat(told["root"])))])) == \
        [row for row, _ in flat(told["root"])]
    for row, resource in flat(told["root"]):
        indent = " " * (2 * min(row.depth, 5) + 4)
        line = row.line(4 if which == "ioports" else 8)
        assert re.search(rf"^{re.escape(line)}\n{indent}{' '.join(resource['flags'])}(, MTRR .*)?\n"
                         rf"{indent}by {resource['by']} at [0-9.]+$", said, re.M), line
    assert which == "ioports" or "HPET 0\n    mem busy mappable, MTRR uncachable\n" in said


def test_map_draws_each_resource(session, described):
    """Every character has a holder in the dump where it is one, and none where it is a dot."""
    which, told = described
    said = answer(session, f"{which} -m")
    rows = [row for row, _ in flat(told["root"])]
    bands = re.split(r"^a .*:\n", said, flags=re.M)[1:]
    sizes = [int(size, 16) for size in re.findall(r"^a character is 0x(\w+) bytes", said, re.M)]
    drawn = 0
    for n, band in enumerate(bands):
        for address, text in re.findall(r"^(\w+) (\S{64})$", band, re.M):
            start = int(address, 16)
            step = sizes[n] if n < len(sizes) else start // 64
            for at, character in enumerate(text):
                low, high = start + at * step, start + (at + 1) * step - 1
                here = [row.name for row in rows if row.start <= high and row.end >= low]
                assert (character == ".") == (not here), (hex(low), character, here)
                assert character != "K" or any(name.startswith("Kernel ") for name in here)
                assert character != "#" or "System RAM" in here
                assert character not in "dD" or set(here) - {"Reserved"}, hex(low)
                drawn += len(here)
    assert drawn >= len(rows)
    kernel = [row for row in rows if row.name == "Kernel code"]
    assert ("K" in bands[1] if kernel else len(bands) == 1)
    for name, character in (("HPET 0", "D"), ("System RAM", "#")) if which == "iomem" else ():
        row = next(row for row in rows if row.name == name)
        assert re.search(rf"^{row.start & ~0xfffffff:08x} .{{{row.start % 0x10000000 // 0x400000}}}"
                         rf"[{character}K]", bands[1], re.M), name


def gaps_of(resource):
    """The free ranges of a resource of JSON."""
    start = int(resource["start"], 16)
    for child in resource["children"]:
        if int(child["start"], 16) > start:
            yield start, int(child["start"], 16) - 1
        start = int(child["end"], 16) + 1
    if start <= int(resource["end"], 16):
        yield start, int(resource["end"], 16)


def fits(start, end, size):
    return -(-start // size) * size + size - 1 <= end


def test_gaps_are_what_no_row_has(session, described):
    which, told = described
    windows = [told["root"]] + [r for _, r in flat(told["root"])
                                if {"window", "startalign"} & set(r["flags"])]
    assert [w["name"] for w in windows[1:]].count("PCI Bus 0000:01") == (2 if which == "iomem" else 1)
    expected = [gap for window in windows for gap in gaps_of(window)]
    found = re.findall(r"^  ([0-9a-f]+)-([0-9a-f]+) +\S+: (.*)$", answer(session, f"{which} -g"), re.M)
    assert [(int(a, 16), int(b, 16)) for a, b, _ in found] == expected
    units = {"B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
    for start, end, what in found:
        if most := re.search(r"BAR of up to (\d+)([BKMG])$", what):
            size = int(most[1]) * units[most[2]]
            assert fits(int(start, 16), int(end, 16), size)
            assert not fits(int(start, 16), int(end, 16), 2 * size)


def test_one_is_shown_with_its_path_and_neighbours(session):
    said = answer(session, "iomem fed00100")
    assert "register:  HPET 0 [mem 0xfed00000-0xfed003ff], held\n" in said
    assert re.search(r"^ +PNP0103:00 \[mem 0xfed00000-0xfed003ff\]$", said, re.M)
    assert answer(session, "iomem 'HPET 0'").startswith("fed00000-fed003ff : HPET 0\n  register:  HPET 0")
    said = answer(session, "iomem 00:1f.2")
    assert re.search(r": 0000:00:1f.2\n  register:  PCI Bus 0000:00 \[mem .* window\]$", said, re.M)
    assert re.search(r"^ +below is .*\n +above is ", answer(session, "iomem fed1b000"), re.M)
    said = answer(session, "ioports serial")
    assert "serial [io  0x03f8-0x03ff], held\n" in said and "by uart_probe\n" in said


def test_words_that_are_nothing_are_refused(session):
    assert "neither a name" in answer(session, "iomem nothing")
    assert "ends at ffff" in answer(session, "ioports 10000")
    assert answer(session, "iomem -x").startswith("usage: iomem")


# ---------------------------------------------------------------- whatis

def test_whatis_of_a_place_in_a_symbol(session):
    start = int(re.search(r"0x([0-9a-f]+)", answer(session, "whatis panic"))[1], 16)
    for word in ("panic+1c", "panic+0x1c", "panic+0x1c/0x300"):
        said = answer(session, f"whatis {word}")
        assert said.startswith(f"virtual address 0x{start + 0x1c:x}\n"), said
        assert "image, panic+0x1c/" in said


def test_whatis_of_a_range(session):
    said = answer(session, "whatis fec00000-feefffff")
    assert said.startswith("physical range 0xfec00000-0xfeefffff\n")
    assert "e820:      [mem 0xfed1c000-0xfed1ffff] reserved\n" in said
    for name in ("IOAPIC 0 [mem 0xfec00000-0xfec003ff]", "HPET 0 [mem 0xfed00000-0xfed003ff]",
                 "Local APIC [mem 0xfee00000-0xfee00fff]"):
        assert f"inside is {name}\n" in said
    assert re.search(r"\[mem 0xfee00000-0xfee00fff\] at 0xffffc9[0-9a-f]+, uncached\n", said)
    assert "fed00000" not in answer(session, "whatis fee00000-fee00fff")
    said = answer(session, "whatis ffffffff80100000-ffffffff80101fff")
    assert re.search(r"mapped: +\[0xffffffff80100000-0xffffffff80101fff\] ro x\n +image, _text", said), said
    assert "no range" in answer(session, "whatis 2000-1000")
    assert "no range" in answer(session, "whatis 0-ffffffffffffffff")


def test_whatis_of_a_port_a_function_and_a_name(session):
    said = answer(session, "whatis port:3f8")
    assert said.startswith("port 0x03f8\n") and "serial [io  0x03f8-0x03ff], held\n" in said
    assert "last port" in answer(session, "whatis port:10000")
    said = answer(session, "whatis 00:1f.2")
    assert re.search(r"^memory 0x.*\n(.*\n)*ports 0x", said) and said.count("0000:00:1f.2 [") == 2
    assert answer(session, "whatis 0000:00:1f.2") == said
    assert answer(session, "whatis 'HPET 0'").startswith("memory 0xfed00000-0xfed003ff\n")
    assert "neither" in answer(session, "whatis no_such_thing") and "neither" in answer(session, "whatis x:y")
    assert "no process of number 999 " in answer(session, "whatis 999:1000")


# ---------------------------------------------------------------- diff

def differing(session):
    """{mark: {(start, end, name)}} and the words behind each range."""
    said = answer(session, "diff")
    rows = re.findall(r"^([-=+]) +([0-9a-f]+)-([0-9a-f]+) : (.*?)(?: \(([\w, ]+)\))?$", said, re.M)
    counts = re.search(r"^(\d+) agree, (\d+) of the kernel alone, (\d+) of the tables alone$", said, re.M)
    marks = [row[0] for row in rows]
    assert [int(n) for n in counts.groups()] == [marks.count(mark) for mark in "=+-"]
    return [(mark, int(start, 16), int(end, 16), name, who.split(", ") if who else [])
            for mark, start, end, name, who in rows]


def test_diff_has_the_register_and_who_says_the_same(session):
    rows = differing(session)
    ours = register.parse(answer(session, "iomem")) + register.parse(answer(session, "ioports"))
    assert [row[1:4] for row in rows if row[0] != "-"] == [row[1:] for row in ours]
    told = {(row[1], row[2]): row[4] for row in rows if row[0] == "="}
    entries = re.findall(r"\[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\]", answer(session, "e820"))
    assert entries and all("e820" in told[int(a, 16), int(b, 16)] for a, b in entries)
    bars = re.findall(r"^\t(?:Memory|I/O ports) at ([0-9a-f]+) ", answer(session, "lspci -v"), re.M)
    assert bars and all(any(start == int(bar, 16) and "BAR" in who for (start, _), who in told.items())
                        for bar in bars)
    assert told[0xb0000000, 0xbfffffff] == ["_CRS", "e820", "MCFG"]
    assert told[0xfed00000, 0xfed003ff] == ["_CRS"]
    assert ("+", 0xfee00000, 0xfee00fff, "Local APIC", []) in rows  # Q35's MADT is no witness here
    assert ("-", 0x378, 0x37f, "PNP0400:00", ["_CRS"]) in rows  # a parallel port, where no driver is


def test_diff_sees_a_bar_that_moved(session):
    bar = int(re.search(r"^\tI/O ports at ([0-9a-f]+) ", answer(session, "lspci -v -s 00:1f.3"), re.M)[1], 16)
    row, moved = (bar, bar + 0x3f, "0000:00:1f.3"), (bar + 0x40, bar + 0x7f, "0000:00:1f.3")
    assert ("=", *row, ["BAR"]) in differing(session)
    session.command(f"setpci 00:1f.3 20.l={bar + 0x41:x}")
    assert {("+", *row), ("-", *moved)} <= {r[:4] for r in differing(session)}
    said = answer(session, "audit windows")
    assert re.search(rf"^audit: windows: 0000:00:1f.3 BAR 4 .*: the register holds 0x{bar + 0x40:x}$", said, re.M)
    session.command(f"setpci 00:1f.3 20.l={bar + 1:x}")
    assert ("=", *row, ["BAR"]) in differing(session)
    # The one fault was meant; what is asked at the end has none.
    session.text = session.text.replace("audit: 1 checks, 1 faults", "audit: one fault, made here")


# ---------------------------------------------------------------- ACPI

TABLES = ["APIC", "DMAR", "FACP", "FACS", "HPET", "MCFG", "SLIT", "SRAT", "WAET"]
FIELD = re.compile(r"^([0-9a-f]{3}) +(\d+)  (\S+) +(.*)$", re.M)


@pytest.fixture(scope="module")
def disassembled(session, tmp_path_factory):
    """{signature: what iasl says of the table}"""
    folder = tmp_path_factory.mktemp("acpi")
    (folder / "dump").write_text(session.command("acpidump"))
    subprocess.run(["acpixtract", "-a", "dump"], cwd=folder, check=True, timeout=30, capture_output=True)
    for table in TABLES:
        subprocess.run(["iasl", "-d", f"{table.lower()}.dat"], cwd=folder, check=True, timeout=30,
                       capture_output=True)
    return {table: (folder / f"{table.lower()}.dsl").read_text() for table in TABLES}


def numbers_of_iasl(text):
    """{(offset, bytes): value} of the numbers, a matrix or a path byte by byte."""
    found = {}
    for offset, size, value in re.findall(r"^\[([0-9A-F]+)h \d+ +(\d+)\] .*? : (.*)$", text, re.M):
        at, size = int(offset, 16), int(size)
        value = re.sub(r" \[.*", "", value).strip()
        if re.fullmatch(r"([0-9A-F]{2}[ ,])+[0-9A-F]{2}", value):
            parts = re.split("[ ,]", value)
            found |= {(at + i, 1): int(part, 16) for i, part in enumerate(parts)}
        elif re.fullmatch(r"[0-9A-F]+", value):
            found[at, size] = int(value, 16)
    return found


def numbers_of_ours(text):
    found = {}
    for offset, size, _, value in FIELD.findall(text):
        at, size = int(offset, 16), int(size)
        if gas := re.match(r"(memory|io) ([0-9a-f]+) width (\w\w)@(\w\w) access (\w\w)$", value):
            found |= {(at, 1): ["memory", "io"].index(gas[1]), (at + 4, 8): int(gas[2], 16),
                      (at + 1, 1): int(gas[3], 16), (at + 2, 1): int(gas[4], 16),
                      (at + 3, 1): int(gas[5], 16)}
        elif path := re.fullmatch(r"(\w\w)\.(\w)", value):
            found |= {(at, 1): int(path[1], 16), (at + 1, 1): int(path[2], 16)}
        elif number := re.match(r"([0-9a-f]+)( \S+)?$", value):
            assert len(number[1]) == 2 * size
            found[at, size] = int(number[1], 16)
    return found


@pytest.mark.parametrize("table", TABLES)
def test_tables_have_the_fields_that_iasl_finds(session, disassembled, table):
    ours = numbers_of_ours(answer(session, f"acpi {table}"))
    theirs = numbers_of_iasl(disassembled[table])
    assert len(theirs) > 5
    # What is reserved we may cut otherwise; then it is zeroes.
    assert {place: value for place, value in theirs.items() if value and ours.get(place) != value} == {}


# What no QEMU machine has, from iasl's own templates.
TEMPLATES = ["HEST", "HMAT", "IVRS", "NFIT"]


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    """{signature: (ours, what iasl says of it)}"""
    folder = tmp_path_factory.mktemp("templates")
    theirs = {}
    for table in TEMPLATES:
        name = table.lower()
        for command in (f"iasl -T {table}", f"iasl {name}.asl", f"iasl -d {name}.aml"):
            subprocess.run(command.split(), cwd=folder, check=True, timeout=30, capture_output=True)
        theirs[table] = (folder / f"{name}.dsl").read_text()
    args = " ".join(f"-acpitable file={folder}/{table.lower()}.aml" for table in TEMPLATES)
    _, out = guest.run("acpi-templates", f"{guest.Q35} {args}", [f"acpi {table}" for table in TEMPLATES])
    return {table: (out[f"acpi {table}"], theirs[table]) for table in TEMPLATES}


@pytest.mark.parametrize("table", TEMPLATES)
def test_templates_have_the_fields_that_iasl_finds(templates, table):
    ours, theirs = templates[table]
    # iasl tells a line's offset four bytes too far.
    theirs = numbers_of_iasl(re.sub(".*Line Offset.*|.*SMBIOS Table Entries.*", "", theirs))
    found = numbers_of_ours(ours)
    assert len(theirs) > 20 and "not known" not in ours
    assert {place: value for place, value in theirs.items() if value and found.get(place) != value} == {}


@pytest.mark.parametrize("table, bits", [
    ("FACP", {"WBINVD": "WBINVD instruction is operational", "PROC_C1": "All CPUs support C1",
              "P_LVL2_UP": "C2 works on MP system", "SLP_BUTTON": "Control Method Sleep Button",
              "RTC_S4": "RTC can wake system from S4", "TMR_VAL_EXT": "32-bit PM Timer",
              "RESET_REG_SUP": "Reset Register Supported", "USE_PLATFORM_CLOCK": "Use Platform Timer",
              "8042": "8042 Present on ports 60/64", "HW_REDUCED_ACPI": "Hardware Reduced"}),
    ("WAET", {"RTC_good": "RTC needs no INT ack", "ACPI_PM_timer_good": "PM timer, one read only"})])
def test_bits_have_the_names_that_are_set(session, disassembled, table, bits):
    words = re.findall(r"^ {12}(.*)$", answer(session, f"acpi {table}"), re.M)
    ours = set(" ".join(words).split())
    for name, title in bits.items():
        on = re.search(rf"{title}(?: \(V\d\))? : ([01])$", disassembled[table], re.M)[1]
        assert (name in ours) == (on == "1"), name


def test_resources_in_words(session):
    said = answer(session, "acpi -r")
    blocks = dict(re.findall(r"^(\\\S+ .*)\n((?:    .*\n)*)", said, re.M))
    root = blocks[r"\_SB_.PCI0 PNP0A08, PCI Express root bridge"]
    windows = re.findall(r"memory ([0-9a-f]+)-([0-9a-f]+), forwarded", root)
    rows = register.parse(answer(session, "iomem"))
    assert {(int(a, 16), int(b, 16)) for a, b in windows} == \
        {row[1:3] for row in rows if row.name == "PCI Bus 0000:00"}
    assert "    bus 00-ff, forwarded\n" in root and "    ports 0cf8-0cff\n" in root
    com1 = next(text for head, text in blocks.items() if head.endswith("PNP0501, serial port, 16550A"))
    assert com1 == "    ports 03f8-03ff\n    irq 4, edge high\n"
    assert answer(session, r"acpi -r \\_SB_.HPET") == \
        "\\_SB_.HPET PNP0103, HPET\n    memory fed00000-fed003ff, read-only\n"
    assert re.search(r"_SB_\.PCI0\._HID Integer = 0x80ad041 \(PNP0A08\)$",
                     answer(session, r"acpi -e \\_SB_.PCI0._HID"), re.M)


# ---------------------------------------------------------------- lspci

@pytest.fixture(scope="module")
def pciutils(session, tmp_path_factory):
    """What Debian's lspci says of the same configuration space, by its options."""
    dump = tmp_path_factory.mktemp("lspci") / "dump"
    dump.write_text(session.command("lspci -xxxx"))

    def run(*options):
        return subprocess.run(["lspci", "-F", dump, *options], check=True, capture_output=True,
                              text=True, timeout=30).stdout
    return run


def test_lspci_draws_the_tree_as_pciutils(session, pciutils):
    assert answer(session, "lspci -t") == pciutils("-t")


def by_function(text):
    return dict(re.findall(r"^([0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) .*\n((?:\t.*\n)*)", text, re.M))


def test_lspci_has_names_out_of_pci_ids(session, pciutils):
    ours = by_function(answer(session, "lspci -v"))
    theirs = [dict(re.findall(r"^(\w+):\t(.*)$", block, re.M))
              for block in pciutils("-vmm").strip().split("\n\n")]
    assert len(ours) == len(theirs) > 8
    for device in theirs:
        said = dict(re.findall(r"^\t(Class|Vendor|Device): (.*)$", ours[device["Slot"]], re.M))
        for field in ("Class", "Vendor", "Device"):  # what the file has no name for is a number
            name = re.sub(r" \[[0-9a-f]{4}\]$", "", device[field])
            assert said.get(field, name) == name[:63]
            assert field in said or re.fullmatch(r"(Vendor|Device) [0-9a-f]{4}", name)


def test_lspci_names_capabilities(session, pciutils):
    words = {"MSI-X": "MSI-X", "MSI": "MSI", "PCI Express": "Express", "Power Management": "Power Management",
             "Hot-Plug": "Hot-plug", "Bridge Subsystem Vendor ID": "Subsystem", "Vendor Specific": "Vendor Spec",
             "SATA Data/Index Configuration": "SATA HBA", "Advanced Error Reporting": "Advanced Error",
             "Access Control Services": "Access Control", "Device Serial Number": "Device Serial"}
    ours, theirs = by_function(answer(session, "lspci -v")), by_function(pciutils("-v"))
    for slot, text in theirs.items():
        named = re.findall(r"Capabilities: \[(\w+)\] (.*)$", ours[slot], re.M)
        known = re.findall(r"Capabilities: \[(\w+)(?: v\d)?\] (.*)$", text, re.M)
        assert [place for place, _ in named] == [place for place, _ in known]
        for (_, name), (_, line) in zip(named, known):
            assert words[name] in line


# ---------------------------------------------------------------- cpu

def test_cpu_registers_are_those_that_qemu_has(session):
    said = answer(session, "cpu 0")
    ours = {name: int(value, 16) for name, value in re.findall(r"^([A-Z]\w+) +([0-9a-f]{16})", said, re.M)}
    theirs = session.hmp("info registers")
    for name in ("CR0", "CR4", "EFER"):
        assert ours[name] == int(re.search(rf"{name} ?=([0-9a-f]+)", theirs)[1], 16)
    assert ours["APIC_BASE"] == 0xfee00900  # SDM 3A, 10.4.4: enabled, the boot CPU's
    assert re.search(r"^CR0 +0{8}80050033 PE MP ET NE WP AM PG$", said, re.M), said
    assert re.search(r"^APIC_BASE +0{8}fee00800 EN$", answer(session, "cpu 1"), re.M)
    assert answer(session, "cpu 2") == "usage: cpu [CPU]\n"


def test_cpu_tells_cpuid(session):
    said = answer(session, "cpu")
    leaves = {(int(leaf, 16), int(sub)): [int(r, 16) for r in rest.split()]
              for leaf, sub, rest in re.findall(r"^([0-9a-f]{8}) +(\d+)  (.*)$", said, re.M)}
    a, b, c, d = leaves[0, 0]
    assert b"".join(r.to_bytes(4, "little") for r in (b, d, c)).decode() in said.splitlines()[0]
    assert max(leaf for leaf, _ in leaves if leaf < 0x40000000) == a
    flags = " ".join(line for line in said.splitlines() if line.startswith("  ")).split()
    assert {"fpu", "pae", "lm", "nx", "sse2"} <= set(flags)
    assert ("x2apic" in flags) == bool(leaves[1, 0][2] >> 21 & 1)  # SDM 2A, CPUID


# ---------------------------------------------------------------- smbios

def test_smbios_has_the_structures_that_dmidecode_finds_on_linux(session):
    kept = guest.sections((guest.ROOT / "tests/user/linux/tools.txt").read_text())["dmidecode"]
    theirs = {int(handle, 16): (int(kind), int(size), text) for handle, kind, size, text in re.findall(
        r"^Handle 0x([0-9A-F]+), DMI type (\d+), (\d+) bytes\n((?:.+\n)*)", kept, re.M)}
    ours = {int(handle, 16): (int(kind), int(size), text) for kind, handle, size, text in re.findall(
        r"^.*, type (\d+), handle ([0-9a-f]{4}), (\d+) bytes\n((?:  .*\n)*)", answer(session, "smbios"), re.M)}
    assert theirs.keys() <= ours.keys()
    for handle, (kind, size, text) in theirs.items():
        assert ours[handle][:2] == (kind, size)
        for string in re.findall(r'"(.+)"$', ours[handle][2], re.M):
            assert f": {string}\n" in text, string
    assert '"SeaBIOS"' in ours[0][2] and '"QEMU"' in ours[0x100][2]
    # The array of memory that is mapped ends where RAM does: 512 MiB less one KiB.
    mapped = next(text for kind, _, text in ours.values() if kind == 19)
    assert re.search(r"End_KiB +0007ffff$", mapped, re.M)


# ---------------------------------------------------------------- a device without a driver

def test_pci_enable_and_master(session):
    """The network card has no driver: memory space is bit 1 of the command register, bus master bit 2."""
    name = re.search(r"^(\S+) .*8086:10d3", answer(session, "lspci"), re.M)[1]
    for action, bits in (("enable", 2), ("master", 6)):
        assert answer(session, f"setpci {name} COMMAND=0") == ""
        assert "failed" not in answer(session, f"pci {action} {name}")
        assert int(answer(session, f"setpci {name} COMMAND"), 16) & 6 == bits
    assert answer(session, "pci enable 00:1e.7").startswith("pci: no function 00:1e.7\n")
    disk = re.search(r"^(\S+) .*1af4:1001", answer(session, "lspci"), re.M)[1]
    assert re.match(r"pci: 0000:\S+ is driven by virtio-pci\S*\npci: failed: EBUSY\n",
                    answer(session, f"pci master {disk}"))


def test_pci_reset():
    """MSI-X of the NVMe controller, once switched on, is off again; the header keeps what it had."""
    with guest.Guest("pci-reset", "-M q35 -m 128M -nic none -device nvme,serial=1,addr=5", timeout=30) as g:
        g.prompt()
        g.command("pci master 00:05.0")
        header = g.command("setpci 00:05.0 COMMAND 10.l 14.l 3c.b")
        g.command("setpci 00:05.0 CAP11+2.w=8000")
        assert int(g.command("setpci 00:05.0 CAP11+2.w"), 16) & 0x8000
        assert "failed" not in g.command("pci reset 00:05.0")
        assert not int(g.command("setpci 00:05.0 CAP11+2.w"), 16) & 0x8000
        assert g.command("setpci 00:05.0 COMMAND 10.l 14.l 3c.b") == header
        assert int(header.split()[0], 16) & 6 == 6
        assert g.command("pci reset 00:1f.0") == (
            "pci: 0000:00:1f.0 has no reset of its own\npci: failed: ENOTTY\n")


EDU = "-M q35 -m 128M -smp 2 -nic none -device edu,addr=5 -device nvme,serial=1,addr=6"
CAME = r"0000:00:05.0: {}, irq {}, vector 0x(\w+) of CPU [01], at \d+\.\d{{6}}: {} came, {} in all\n"


def irq_count(session, irq):
    row = re.search(rf"^ *{irq}: +(\d+) +(\d+) .*  monitor$", session.command("interrupts"), re.M)
    return int(row[1]) + int(row[2])


def test_irq_of_a_function_without_a_driver():
    """edu raises what is written to 0x60 and lowers it by 0x64; its factorial tells later (QEMU's docs/specs/edu.txt)."""
    with guest.Guest("irq-wait", EDU, timeout=40) as g:
        g.prompt()
        assert answer(g, "irq take 00:05.0") == "irq: 0000:00:05.0 is driven by edu\nirq: failed: EBUSY\n"
        assert answer(g, "pci unbind 00:05.0") == "" and "no driver" in answer(g, "pci unbind 00:05.0")
        answer(g, "pci enable 00:05.0")
        bar = int(answer(g, "setpci 00:05.0 10.l"), 16)

        # By its pin: what came before the wait is told; what is not satisfied comes again with the next wait, and only then.
        irq = int(re.search(r"^0000:00:05.0: INTx, irq (\d+): 0 came, 0 waited for$",
                            g.command("irq take 00:05.0 intx"), re.M)[1])
        assert "is taken already" in answer(g, "irq take 00:05.0")
        assert answer(g, "irq wait 00:05.0 0") == "irq: none came\nirq: failed: ETIMEDOUT\n"
        g.command(f"mw {bar + 0x60:x} 5")
        assert irq_count(g, irq) == 1
        assert re.fullmatch(CAME.format("INTx", irq, 1, 1), answer(g, "irq wait 00:05.0"))
        assert irq_count(g, irq) == 1
        assert re.fullmatch(CAME.format("INTx", irq, 1, 2), answer(g, "irq wait 00:05.0 5"))
        g.command(f"mw {bar + 0x64:x} 5")
        assert answer(g, "irq wait 00:05.0 0").startswith("irq: none came\n")
        g.command(f"mw {bar + 0x20:x} 80; mw {bar + 8:x} 5")
        assert re.fullmatch(CAME.format("INTx", irq, 1, 3), answer(g, "irq wait 00:05.0 5"))
        assert irq_count(g, irq) == 3
        g.command(f"mw {bar + 0x64:x} 1; irq wait 00:05.0 0")
        g.type("irq wait 00:05.0\n")
        g.expect(r"irq wait 00:05.0\n$")
        assert "^C\n" in g.text[g.type("\x03"):] or g.expect(r"\^C\n")
        g.prompt(len(g.text) - 20)
        g.command(f"mw {bar + 0x60:x} 8")
        assert answer(g, "irq free 00:05.0") == "" and answer(g, "irq") == ""
        assert "is not taken" in answer(g, "irq free 00:05.0")
        assert int(answer(g, "setpci 00:05.0 COMMAND"), 16) & 0x400  # it asserts its pin, and nobody is there
        g.command(f"mw {bar + 0x64:x} 8; pci enable 00:05.0")
        assert not int(answer(g, "setpci 00:05.0 COMMAND"), 16) & 0x400

        # By its message, which is what it has where nothing is said.
        taken = answer(g, "irq wait 00:05.0 0")
        irq = int(re.match(r"0000:00:05.0: MSI, irq (\d+): 0 came, 0 waited for\n"
                           r"irq: a message is a write to memory: pci master 0000:00:05.0\nirq: none came\n", taken)[1])
        g.command("pci master 00:05.0")
        g.command(f"mw {bar + 0x60:x} 1; mw {bar + 0x60:x} 2")
        assert re.fullmatch(CAME.format("MSI", irq, 2, 2), answer(g, "irq wait 00:05.0 5"))
        g.command(f"mw {bar + 0x64:x} 3; mw {bar + 0x20:x} 80; mw {bar + 8:x} 5")
        assert re.fullmatch(CAME.format("MSI", irq, 1, 3), answer(g, "irq wait 00:05.0 5"))
        assert answer(g, "irq") == f"0000:00:05.0: MSI, irq {irq}: 3 came, 3 waited for\n"

        # Whoever wants the function gets it: a driver, a reset, and who removes it.
        assert f"irq {irq} is no longer the monitor's: a driver is to have it\n" in g.command("pci bind 00:05.0")
        assert g.command("edu fact 4") == "4! = 24, polled\n4! = 24, told by an interrupt\n"
        assert "is driven by edu" in answer(g, "pci bind 00:05.0") and answer(g, "irq") == ""
        assert ": INTx, irq " in g.command("irq take 00:06.0")
        assert "is no longer the monitor's: a reset\n" in g.command("pci reset 00:06.0")
        assert "pci: no driver takes 0000:00:06.0\n" in answer(g, "pci bind 00:06.0")
        assert ": INTx, irq " in g.command("irq take 00:06.0")
        assert "is no longer the monitor's: the function goes\n" in g.command("pci remove 00:06.0")
        assert answer(g, "irq") == "" and "no function" in answer(g, "irq wait 00:06.0")
        assert not re.search(r"  monitor$", g.command("interrupts"), re.M)


# ---------------------------------------------------------------- pages

def test_long_output_waits_where_a_page_has_an_end(session):
    """A blank, Enter, q; what is not typed at the prompt never waits."""
    whole = answer(session, "help").splitlines()
    session.command("page 12")
    more, said = "-- more --", []
    here = session.type("help\n")
    for key, lines in ((" ", 11), ("\n", 22), ("q", 23)):
        end = session.expect(f"{more}$", here)
        said += session.text[here:end.start()].replace("\033[K", "").removeprefix("help\n").splitlines()
        assert len(said) == lines
        here = session.type(key)
    session.expect("terrier> $", here)
    assert said == whole[:23]
    # Two of a line share the page; the second is longer than what is left of it.
    here = session.type("page; help iomem; help\n")
    session.expect(f"{more}$", here)
    assert session.text[here:].count("\n") == 12
    here = session.type("\x03")
    session.expect("terrier> $", here)
    # How far it is, on a line that the next one takes the place of.
    here = session.type("selftest ktree\n")
    session.expect("^# pass", here)
    session.expect("terrier> $", here)
    count = int(re.search(r"^1\.\.(\d+)$", session.text[here:], re.M)[1])
    notes = re.findall(r"\033\[K(\d+)/(\d+) (\S+)\033\[Kok (\d+) (\S+)$", session.text[here:], re.M)
    assert [(int(n), int(total)) for n, total, *_ in notes] == [(n, count) for n in range(1, count + 1)]
    assert all(n == ok and name == done for n, _, name, ok, done in notes)
    session.command("page off")
    assert "\033" not in session.command("selftest ktree")
    assert answer(session, "help").splitlines() == whole
