# SPDX-License-Identifier: MIT
"""Replays of real machines, and of what people attach to reports.

What Linux made of a machine stands in its record; a difference that is not named here is a failure.
"""

import gzip
import lzma
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

import attachments  # noqa: E402
import compare  # noqa: E402
import replay  # noqa: E402

# What differs, and why: Linux before 4.6 gave the ROM of the first display an address of its own, 6.1 takes
# the copy in RAM.
KNOWN = {"vmware": {"0000:00:0f.0 BAR 6: mem c0400000-c0407fff"}}
CASES = {"thinkpad-t400": (23, 9), "vmware": (17, 5), "supermicro-x8sie": (24, 5)}


@pytest.fixture(scope="module", autouse=True)
def program():
    subprocess.run(["make", "--no-print-directory", "-s", "-f", "tests/replay/Makefile"], cwd=ROOT, check=True)


@pytest.mark.parametrize("name", CASES)
def test_real_machine(name):
    report = replay.replay(attachments.read_case(HERE / "cases" / f"{name}.txt"))
    apart = {x["what"] for x in report["said"] + report["addresses"] if x["verdict"] != "agree"}
    assert apart <= KNOWN.get(name, set())
    assert (report["compared"], report["given"]) == CASES[name]


def calls(text, function):
    body = re.search(rf"\n(?:static )?void (?:__init )?{function}\(void\)\n{{\n(.*?)\n}}", text, re.S)[1]
    return re.findall(r"^\t(?:err = )?(\w+)\(", body, re.M)


# Steps of the boot that make no line, or whose hardware no record has.
LEFT_OUT = {"bootstage_mark", "mem_reserve_boot", "pat_init", "init_mem_mapping", "idt_setup_traps", "mem_init", "kmem_cache_init",
            "vmalloc_init", "early_ioremap_shutdown", "sched_init", "image_insert_resources", "pci_shpc_init",
            "erst_init", "kasan_init"}


@pytest.mark.parametrize("function", ["setup_memory", "setup_register"])
def test_steps_are_those_of_the_boot(function):
    boot = [c for c in calls((ROOT / "kernel/main.c").read_text(), function) if c not in LEFT_OUT]
    assert calls((HERE / "replay.c").read_text(), function) == boot


LOG = """\
Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org)
Command line: BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet pci=no_e820
BIOS-provided physical RAM map:
BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable
BIOS-e820: [mem 0x000000000009fc00-0x000000000009ffff] reserved
BIOS-e820: [mem 0x00000000000f0000-0x00000000000fffff] reserved
BIOS-e820: [mem 0x0000000000100000-0x000000001ffdffff] usable
BIOS-e820: [mem 0x000000001ffe0000-0x000000001fffffff] ACPI NVS
DMI: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.0 04/01/2014
last_pfn = 0x1ffe0 max_arch_pfn = 0x400000000
[mem 0x20000000-0xffffffff] available for PCI devices
PM: hibernation: Registered nosave memory: [mem 0x00000000-0x00000fff]
PM: hibernation: Registered nosave memory: [mem 0x0009f000-0x0009ffff]
PM: hibernation: Registered nosave memory: [mem 0x000a0000-0x000effff]
PM: hibernation: Registered nosave memory: [mem 0x000f0000-0x000fffff]
ACPI: PCI Root Bridge [PCI0] (domain 0000 [bus 00-ff])
pci_bus 0000:00: root bus resource [io  0x0000-0x0cf7 window]
pci_bus 0000:00: root bus resource [io  0x0d00-0xffff window]
pci_bus 0000:00: root bus resource [mem 0x000a0000-0x000bffff window]
pci_bus 0000:00: root bus resource [mem 0x20000000-0xafffffff window]
pci 0000:00:00.0: [8086:29c0] type 00 class 0x060000
pci 0000:00:01.0: [1234:1111] type 00 class 0x030000
pci 0000:00:01.0: reg 0x10: [mem 0x30000000-0x30ffffff pref]
pci 0000:00:01.0: reg 0x18: [mem 0x31045000-0x31045fff]
pci 0000:00:01.0: reg 0x30: [mem 0xffff0000-0xffffffff pref]
pci 0000:00:02.0: [1b36:000c] type 01 class 0x060400
pci 0000:00:02.0: reg 0x10: [mem 0x31044000-0x31044fff]
pci 0000:00:02.0: PCI bridge to [bus 01]
pci 0000:00:02.0:   bridge window [io  0x1000-0x1fff]
pci 0000:00:02.0:   bridge window [mem 0x31000000-0x310fffff]
pci 0000:00:1f.0: [8086:2918] type 00 class 0x060100
pci 0000:00:1f.3: [8086:2930] type 00 class 0x0c0500
pci 0000:00:1f.3: reg 0x20: [io  0x0700-0x073f]
pci 0000:01:00.0: [8086:10d3] type 00 class 0x020000
pci 0000:01:00.0: reg 0x10: [mem 0x31080000-0x3109ffff]
pci 0000:01:00.0: reg 0x18: [io  0x1000-0x101f]
e820: reserve RAM buffer [mem 0x0009fc00-0x0009ffff]
e820: reserve RAM buffer [mem 0x1ffe0000-0x1fffffff]
"""

PREFIXES = {
    "plain": lambda n, line: line,
    "times": lambda n, line: f"[{n / 1000:12.6f}] {line}",
    "callers": lambda n, line: f"[{n / 1000:12.6f}] [    T0] {line}",
    "journalctl": lambda n, line: f"Mar 03 10:11:12 box kernel: {line}",
    "syslog": lambda n, line: f"Mar  3 10:11:12 box kernel: [{n / 1000:12.6f}] {line}",
    "quoted": lambda n, line: f"> [{n / 1000:12.6f}] {line}",
    "levels": lambda n, line: f"<6>[{n / 1000:12.6f}] {line}",
}


def written(tmp_path, how, text=LOG):
    path = tmp_path / "dmesg.txt"
    path.write_text("".join(PREFIXES[how](n, line) + "\n" for n, line in enumerate(text.splitlines())))
    return path


@pytest.mark.parametrize("how", PREFIXES)
def test_log_is_read_whatever_stands_in_front(tmp_path, how):
    report = replay.replay(attachments.read_case(written(tmp_path, how)))
    lines = {(x["start"], x["end"], x["name"]) for x in report["iomem"] + report["ioports"]}
    for line in ((0x100000, 0x1ffdffff, "System RAM"), (0x20000000, 0xafffffff, "PCI Bus 0000:00"),
                 (0x30000000, 0x30ffffff, "0000:00:01.0"), (0x31000000, 0x310fffff, "PCI Bus 0000:01"),
                 (0x31080000, 0x3109ffff, "0000:01:00.0"), (0x1000, 0x101f, "0000:01:00.0"),
                 (0x700, 0x73f, "0000:00:1f.3")):
        assert line in lines
    assert [x for x in report["said"] if x["verdict"] != "agree"] == []
    assert report["compared"] == 8


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_packed_attachment(tmp_path, pack):
    path = written(tmp_path, "times")
    packed = tmp_path / "packed"
    packed.write_bytes(pack(path.read_bytes()))
    assert attachments.read_case(packed).lines == attachments.read_case(path).lines


def test_cut_log_says_what_is_missing(tmp_path):
    late = LOG[LOG.index("ACPI: PCI Root"):LOG.index("pci 0000:00:00.0")]
    record = attachments.read_case(written(tmp_path, "times", late))
    assert any("memory map" in note for note in record.notes)
    assert any("functions of PCI" in note for note in record.notes)


def test_chips_that_lie_in_bars_and_boards_stay(tmp_path):
    """As Linux enters them: the IOAPIC after the BARs, HPET and local APIC after the board, IOMMUs before it."""
    log = LOG.replace("0x20000000-0xafffffff window]\n", """0x20000000-0xafffffff window]
pci_bus 0000:00: root bus resource [mem 0xfec00000-0xfed03fff window]
""").replace("pci 0000:00:1f.3: reg 0x20", """pci 0000:00:1f.3: reg 0x10: [mem 0xfec00000-0xfec00fff]
pci 0000:00:1f.3: reg 0x14: [mem 0xfed00000-0xfed003ff]
pci 0000:00:1f.3: reg 0x20""") + """ACPI: HPET id: 0x8086a201 base: 0xfed00000
IOAPIC[0]: apic_id 0, version 32, address 0xfec00000, GSI 0-23
DMAR: DRHD base: 0x000000fed90000 flags: 0x1
system 00:01: [mem 0xfed90000-0xfed93fff] could not be reserved
system 00:01: [mem 0xfed00000-0xfed003ff] has been reserved
system 00:01: [mem 0xfee00000-0xfee00fff] has been reserved
"""
    report = replay.replay(attachments.read_case(written(tmp_path, "plain", log)))
    assert [x for x in report["said"] if x["verdict"] != "agree"] == []
    lines = [(x["level"], x["start"], x["end"], x["name"]) for x in report["iomem"]]
    for line in ((1, 0xfec00000, 0xfec00fff, "0000:00:1f.3"), (2, 0xfec00000, 0xfec003ff, "IOAPIC 0"),
                 (1, 0xfed00000, 0xfed003ff, "HPET 0"), (2, 0xfed00000, 0xfed003ff, "0000:00:1f.3"),
                 (0, 0xfed90000, 0xfed90fff, "dmar0"), (0, 0xfee00000, 0xfee00fff, "Local APIC")):
        assert line in lines


def test_what_the_boot_did_not_assign_is_not_asked(tmp_path):
    """A screen is no assignment, a last word counts, and a rescan by a person comes after the boot."""
    port = "pci 0000:00:02.0: PCI bridge to [bus 01]\n"
    log = LOG.replace(port, "pci 0000:00:01.0: BAR 0: assigned to efifb\n" + port) + """\
pci 0000:00:02.0: bridge window [mem 0x20000000-0x201fffff 64bit pref]: assigned
pci 0000:00:02.0: bridge window [io  0x2000-0x2fff]: assigned
pci 0000:00:02.0: bridge window [io  size 0x1000]: can't assign; no space
pci 0000:05:00.0: BAR 0: assigned [mem 0x40000000-0x400fffff]
Freeing unused kernel image (initmem) memory: 2780K
pci 0000:00:02.0: BAR 14: assigned [mem 0x50000000-0x501fffff]
"""
    record = attachments.read_case(written(tmp_path, "times", log))
    assert compare.assigned(record) == [("0000:00:02.0", "bridge window", ("mem", 0x20000000, 0x201fffff)),
                                        ("0000:05:00.0", "BAR 0", ("mem", 0x40000000, 0x400fffff))]
    report = replay.replay(record)
    assert (0x31000000, 0x310fffff, "PCI Bus 0000:01") in {(x["start"], x["end"], x["name"]) for x in report["iomem"]}
    assert "missing: functions that got addresses: 0000:05:00.0" in report["notes"] and report["given"] == 1
    # Nothing behind the port asks for 2 MiB: it is a slot.
    assert report["given-equal"] == 1


def test_where_ram_ends_is_said_again_after_a_trim(tmp_path):
    """setup_arch() and mtrr_trim_uncached_memory() of Linux: 256 MiB are cached, 512 MiB are there."""
    log = LOG + "MTRR default type: uncachable\nMTRR variable ranges enabled:\n" \
        "  0 base 000000000 mask FF0000000 write-back\n"
    report = replay.replay(attachments.read_case(written(tmp_path, "plain", log)))
    assert [l for l in report["log"] if l.startswith("last_pfn")] == [
        f"last_pfn = {end} max_arch_pfn = 0x400000000" for end in ("0x1ffe0", "0x10000")]


@pytest.mark.parametrize("bridge, register, window", [
    ("86807027", "c 48 010000e0", (0xe0000000, 0xefffffff, "PCI MMCONFIG 0000 [bus 00-ff]")),
    ("86807027", "c 48 050000e0", (0xe0000000, 0xe3ffffff, "PCI MMCONFIG 0000 [bus 00-3f]")),
    ("86807027", "c 48 050000e8", (0xd0000000, 0xd3ffffff, "PCI MMCONFIG 0000 [bus 00-3f]")),
    ("86807027", "c 48 010000c0", None),
    ("86809035", "c ce 00e0", (0xe0000000, 0xefffffff, "PCI MMCONFIG 0000 [bus 00-ff]")),
    ("86809035", "c ce 00c0", None),
    ("86803711", "c 48 010000e0", (0xd0000000, 0xd3ffffff, "PCI MMCONFIG 0000 [bus 00-3f]"))])
def test_a_chipset_s_own_word_on_its_window(bridge, register, window):
    """pci_mmcfg_intel_945(), _e7520() of Linux: the register is believed, where e820 reserves the window; the
    MCFG and the board are asked where it tells none, or where the bridge is another."""
    from record import Record
    report = replay.replay(Record(f"""\
e820 0-9fbff 1
e820 f0000-fffff 2
e820 100000-3fffffff 1
e820 e0000000-efffffff 2
mmconfig 0 0 3f d0000000
root 0 ff
window mem c0000000 dfffffff 0
board 1 mem c0000000 d3ffffff
fn 0 0 0
c 0 {bridge}07000000
c 8 00000006
{register}
"""))
    lines = [(x["start"], x["end"], x["name"]) for x in report["iomem"] if x["name"].startswith("PCI MMCONFIG")]
    assert lines == ([window] if window else [])


def test_linux_s_map_beside_ours(tmp_path):
    written(tmp_path, "plain")
    (tmp_path / "iomem").write_text("00001000-0009fbff : System RAM\n0009fc00-0009ffff : Reserved\n"
                                    "20000000-afffffff : PCI Bus 0000:00\n  30000000-30ffffff : 0000:00:01.0\n"
                                    "    30000000-302fffff : bochs-drm\nfed00000-fed003ff : HPET 0\n")
    report = replay.replay(attachments.read_case(tmp_path))
    said = {x["name"]: (x["verdict"], x["reason"]) for x in report["iomem"]}
    assert said["System RAM"][0] in ("agree", "kernel") and said["0000:00:01.0"] == ("agree", "")
    assert said["bochs-drm"] == ("linux", "a driver's claim")
    assert said["HPET 0"] == ("linux", "the table is not in the record")
    assert said["0000:01:00.0"][0] == "kernel"


def test_windows_of_logs_that_are_older(tmp_path):
    """Linux 2.6.34 to 3.0 printed them for the bridge, and said where it did not heed them."""
    old = [l.replace("pci_bus 0000:00: root bus resource", "pci_root PNP0A08:00: host bridge window").replace(" window]", "]")
           for l in LOG.splitlines()]
    record = attachments.read_case(written(tmp_path, "times", "\n".join(old)))
    assert record.roots() == attachments.read_case(written(tmp_path, "times")).roots()
    ignored = "\n".join(l + " (ignored)" if "host bridge" in l else l for l in old)
    record = attachments.read_case(written(tmp_path, "times", ignored))
    assert record.roots()[0]["windows"] == [] and "cmdline pci=nocrs" in record.lines


def test_virtual_functions_have_ports_of_pci_express_above(tmp_path):
    log = LOG + """\
pci 0000:01:00.0: reg 0x1d8: [mem 0x00000000-0x00003fff 64bit]
pci 0000:01:00.0: VF(n) BAR0 space: [mem 0x00000000-0x0001ffff 64bit] (contains BAR0 for 8 VFs)
PCI: MMCONFIG for domain 0000 [bus 00-ff] at [mem 0xb0000000-0xbfffffff] (base 0xb0000000)
"""
    log = log.replace("BIOS-e820: [mem 0x000000001ffe0000", "BIOS-e820: [mem 0x00000000b0000000-0x00000000bfffffff] "
                      "reserved\nBIOS-e820: [mem 0x000000001ffe0000")
    report = replay.replay(attachments.read_case(written(tmp_path, "times", log)))
    assert (0x31000000, 0x3101ffff, "0000:01:00.0") in {(x["start"], x["end"], x["name"]) for x in report["iomem"]}


SWITCH = """\
pci 0000:00:03.0: [8086:2030] type 01 class 0x060400
pci 0000:00:03.0: PCI bridge to [bus 02-05]
pci 0000:02:00.0: [10b5:8734] type 01 class 0x060400
pci 0000:02:00.0: PCI bridge to [bus 03-05]
pci 0000:03:04.0: [10b5:8734] type 01 class 0x060400
pci 0000:03:04.0: PCI bridge to [bus 04]
pci 0000:03:05.0: [10b5:8734] type 01 class 0x060400
pci 0000:03:05.0: PCI bridge to [bus 05]
pci 0000:03:04.0: bridge window [io  0x1000-0x0fff] to [bus 04] add_size 1000
pci 0000:03:05.0: bridge window [io  0x1000-0x0fff] to [bus 05] add_size 1000
pci 0000:02:00.0: bridge window [io  0x1000-0x0fff] to [bus 03-05] add_size 2000
pci 0000:00:03.0: bridge window [io  0x1000-0x0fff] to [bus 02-05] add_size 2000
pci 0000:00:03.0: BAR 13: assigned [io  0x2000-0x3fff]
pci 0000:02:00.0: BAR 13: assigned [io  0x2000-0x3fff]
pci 0000:03:04.0: BAR 13: assigned [io  0x2000-0x2fff]
pci 0000:03:05.0: BAR 13: assigned [io  0x3000-0x3fff]
"""


def test_ports_of_a_switch_are_told_apart(tmp_path):
    """An upstream port has many devices behind it; what is wished for above them is no slot of its own."""
    record = attachments.read_case(written(tmp_path, "times", LOG + SWITCH))
    kinds = {}
    for line in record.lines:
        words = line.split()
        if words[0] == "fn":
            slot = ":".join(words[1:])
        if line.startswith("c 40 1000"):
            kinds[slot] = words[2][4:8]
    assert kinds == {"0:3:0": "4200", "2:0:0": "5200", "3:4:0": "6201", "3:5:0": "6201"}
    report = replay.replay(record)
    assert (report["given"], report["given-equal"]) == (4, 4)


def test_differences_have_reasons(tmp_path):
    log = LOG.replace("last_pfn = ", """\
e820: update [mem 0x10000018-0x10001057] usable ==> usable
e820: update [mem 0x18000000-0x18000fff] usable ==> reserved
last_pfn = """).replace("PM: hibernation: Registered nosave memory: [mem 0x00000000", """\
PM: hibernation: Registered nosave memory: [mem 0x10001000-0x10001fff]
PM: hibernation: Registered nosave memory: [mem 0x18000000-0x18000fff]
PM: hibernation: Registered nosave memory: [mem 0x1a000000-0x1a000fff]
PM: hibernation: Registered nosave memory: [mem 0x00000000""") + """\
system 00:01: [mem 0x000c0000-0x000cffff] could not be reserved
system 00:01: [io  0x0800-0x087f] could not be reserved
"""
    report = replay.replay(attachments.read_case(written(tmp_path, "plain", log)))
    assert {x["what"].split(" could")[0]: x["reason"].split(" ")[0] for x in report["said"] if x["verdict"] == "linux"} == {
        "nosave 10001000-10001fff": "a", "nosave 18000000-18000fff": "Linux", "nosave 1a000000-1a000fff": "",
        "board 01 mem c0000 cffff": "what", "board 01 io 800 87f": "only"}


def test_map_without_rights_is_no_map(tmp_path):
    path = tmp_path / "iomem"
    path.write_text("00000000-00000000 : Reserved\n00000000-00000000 : System RAM\n")
    record = attachments.read_case(path)
    assert record.lines == [] and "without rights" in record.notes[0]


def test_nosave_regions_are_those_of_linux():
    """register_nosave_region() of kernel/power/snapshot.c: holes first, then what is no RAM, by whole pages."""
    e820 = [(0, 0xfff, 2), (0x1000, 0x9fbff, 1), (0x9fc00, 0x9ffff, 2), (0x100000, 0x1fffff, 1)]
    assert compare.nosave(e820) == [(0, 0xfff), (0x9f000, 0x9ffff), (0xa0000, 0xfffff)]
    assert compare.joined(compare.nosave(e820)) == [(0, 0xfff), (0x9f000, 0xfffff)]


def test_acpidump_s_host_bridge_is_what_its_aml_says(tmp_path):
    """The tables of one record as acpidump prints them: the windows come out of _CRS then."""
    import firmware
    from record import Record
    made = firmware.dsdt([{"bus": 0, "last": 0xff, "segment": 0, "windows": [("mem", 0xe0000000, 0xefffffff, 0, False)]}], {})
    text = "DSDT @ 0x00000000BFF00000\n"
    for at in range(0, len(made), 16):
        text += f"  {at:04X}: " + " ".join(f"{b:02X}" for b in made[at:at + 16]) + "  ....\n"
    (tmp_path / "acpi").write_text(text)
    written(tmp_path, "plain")
    record = attachments.read_case(tmp_path)
    assert record.tables() == [made] and isinstance(record, Record)
    report = replay.replay(record)
    assert (0xe0000000, 0xefffffff, "PCI Bus 0000:00") in {(x["start"], x["end"], x["name"]) for x in report["iomem"]}
