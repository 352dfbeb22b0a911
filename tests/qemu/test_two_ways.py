# SPDX-License-Identifier: MIT
"""Two ways in: GRUB's multiboot2, and PVH, which qemu -kernel speaks."""

import re
import subprocess

import pytest

import guest
import register

COMMANDS = ["e820", "iomem", "ioports"]


@pytest.mark.parametrize("name", ["q35", "pc", "q35-server"])
def test_both_ways_lead_to_the_same_register(name):
    """Every line, the kernel's own among them: it is loaded to the same place."""
    args = guest.machine(name)
    text, pvh = guest.run(f"{name}-pvh", args, COMMANDS)
    assert "pvh: start info at" in text and "multiboot2" not in text
    text, grub = guest.run(f"{name}-grub", args, COMMANDS, iso=guest.ISO)
    assert "multiboot2: loader name: GRUB" in text and "pvh" not in text
    for command in COMMANDS:
        assert len(pvh[command].splitlines()) >= 5
        a, b = (out[command].replace(register.CHANCE.line() + "\n", "") for out in (pvh, grub))
        assert a == b


@pytest.mark.parametrize("display", ["-vga none", "-vga none -device VGA,romfile="])
def test_a_bios_leaves_text_on_without_a_display(display):
    """Linux claims vga+ there: tests/parity's machine pc-shadow-rom."""
    for name, iso in (("pvh", None), ("grub", guest.ISO)):
        _, out = guest.run(f"no-display-{name}", f"-M pc,acpi=off -m 256M -nic none {display}",
                           ["ioports"], iso=iso)
        assert re.search("^ *03c0-03df : vga\\+$", out["ioports"], re.M), out


@pytest.mark.parametrize("kind", ["q35", "pc"])
def test_initrd(kind, tmp_path):
    """The module of -initrd is told, kept out of the allocator, and not written over."""
    text = b"a module's text, " * 1024
    (tmp_path / "initrd").write_bytes(text)
    args = {"q35": guest.Q35, "pc": guest.PC}[kind]
    with guest.Guest(f"initrd-{kind}", args, extra=f"-initrd {tmp_path}/initrd") as g:
        g.prompt()
        start, end = re.search(r"pvh: module: \[0x(\w+)-0x(\w+)\]", g.text).groups()
        assert int(end, 16) + 1 - int(start, 16) == len(text)
        g.command("selftest page_alloc")
        assert f'  {start}-{end} : module 0 ""\n' in g.command("iomem -v")
        assert 'it is module 0 ""' in g.command(f"whatis {start}")
        assert "a module's text" in g.command(f"md.b {start} 20")
        assert "text, " in g.command(f"md.b {int(end, 16) - 15:x} 10")


@pytest.mark.parametrize("kind", ["q35", "pc"])
def test_a_reset_leads_back(kind):
    """QEMU loads the ELF file anew, but for .bss, which holds what the last kernel left there."""
    args = {"q35": guest.Q35, "pc": guest.PC}[kind]
    with guest.Guest(f"reset-{kind}", args, extra="-action reboot=reset") as g:
        for _ in range(2):
            g.prompt()
            here = g.type("reboot\n")
            g.expect("^.*Terrier: a register", here)
            g.prompt(here + len("reboot\n"))


def test_the_command_line_is_taken_as_it_is():
    """QEMU quotes nothing, so nothing is unquoted."""
    words = r'''one=\'a two="b \c" three=\"\x41\"'''
    with guest.Guest("append", guest.Q35, words + ' run="exit 5"') as g:
        assert g.wait() == 2 * 5 + 1
        assert f'Command line: {words} run="exit 5"\n' in g.text


@pytest.mark.parametrize("boot,said", [("iso", "multiboot2: loader name: GRUB"),
                                       ("kernel", "pvh: start info")])
def test_make_run_takes_either(boot, said):
    out = subprocess.run(["make", "-s", "run-built", f"BOOT={boot}", 'CMDLINE=run="poweroff"'],
                         cwd=guest.ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                         errors="replace", timeout=60)
    assert said in out.stdout, out
    assert 'Command line: run="poweroff"' in out.stdout


def test_make_run_on_microvm():
    """It knows that there is no CD and no PCI."""
    out = subprocess.run(["make", "-s", "run-built", "MACHINE=-M microvm -m 256M",
                          'CMDLINE=run="virtio; poweroff"'], cwd=guest.ROOT, stdin=subprocess.DEVNULL,
                         capture_output=True, text=True, errors="replace", timeout=60)
    assert "pvh: start info" in out.stdout, out
    assert "virtio0 LNRO0005:00 blk driver virtio_blk" in out.stdout


def test_make_run_knows_no_third():
    out = subprocess.run(["make", "-s", "run-built", "BOOT=cd"], cwd=guest.ROOT, capture_output=True,
                         stdin=subprocess.DEVNULL, text=True, timeout=60)
    assert out.returncode == 2 and "BOOT is iso or kernel" in out.stderr
