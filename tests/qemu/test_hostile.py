# SPDX-License-Identifier: MIT
"""Odd machines and hard words: the kernel copes, or says in one line why it cannot."""

import os
import re
import struct

import pytest

import guest

BARE = "-M q35 -nic none"


def panic_line(name, words):
    """Boot to the panic that ends it."""
    with guest.Guest(name, BARE, f"{words} panic=-1", timeout=30) as g:
        g.wait()
    return re.search(r"Kernel panic - not syncing: (.*)", g.text)[1]


@pytest.mark.parametrize("words", ["mem=1M", "memmap=exactmap", "memmap=128M$0", "mem=2M"])
def test_too_little_memory_names_the_cause(words):
    name = "little-" + re.sub(r"\W", "-", words)
    assert re.match(r"mem= or memmap= leaves \d+ KiB of free RAM", panic_line(name, words))


def test_ram_that_is_none_is_not_used(tmp_path):
    """Nor is what the processor (of 40 bits) cannot address mapped to look at it; nor a picture there."""
    path = tmp_path / "bgrt"
    path.write_bytes(struct.pack("<HBBQII", 1, 1, 0, 1 << 45, 0, 0))
    text, _ = guest.run("no-ram-there", f"{BARE} -acpitable sig=BGRT,data={path}",
                        ["selftest page_alloc"], words="memmap=4K@0x50000000,1M@1T")
    assert "[mem 0x0000000050000000-0x0000000050000fff] is no RAM" in text
    assert "RAM [mem 0x0000010000000000-0x00000100000fffff] is beyond the processor's addresses" in text
    assert "no picture at 0x200000000000" in text
    assert "not ok" not in text and "WARNING" not in text


def test_memmap_is_refused_by_its_whole_word():
    text, _ = guest.run("bad-memmap", BARE, ["help"], words="memmap=64K$1G,16M@zebra")
    assert "memmap=16M@zebra ignored: not an address" in text


SMALL_OR_ODD = [("-m 8M", ""), ("", "mem=8M"), ("-device edu", "noapic")]
if os.environ.get("LONG"):
    SMALL_OR_ODD += [("-m 12M", ""), ("-m 16M", "")]


@pytest.mark.parametrize("machine, words", SMALL_OR_ODD)
def test_suites_pass_on_a_small_or_odd_machine(machine, words):
    name = "small-" + re.sub(r"\W", "-", machine + words)
    text, out = guest.run(name, f"{BARE} {machine}", ["selftest"], words=words, timeout=120)
    assert re.search(r"^# pass:\d+ fail:0 ", out["selftest"], re.M), text[-3000:]


def test_more_disks_than_the_driver_takes():
    """And without MTRRs, as for BARs above 4 GiB: what drivers map of a device is uncached by its mapping, or audit tells."""
    disks = " ".join(f"-drive if=none,id=d{i},format=raw,snapshot=on,file={guest.DISK} "
                     f"-device virtio-blk-pci,drive=d{i}" for i in range(18))
    text, out = guest.run("18-disks", f"{BARE} -cpu qemu64,-mtrr -m 512M {disks}", ["selftest virtio"])
    assert text.count("more than MAX_DISKS (16) disks") == 2
    assert "fail:0" in out["selftest virtio"]


def test_command_line_file_too_long_is_cut_at_a_word(tmp_path):
    """What fits is used, run= included; the word at the edge is not half used."""
    path = tmp_path / "words"
    start = 'run="interrupts; exit 0" panic=-1 '
    path.write_text(start + "w" * (2047 - len(start) - 7) + " mem=128M noapic")
    with guest.Guest("long-words", BARE, extra=f"-fw_cfg name=opt/terrier/cmdline,file={path}") as g:
        assert g.wait() == 1, g.text[-3000:]
    assert 'cut off at "mem=12"' in g.text
    assert "=== interrupts" in g.text and "IO-APIC" in g.text


def test_hidden_hypervisor_is_not_asked_for_files():
    """Where CPUID tells of no hypervisor, port 510h may be anybody's."""
    file = "-fw_cfg name=opt/terrier/cmdline,string=mem=64M"
    with guest.Guest("no-hypervisor", f"{BARE} -cpu qemu64,-hypervisor {file}") as g:
        g.prompt()
    assert re.search(r"Command line: *$", g.text, re.M)


def test_mp_table_serves_without_acpi():
    """-no-acpi: SeaBIOS's MP table is what tells of the IOAPIC."""
    text, out = guest.run("mp-table", "-M pc -no-acpi -nic none", ["interrupts"])
    assert "found SMP MP-table" in text
    assert "IO-APIC" in out["interrupts"]


def test_config_window_of_another_segment_is_entered_once(tmp_path):
    """It is read before the namespace is there; that no bus of ours is in it is no reason to ask again."""
    path = tmp_path / "mcfg"
    path.write_bytes(struct.pack("<QQHBBI", 0, 0xE0000000, 1, 0, 255, 0))
    text, out = guest.run("mcfg-segment", f"-M pc -nic none -acpitable sig=MCFG,data={path}",
                          ["iomem"], words="memmap=256M$0xe0000000")
    assert text.count("MMCONFIG for domain 0001") == 1
    assert out["iomem"].count("e0000000-efffffff : PCI MMCONFIG 0001 [bus 00-ff]") == 1
