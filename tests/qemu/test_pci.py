# SPDX-License-Identifier: MIT
"""PCI at the monitor: registers by hand, and functions that come and go."""

import re
import subprocess

import pytest

import guest


@pytest.fixture(scope="module")
def session():
    with guest.Guest("pci", f"{guest.Q35} -device pcie-root-port,id=rp1,addr=8,chassis=1",
                     timeout=120) as g:
        g.prompt()
        yield g


# What QEMU's virtio-rng and its root port have there: virtio 1.2, 4.1.2, PCI 3.0 and PCI Express.
@pytest.mark.parametrize("line, says", [
    ("setpci 00:03.0 VENDOR_ID 2.w", "1af4\n1005"),
    ("setpci 00:03.0 VENDOR_ID.l", "10051af4"),
    ("setpci 00:03.0 VENDOR_ID+1.b", "1a"),
    ("setpci 00:08.0 HEADER_TYPE SECONDARY_BUS", "01\n01"),
    ("setpci 00:08.0 CAP_EXP.b CAP10.b 100.w", "10\n10\n0001"),
])
def test_setpci_reads(session, line, says):
    assert session.command(line).strip() == says


def test_setpci_knows_pciutils_registers(session):
    """Each name that Debian's setpci has for a function or a bridge is the same place and width."""
    lines = subprocess.run(["/usr/bin/setpci", "--dumpregs"], capture_output=True, text=True,
                           check=True).stdout.splitlines()[1:]
    names = [line.split() for line in lines if len(line.split()) == 3 and "CB_" not in line]
    assert len(names) > 40
    for where, width, name in names:
        answer = session.command(f"setpci 00:08.0 {name} {where}.{width.lower()}").split()
        assert len(answer) == 2 and answer[0] == answer[1], (name, answer)


def test_setpci_writes_all_or_some_bits(session):
    assert session.command("setpci 00:03.0 INTERRUPT_LINE=05 INTERRUPT_LINE") == "05\n"
    assert session.command("setpci 00:03.0 INTERRUPT_LINE=f0:c0 INTERRUPT_LINE") == "c5\n"


def test_setpci_bus_mastering(session):
    """Without it the disk cannot write to memory, and with it again it can."""
    before = session.command("blk read 0")
    assert before.count("\n") == 32
    command = int(session.command("setpci 00:02.0 COMMAND"), 16)
    assert command & 4
    session.command("setpci 00:02.0 COMMAND=0:4")
    assert int(session.command("setpci 00:02.0 COMMAND"), 16) == command & ~4
    assert "BusMaster-" in session.command("lspci -v -s 00:02.0")
    session.command("setpci 00:02.0 COMMAND=4:4")
    assert int(session.command("setpci 00:02.0 COMMAND"), 16) == command
    assert session.command("blk read 0") == before


@pytest.mark.parametrize("line, says", [
    ("setpci 00:03.0 5.w", "setpci: 2 bytes at 5: not aligned"),
    ("setpci 00:03.0 fe.l", "setpci: 4 bytes at fe: not aligned"),
    ("setpci 00:03.0 100.l", "setpci: 4 bytes at 100: beyond the end of its space"),
    ("setpci 00:08.0 ffc.l+4", "usage:"),
    ("setpci 00:08.0 ffc+4.l", "setpci: 4 bytes at 1000: beyond the end of its space"),
    ("setpci 00:08.0 ffc+ffffffffffffffff.l", "setpci: 4 bytes at 1ffc: beyond"),
    ("setpci 00:08.0 1000.l", "usage:"),
    ("setpci 00:03.0 40", "setpci: 40: its width is missing"),
    ("setpci 00:03.0 INTERRUPT_LINE=100", "setpci: 100 does not fit into 8 bits"),
    ("setpci 00:03.0 COMMAND=0:10000", "setpci: 10000 does not fit into 16 bits"),
    ("setpci 00:03.0 COMMAND=", "usage:"),
    ("setpci 00:03.0 COMMAND.q", "usage:"),
    ("setpci 00:03.0 CAP_EXP+2.w", "setpci: 0000:00:03.0 has no CAP_EXP"),
    ("setpci 00:09.0 COMMAND", "setpci: no function 00:09.0"),
    ("setpci 00:03.0", "usage:"),
])
def test_setpci_refuses(session, line, says):
    register = session.command("setpci 00:03.0 COMMAND INTERRUPT_LINE")
    assert session.command(line).startswith(says)
    assert session.command("setpci 00:03.0 COMMAND INTERRUPT_LINE") == register


# ---- functions that come and go

def holdings(g):
    """What drivers and devices have: a card that came and went must leave all of it as it was."""
    maps = [line for line in g.command("vmallocinfo").splitlines() if "unpurged" not in line]
    # An input of the IO-APIC that nobody has any more is still shown: it has struck.
    owners = [line.split()[-1] for line in g.command("interrupts").splitlines()
              if re.search(r"(fasteoi|edge) +\S", line)]
    return [g.command("iomem"), g.command("ioports"), maps, owners, g.command("lspci"),
            re.findall(r"^virtio\d+ .*", g.command("virtio"), re.M)]


def test_removed_and_found_again():
    """As Linux's remove and rescan in sysfs: the machine's own disk and random numbers."""
    with guest.Guest("removed", guest.Q35, timeout=120) as g:
        g.prompt()
        before, sector = holdings(g), g.command("blk read 0")
        for _ in range(3):
            for address in ("00:02.0", "00:03.0"):
                assert "removed" in g.command(f"pci remove {address}")
                assert g.command(f"lspci -s {address}") == ""
            assert "no disk" in g.command("blk read 0")
            for tree in ("iomem", "ioports"):
                assert not re.search(r"0000:00:0[23]|virtio", g.command(tree))
            assert g.command("pci rescan").endswith("2 functions came, 0 went\n")
            assert g.command("blk read 0") == sector
        assert holdings(g)[3:] == before[3:]
        assert "WARNING" not in g.text


@pytest.mark.parametrize("line, says", [
    ("pci remove 00:1f.0", "pci: ACPI PM1a_EVT_BLK holds [io  0x0600-0x0603]"),
    ("pci remove 00:1e.0", "pci: no function 00:1e.0"),
    ("pci remove xyz", "pci: no function xyz"),
    ("pci remove", "usage:"),
    ("pci insert 00:1f.0", "usage:"),
])
def test_pci_refuses(session, line, says):
    before = session.command("ioports")
    assert session.command(line).startswith(says)
    assert session.command("ioports") == before
