# SPDX-License-Identifier: MIT
"""Hostile memory: none in the direct map, poisoned, or refused in the middle of the boot."""

import os
import re

import pytest

import guest

# 64 MiB in the direct map, the rest high memory, or as much as ends in no RAM; free pages
# filled with a pattern; a direct map of 1 GiB pages.
SUITES = [("q35", "highmem=66M", ""), ("q35", "page_poison=on", ""), ("q35-6g", "", "-cpu max")]
if os.environ.get("LONG"):  # of the kinds above at once, or on others: make test LONG=1
    SUITES += [("q35-smp4", "highmem=64M page_poison=on", ""), ("q35-6g", "highmem=64M", "-cpu max"),
               ("pc", "highmem=64M", ""), ("q35-6g", "highmem=3G", "")]


def check_account(vmstat):
    """vmstat's lines as numbers, which must add up."""
    got = {name: int(value) for name, value in re.findall(r"^(\w+) (\d+)$", vmstat, re.M)}
    assert "account is wrong" not in vmstat
    assert got["nr_free_pages"] + got["nr_used_pages"] + got["nr_reserved_pages"] == \
        got["nr_ram_pages"]
    given = sum(got[f"pgalloc_{zone}"] for zone in ("dma", "dma32", "normal", "high"))
    assert given - got["pgfree"] == got["nr_used_pages"]
    return got


@pytest.mark.parametrize("machine,words,more", SUITES)
def test_suites_pass(machine, words, more):
    name = f"{machine}-{re.sub('[^a-z0-9]+', '-', words + more)}"
    text, out = guest.run(name, guest.machine(machine), ["selftest", "vmstat", "buddyinfo"],
                          words=words, extra=more, timeout=180)
    boot = text.split("Terrier:", 1)[1].split("=== selftest")[0]
    assert "WARNING" not in boot and "panic" not in boot
    assert not re.findall(r"^not ok.*", out["selftest"], re.M)
    assert re.search(r"^# pass:[1-9]\d* fail:0 ", out["selftest"], re.M), out["selftest"][-500:]
    got = check_account(out["vmstat"])
    if "highmem" in words:
        assert got["pgalloc_high"] > 1000 and got["kmap_high"] > 1000
        assert re.search(r"^Node 0, zone  HighMem( +\d+){11} $", out["buddyinfo"], re.M)
        assert not re.findall(r"^ok \d+ highmem\..*# SKIP(?! needs 2 CPUs).*$", out["selftest"], re.M)


def test_interrupts_between_any_two_instructions():
    """TCG takes them between blocks of instructions: here each is a block."""
    _, out = guest.run("highmem-single", guest.Q35, ["selftest highmem"], words="highmem=64M",
                       extra="-singlestep", timeout=180)
    assert re.search(r"^# pass:[1-9]\d* fail:0 ", out["selftest highmem"], re.M), \
        out["selftest highmem"][-500:]


def test_poison_names_the_owner():
    """The breach that the suite makes on purpose is reported with page, place, bytes, owner."""
    _, out = guest.run("poison-report", guest.Q35, ["selftest page_poison", "dmesg"],
                       words="page_poison=on")
    assert re.search(r"page_poison: page 0x[0-9a-f]+ was written at 0x4d2 after it was freed: "
                     r"ab( aa)+; owner breach\+0x[0-9a-f]+/0x[0-9a-f]+, found for breach\+",
                     out["dmesg"])


# Of each kind of allocation some calls of the boot, early and late ones.
FAILURES = ["failslab=1", "failslab=7", "failslab=2+,alloc_resource", "fail_page_alloc=2",
            "fail_page_alloc=9", "fail_table=2", "fail_vmarea=1+,pci_iomap_range", "fail_vmarea=1",
            "fail_vmarea=5", "fail_vmarea=2,pci_iomap_range", "fail_vmarea=1,map_registers",
            "fail_resource=1", "fail_resource=3+", "failslab=2,alloc_resource"]


@pytest.mark.parametrize("words", FAILURES)
def test_boot_survives(words):
    """What could not be had is missing and said; the rest is there, and every page is known."""
    name = "fail-" + re.sub("[^a-z0-9]+", "-", words)
    text, out = guest.run(name, guest.Q35, ["fault off", "iomem", "vmallocinfo", "slabinfo",
                                            "vmstat"], words=words)
    boot = text.split("Terrier:", 1)[1].split("=== fault off")[0]
    assert "WARNING" not in boot and "panic" not in boot
    assert f"FAULT_INJECTION: {words}" in boot
    assert re.search(r"FAULT_INJECTION: \w+, call \d+, fails for \S+", boot)
    assert check_account(out["vmstat"])["faults_injected"] > 0
    assert "System RAM" in out["iomem"]


@pytest.mark.parametrize("words", ["failslab=20+", "fail_table=3+", "fail_vmarea=9+"])
def test_boot_ends_where_no_thread_can_be_made(words):
    """Nothing is to be had any more: the boot comes as far as its first thread, and says so."""
    name = "fail-" + re.sub("[^a-z0-9]+", "-", words)
    with guest.Guest(name, guest.Q35, words) as g:
        g.expect(r"---\[ end Kernel panic \]---")
    assert "WARNING" not in g.text
    assert "Kernel panic - not syncing: no memory for thread init" in g.text


def test_ram_is_the_firmwares():
    """What adds up is all of it, whole pages; and holes have no struct pages."""
    _, out = guest.run("mm-ram", guest.machine("q35-6g"), ["e820", "vmstat", "pagetables"])
    usable = [(int(start, 16) + 4095 >> 12, int(end, 16) + 1 >> 12) for start, end in re.findall(
        r"\[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\] usable", out["e820"])]
    assert check_account(out["vmstat"])["nr_ram_pages"] == sum(end - start for start, end in usable)
    region = out["pagetables"].split("---[ Vmemmap ]---\n")[1].split("---[")[0]
    mapped = [(int(start, 16), int(end, 16)) for start, end in re.findall(
        r"^0x([0-9a-f]+)-0x([0-9a-f]+) .* RW ", region, re.M)]
    vmemmap, page, unit = 0xffffea0000000000, 32, 2 << 20
    wanted = {at for start, end in usable for at in range(
        vmemmap + start * page & -unit, vmemmap + end * page, unit)}
    assert sum(end - start for start, end in mapped) == unit * len(wanted)


def test_formats():
    """Lines that Linux's readers understand."""
    _, out = guest.run("mm-formats", guest.Q35,
                       ["vmstat", "slabinfo", "buddyinfo", "selftest vmap", "vmallocinfo"])
    got = check_account(out["vmstat"])
    # The rings of the disk and of the random generator, a page each.
    assert got["nr_foll_pin_acquired"] - got["nr_foll_pin_released"] == 2
    assert all(re.fullmatch(r"[a-z0-9_]+ \d+", line) for line in out["vmstat"].splitlines())
    slabs = out["slabinfo"].splitlines()
    assert slabs[0] == "slabinfo - version: 2.1"
    assert slabs[1].startswith("# name            <active_objs> <num_objs> <objsize> ")
    row = (r"\S+ +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) : tunables +0 +0 +0 "
           r": slabdata +(\d+) +(\d+) +0")
    for line in slabs[2:]:
        active, total, size, per, pages, *counts = map(int, re.fullmatch(row, line).groups())
        assert active <= total == per * counts[1] and per * size <= pages * 4096
    assert "kmalloc-96 " in out["slabinfo"] and "kmalloc-2k " in out["slabinfo"]
    for line in out["buddyinfo"].splitlines():
        assert re.fullmatch(r"Node 0, zone +\w+ ( *\d+ ){11}", line), line
    area = (r"0x([0-9a-f]{16})-0x([0-9a-f]{16}) +(\d+) (?:\w+\+0x[0-9a-f]+/0x[0-9a-f]+"
            r"( pages=\d+)?( phys=0x[0-9a-f]{16})?( ioremap| vmalloc| vmap)( vpages)?"
            r"|unpurged vm_area)")
    rows = out["vmallocinfo"].splitlines()
    for line in rows:
        start, end, size = re.fullmatch(area, line).group(1, 2, 3)
        assert int(end, 16) - int(start, 16) == int(size)
    unpurged = [line.endswith("unpurged vm_area") for line in rows]
    assert unpurged == sorted(unpurged) and 0 < sum(unpurged) < len(rows)
