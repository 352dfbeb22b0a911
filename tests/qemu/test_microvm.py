# SPDX-License-Identifier: MIT
"""QEMU's microvm: no PCI, no VGA, and virtio devices that lie in memory.

linux/microvm*.txt is what Debian's Linux says there with virtio_mmio.ko loaded; it reads no
virtio_mmio.device= (CONFIG_VIRTIO_MMIO_CMDLINE_DEVICES is off), so without ACPI it finds none.
"""

import re

import pytest

import guest
import register

DEVICES = (f"-drive if=none,id=disk0,format=raw,snapshot=on,file={guest.DISK} "
           "-device virtio-blk-device,drive=disk0 -device virtio-rng-device")
MODERN = "-global virtio-mmio.force-legacy=false"  # QEMU 7.2 makes legacy devices by itself
ACPI = [(0xFEB02E00, "LNRO0005:00"), (0xFEB02C00, "LNRO0005:01")]
WORDS = [(0xFEB00E00, "virtio-mmio.0"), (0xFEB00C00, "virtio-mmio.1")]


def microvm(options=""):
    return f"-M microvm{options} -m 512M -nic none {DEVICES}"


@pytest.mark.parametrize("options,places", [
    ("", ACPI),
    (",acpi=off", WORDS),
    (",pit=off,pic=off,rtc=on", ACPI),
    (",acpi=off,rtc=off", WORDS),
    (",ioapic2=off", None),
    (",pcie=on", ACPI),
])
def test_virtio_in_memory_works(options, places):
    """Claimed as Linux claims it, and the disk and the random bytes are there, by interrupt."""
    text, out = guest.run(f"microvm{options}", f"{microvm(options)} {MODERN}",
                          ["iomem", "virtio", "selftest virtio"])
    rows = register.parse(out["iomem"])
    for start, name in places or []:
        assert register.Row(0, start, start + 0x1FF, name) in rows
        assert register.Row(1, start, start + 0x1FF, f"{name} {name}") in rows
    assert "blk driver virtio_blk" in out["virtio"] and "rng driver virtio_rng" in out["virtio"]
    assert re.findall(r"interrupts (\d+), polled (\d+)", out["virtio"]) == [("1", "0")] * 2
    for test in ("disk_content", "disk_write", "disk_many_sectors", "disk_interrupts", "rng"):
        assert re.search(rf"^ok \d+ virtio.{test}$", out["selftest virtio"], re.M)
    assert " fail:0 " in out["selftest virtio"]
    assert "WARNING" not in text and "panic" not in text


def test_legacy_devices_are_claimed_and_left_alone():
    text, out = guest.run("microvm-legacy", microvm(), ["iomem", "virtio"])
    assert "LNRO0005:00: blk with the legacy interface only: left alone" in text
    assert "LNRO0005:01: rng with the legacy interface only: left alone" in text
    assert out["iomem"].count("LNRO0005") == 6 and not out["virtio"]


@pytest.mark.parametrize("name,options,ours,linux_s", [
    # Linux enters IOAPICs from PCI's survey, which it leaves out here; and at b8000 is plain RAM,
    # which it takes for a display.
    ("microvm", "", ["IOAPIC 0", "IOAPIC 1"], ["cga"]),
    ("microvm-noacpi", ",acpi=off", ["IOAPIC 0"] + [n for _, name in WORDS for n in (name, f"{name} {name}")],
     ["cga"]),
])
def test_register_is_linux(name, options, ours, linux_s):
    _, out = guest.run(name, microvm(options), ["iomem", "ioports"])
    differ = []
    for which in ("iomem", "ioports"):
        rows = register.parse(out[which])
        register.check_tree(rows)
        differ += register.differences(rows, register.linux_rows(name, which))
    parsed = [(line[0], register.parse(line[2:])[0].name) for line in differ]
    assert sorted(parsed) == sorted([("+", n) for n in ours] + [("-", n) for n in linux_s])


def test_without_any_device_of_old():
    """Nobody hears it, but it boots: the exit device tells."""
    args = microvm(",pit=off,pic=off,rtc=off,isa-serial=off,acpi=off") + " " + MODERN
    with guest.Guest("microvm-bare", args, 'run="exit 9"', serial="none") as g:
        assert g.wait() == 2 * 9 + 1


def test_it_can_be_reset_and_powered_off():
    with guest.Guest("microvm-ends", microvm(), extra="-action reboot=reset") as g:
        g.prompt()
        here = g.type("reboot\n")
        g.expect("^.*Terrier: a register", here)
        g.prompt(here + len("reboot\n"))
        g.type("poweroff\n")
        assert g.wait() == 0


@pytest.mark.parametrize("word,said", [
    ("512@", "512@ is not SIZE@BASE:IRQ"),
    ("512@0xfeb10000", "512@0xfeb10000 is not SIZE@BASE:IRQ"),
    ("0@0xfeb10000:5", "is not SIZE@BASE:IRQ"),
    ("512@0xfffffffffffffe01:5", "is not SIZE@BASE:IRQ"),
    ("512@0xfeb10000:5x", "is not SIZE@BASE:IRQ"),
    ("512@0xfeb10000:4000000000", "is not SIZE@BASE:IRQ"),
    ("1M@0x1ff80000:5", r"virtio-mmio.0 \[mem 0x1ff80000-0x2007ffff\] cuts across System RAM"),
    ("512@0x1000000:5", "virtio-mmio.0"),  # RAM: refused by ioremap or the register
    ("16@0xfeb10000:5", "virtio-mmio.0: 0x10 bytes are no virtio device"),
    ("512@0xfeb10000:5", "virtio-mmio.0: no virtio device: magic 0x00000000"),
])
def test_words_that_lie(word, said):
    """The command line is believed no more than anybody else, on a machine of any kind."""
    text, out = guest.run("virtio-words", guest.Q35, ["iomem"], words=f"virtio_mmio.device={word}")
    assert re.search(said, text), text[-3000:]
    assert "virtio-mmio.0 virtio-mmio.0" not in out["iomem"]
    assert "WARNING" not in text and "panic" not in text
