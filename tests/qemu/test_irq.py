# SPDX-License-Identifier: MIT
"""Interrupts: as Linux shows them, at the IOAPIC's pins, and from CPU to CPU."""

import re

import pytest

import guest

SMP4 = "-accel tcg,thread=multi -smp 4"
SUITES = ["irq", "irq_thread", "pins", "ioapic", "lapic"]


def lines(text, cpus):
    """{what stands before the colon: (the counts, the rest to the letter)}, in order."""
    found = {}
    for line in text.splitlines()[1:]:
        label, colon, rest = line.partition(":")
        columns = 1 if label.strip() in ("ERR", "MIS") else cpus
        counts, rest = rest[:11 * columns + (columns == cpus)], rest[11 * columns + 1:]
        assert colon and re.fullmatch(r"( +\d+){%d} ?" % columns, counts), line
        found[label] = ([int(n) for n in counts.split()], rest)
    return found


def test_interrupts_are_linux_s():
    """linux/interrupts-smp4.txt is what Debian's 6.1 prints on the same machine: the same head,
    the same order, and of what both have the same line but for its counts."""
    linux = (guest.MACHINES.parent / "linux/interrupts-smp4.txt").read_text()
    _, out = guest.run("interrupts", "-M q35 -m 1G -nic none -device virtio-rng-pci " + SMP4,
                       ["interrupts"], timeout=120)
    ours = out["interrupts"]
    assert ours.splitlines()[0] == linux.splitlines()[0]
    ours, theirs = lines(ours, 4), lines(linux, 4)
    both = [label for label in theirs if label in ours]
    assert both == list(ours), "a line that Linux has not, or in another place"
    for label in both:
        assert ours[label][1].rstrip() == theirs[label][1].rstrip(), label
    assert {"  0", "  4", "  9", " 24", " 25", "NMI", "LOC", "SPU", "RES", "CAL", "TLB", "MCE", "ERR",
            "MIS"} <= set(both)
    assert sum(ours[" 25"][0]) >= 1 and sum(ours["CAL"][0]) >= 1


@pytest.mark.parametrize("version", ["0x20", "0x11"])
def test_pins(version):
    """With the EOI register and without: nothing is lost, doubled or astray, nothing is skipped."""
    args = f"{guest.Q35} {SMP4} -device pc-testdev -global ioapic.version={version}"
    _, out = guest.run(f"pins-{version}", args,
                       [f"selftest {suite}" for suite in SUITES] + ["interrupts", "ioapic"], timeout=300)
    for suite in SUITES:
        assert re.search(r"^# pass:\d+ fail:0 skip:0$", out[f"selftest {suite}"], re.M), \
            out[f"selftest {suite}"]
    assert f"version {version}" in out["ioapic"] and out["ioapic"].endswith("0 faults\n")
    assert lines(out["interrupts"], 4)["MIS"][0] == [2]  # one that was, of pins; one that irq played


def test_affinity():
    """The disk's queue is moved, and strikes the CPU that it was moved to and no other."""
    with guest.Guest("affinity", f"{guest.Q35} {SMP4}", timeout=120) as g:
        g.prompt()
        irq = re.search(r"^ *(\d+): .*-req\.0$", g.command("affinity"), re.M)[1]
        for cpu in (2, 0, 3):
            assert g.command(f"affinity {irq} {cpu}").split("\n")[1:] in ([], [""])
            assert re.search(rf"^ *{irq}: CPU {cpu} vector 0x[0-9a-f]+ of CPUs {cpu} ",
                             g.command(f"affinity {irq}"), re.M)
            before = lines(g.command("interrupts").partition("\n")[2], 4)[f"{irq:>3}"][0]
            g.command("selftest virtio.disk_interrupts")
            after = lines(g.command("interrupts").partition("\n")[2], 4)[f"{irq:>3}"][0]
            assert [n for n in range(4) if after[n] != before[n]] == [cpu]
        assert "none of these CPUs is online" in g.command(f"affinity {irq} 9")
        assert "its owner wants it there" in g.command("affinity 0 1")
        assert "is no list of CPUs" in g.command(f"affinity {irq} 1-")
        assert "no irq 3000" in g.command("affinity 3000")


def test_spread():
    """Each queue of a device has a message of its own, on a CPU of its own while there are some."""
    args = f"-M q35 -m 512M -nic none {SMP4} -device virtio-rng-pci -device virtio-rng-pci"
    _, out = guest.run("spread", args, ["affinity"], timeout=120)
    used = re.findall(r"^ *\d+: CPU (\d) .*virtio\d-", out["affinity"], re.M)
    assert len(used) == 4 and len(set(used)) >= 3, out["affinity"]


def test_audit_of_pins():
    """What MADT and _PRT say stands beside each entry; one that is changed is found."""
    with guest.Guest("audit", guest.Q35 + " -device virtio-rng-pci,vectors=0",
                     cmdline="iomem=relaxed", timeout=60, audit=False) as g:
        g.prompt()
        out = g.command("ioapic")
        assert re.search(r"^ +10: .*masked, irq 10 .*ISA irq 10 by MADT: level high$", out, re.M), out
        assert re.search(r"^ +\d+: .*level high, irq \d+ .*, PCI by _PRT: level high$", out, re.M), out
        assert len(re.findall("PCI by _PRT: level high", out)) == 8 and "\n0 faults" in out
        g.command("mw.l fec00000 24")  # pin 10's low half: an edge of another polarity
        g.command("mw.l fec00010 12039")
        out = g.command("ioapic")
        assert re.search(r"^ +10: .*edge low masked, irq 10 .*level high WRONG MODE$", out, re.M), out
        assert "\n1 fault\n" in out
        assert re.match(r"audit: pins: IOAPIC 0, pin 10, GSI 10: WRONG MODE$", g.command("audit pins"), re.M)


def test_msi():
    """One message, without a mask of its own: to each CPU, and a hot-plug port's."""
    args = (f"{guest.Q35} {SMP4} -device edu -device ioh3420,id=r1,slot=1 "
            "-global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off")
    _, out = guest.run("msi", args, ["interrupts", "selftest pci"], timeout=120)
    assert re.search(r"^ok \d+ pci.edu_interrupts_by_its_message$", out["selftest pci"], re.M), out
    assert "fail:0" in out["selftest pci"]
    assert re.search(r" PCI-MSI \d+-edge +pciehp$", out["interrupts"], re.M), out["interrupts"]
