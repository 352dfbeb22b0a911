# SPDX-License-Identifier: MIT
"""PCI at the monitor: registers by hand, and functions that come and go."""

import re
import struct
import subprocess
import time

import pytest

import guest
import register


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


def first_sector(g, disk):
    """Without ends of lines: the clock's, a second after the boot, may have put one more amid."""
    return g.command(f"blk read 0 {disk}").replace("\n", "")


def lspci_facts(text):
    """{address: what both lspcis say of a function, in one form}; windows that are closed are none."""
    facts = {}
    for block in re.split(r"\n(?=\w\w:\w\w\.\d )", text.strip()):
        head = re.match(r"(\S+) (?:Class )?(\w{4}): (\w{4}:\w{4})(?: \(rev (\w\w)\))?(?: \(prog-if (\w\w))?", block)
        bridge = re.search(r"Bus: primary=(\w\w), secondary=(\w\w), subordinate=(\w\w)", block)
        windows = re.findall(r"^\t(.*) behind bridge: (\w+)-(\w+) (\[size=\w+\])", block, re.M)
        facts[head[1]] = [
            head[2], head[3], head[4], head[5] if head[5] != "00" else None,
            re.findall(r"[ \t](I/O|Mem|BusMaster|DisINTx)([+-])", block.partition("\tControl:")[2].partition("\n")[0]),
            re.findall(r"Interrupt: pin ([A-D]) routed to", block),
            re.findall(r"(?:Memory|I/O ports) at (\w+)( \(.*\))?(?: \[size=|$)",
                       re.sub(r".*(?:ROM|Fixed).*", "", block), re.M),
            bridge and bridge.groups(),
            [(kind, int(start, 16), int(end, 16), size) for kind, start, end, size in windows if int(end, 16) > int(start, 16)],
            [int(at, 16) for at in re.findall(r"^\tCapabilities: \[(\w+)", block, re.M)]]
    return facts


def test_lspci_says_what_pciutils_says(tmp_path):
    """Debian's lspci of the bytes that ours prints; how long BARs are the registers of resources know."""
    args = (f"{guest.Q35} -device pcie-root-port,id=p0,chassis=1,slot=1 -device x3130-upstream,id=u0,bus=p0 "
            "-device xio3130-downstream,id=d0,bus=u0,chassis=2,slot=2 -device nvme,bus=d0,serial=1 "
            "-device pci-bridge,id=b0,chassis_nr=4 -device edu,bus=b0,addr=3 -device nec-usb-xhci")
    _, out = guest.run("lspci-says", args, ["lspci -xxxx", "lspci -v", "iomem", "ioports"])
    dump = tmp_path / "dump"
    dump.write_text(out["lspci -xxxx"])
    read = subprocess.run(["/usr/bin/lspci", "-n", "-vv", "-F", dump], capture_output=True, text=True, timeout=20)
    ours, theirs = lspci_facts(out["lspci -v"]), lspci_facts(read.stdout)
    assert ours == theirs and len(ours) > 12
    said = 0
    for address, block in re.findall(r"^(\S+) Class(.*?)\n\n", out["lspci -v"], re.M | re.S):
        for start, size, unit in re.findall(r"\t(?:Memory|I/O ports) at (\w+).* \[size=(\d+)([KM]?)\]", block):
            end = int(start, 16) + (int(size) << {"": 0, "K": 10, "M": 20}[unit]) - 1
            assert re.search(rf"^ *{start}-{end:0{len(start)}x} : 0000:{re.escape(address)}$",
                             out["iomem"] + out["ioports"], re.M), (address, start, size, unit)
            said += 1
    assert said > 12


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

# Ports of a q35 machine are plugged by their own registers, or by ACPI as bus 0 of a pc is.
NATIVE = "-global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"
PORT = "-device pcie-root-port,id=rp1,addr=8,chassis=1,slot=1"
SPARE = f"-blockdev raw,node-name=spare,read-only=on,file.driver=file,file.locking=off,file.filename={guest.DISK}"
PLACES = {  # a machine, what a device is given there, its address
    "port": (f"{guest.Q35} {NATIVE} {PORT}", "bus=rp1", "01:00.0"),
    "pin-port": (f"{guest.Q35} {NATIVE} {PORT.replace('pcie-root-port', 'ioh3420')}", "bus=rp1",
                 "01:00.0"),
    "acpi-port": (f"{guest.Q35} {PORT}", "bus=rp1", "01:00.0"),
    "pc": (guest.PC, "addr=6", "00:06.0"),
}
CARDS = ["virtio-blk-pci,drive=spare", "virtio-rng-pci", "virtio-rng-pci,vectors=0", "edu",
         "pci-serial", "virtio-net-pci"]


def start(name, place, words=""):
    args, where, address = PLACES[place]
    return guest.Guest(name, f"{args} {SPARE}", words, hmp=True, timeout=120), where, address


def hmp(g, line):
    answer = g.hmp(line)
    assert "Error" not in answer, answer


def holdings(g):
    """What drivers and devices have: a card that came and went must leave all of it as it was."""
    # Workers come and go as they are needed, and a few stacks are kept.
    maps = [line for line in g.command("vmallocinfo").splitlines()
            if "unpurged" not in line and "get_thread" not in line]
    # An input of the IO-APIC that nobody has any more is still shown: it has struck.
    owners = [line.split()[-1] for line in g.command("interrupts").splitlines()
              if re.search(r"(fasteoi|edge) +\S", line)]
    functions = re.sub(r"^\[ *\d+\.\d+\] .*\n", "", g.command("lspci"), flags=re.M)  # a message between
    return [g.command("iomem"), g.command("ioports"), maps, owners, functions,
            re.findall(r"^virtio\d+ .*", g.command("virtio"), re.M)]


def plug(g, place, card):
    """device_add, and what was printed until the card is known, of its own accord."""
    here = len(g.text)
    hmp(g, f"device_add {card},{PLACES[place][1]},id=card")
    g.expect(r"PCI: 1 functions came, 0 went\n", here)
    return g.text[here:]


def unplug(g, place, by_button):
    """device_del or `pci eject`; the card is gone from the machine when this returns."""
    address = PLACES[place][2]
    ids = ":".join(g.command(f"setpci {address} VENDOR_ID DEVICE_ID").split())
    here = len(g.text)
    if by_button:
        hmp(g, "device_del card")
        g.expect(rf"{address}: \[{ids}\] removed", here)
        g.command("help pci")  # comes when the monitor waits for keys again
    else:
        g.command(f"pci eject {address}")
    assert f"{address}: [{ids}] removed" in g.text[here:]
    while 'id "card"' in g.hmp("info pci"):  # the port's power goes last, by another thread than ours
        assert time.monotonic() < g.deadline
        time.sleep(0.05)


@pytest.mark.parametrize("place", PLACES)
def test_cards_come_and_go(place):
    g, _, address = start(f"hotplug-{place}", place)
    with g:
        g.prompt()
        before = holdings(g)
        for n, card in enumerate(CARDS):
            if place != "pc" and card == "pci-serial":
                continue  # a PCI card, and the port's slot is PCI Express
            said = plug(g, place, card)
            assert "can't" not in said and "WARNING" not in said
            assert f" : 0000:{address}\n" in g.command("iomem") + g.command("ioports")
            detail = g.command(f"lspci -v -s {address}")
            assert "Kernel driver in use" in detail, detail
            if "blk" in card:
                assert first_sector(g, 1) == first_sector(g, 0)
                assert re.search(rf"^virtio2 0000:{address} blk.*\n(.*\n)*.*completed 2, .*"
                                 "interrupts 2, polled 0", g.command("virtio"), re.M)
            assert g.command("pci rescan").endswith("0 functions came, 0 went\n")
            unplug(g, place, n % 2)
            assert holdings(g) == before
        assert "WARNING" not in g.text


def test_two_cards_come_at_once():
    """The look for the first finds the second, whose event is no wish to have it removed then."""
    ports = f"{PORT} {PORT.replace('rp1,addr=8,chassis=1,slot=1', 'rp2,addr=9,chassis=2,slot=2')}"
    with guest.Guest("two-cards", f"{guest.Q35} {NATIVE} {ports}", hmp=True, timeout=120) as g:
        g.prompt()
        here = g.type("sleep bb8\n")  # three seconds, in which nobody looks at slots
        g.expect(r"sleep bb8\s*\n", here)
        for n in (1, 2):
            hmp(g, f"device_add virtio-rng-pci,bus=rp{n},id=card{n}")
        assert "functions came" not in g.text[here:]
        g.expect(r"PCI: 2 functions came, 0 went\n", here)
        g.expect(r"^terrier> ", here)  # the sleep is over
        assert g.command("pci rescan").endswith("0 functions came, 0 went\n")
        assert "removed" not in g.text[here:]
        assert re.findall(r"^virtio[23] (\S+) rng driver virtio_rng", g.command("virtio"), re.M) \
            == ["0000:01:00.0", "0000:02:00.0"]


def test_slots_that_firmware_keeps_are_left_to_it(session):
    """q35's firmware grants no native hot-plug as long as ACPI plugs its ports (_OSC)."""
    owners = session.command("interrupts")
    assert "pciehp" not in owners and re.search(r"^ *9: .*fasteoi +acpi$", owners, re.M)
    assert "Kernel driver" not in session.command("lspci -v -s 00:08.0")


def test_removed_and_found_again():
    """As Linux's remove and rescan in sysfs: the machine's own disk and random numbers."""
    with guest.Guest("removed", guest.Q35, timeout=120) as g:
        g.prompt()
        before, sector = holdings(g), first_sector(g, 0)
        for _ in range(3):
            for address in ("00:02.0", "00:03.0"):
                assert "removed" in g.command(f"pci remove {address}")
                assert g.command(f"lspci -s {address}") == ""
            assert "no disk" in g.command("blk read 0")
            for tree in ("iomem", "ioports"):
                assert not re.search(r"0000:00:0[23]|virtio", g.command(tree))
            assert g.command("pci rescan").endswith("2 functions came, 0 went\n")
            assert first_sector(g, 0) == sector
        assert holdings(g)[3:] == before[3:]
        assert "WARNING" not in g.text


def test_port_is_removed_and_found_again():
    """With the card in it; windows, interrupts and drivers of both are there again."""
    args = f"{guest.Q35} {NATIVE} {PORT} -device virtio-rng-pci,bus=rp1"
    with guest.Guest("removed-port", args, timeout=120) as g:
        g.prompt()
        before = holdings(g)
        for _ in range(2):
            g.command("pci remove 00:08.0")
            for tree in ("iomem", "ioports"):
                assert not re.search(r"Bus 0000:01|0000:01:00|0000:00:08", g.command(tree))
            assert "pciehp" not in g.command("interrupts")
            assert g.command("pci rescan").endswith("2 functions came, 0 went\n")
        after = holdings(g)
        assert [sorted(owners) for owners in after[3:]] == [sorted(owners) for owners in before[3:]]
        assert len(after[2]) == len(before[2])
        assert "WARNING" not in g.text


def test_card_that_answers_no_more():
    """The port takes the power away: all ones.  Who looks, or asks it for something, notices."""
    g, _, address = start("pulled", "port")
    with g:
        g.prompt()
        before = holdings(g)
        plug(g, "port", "virtio-blk-pci,drive=spare")
        for look in ("lspci", "blk read 0 1", "pci rescan"):
            assert "Kernel driver" in g.command(f"lspci -v -s {address}")
            assert first_sector(g, 1) == first_sector(g, 0)
            # PCI Express 5.0, 7.5.3.10: power off (bit 10), the power indicator on (01 in 9:8).
            g.command("setpci 00:08.0 CAP_EXP+18.w=500:700")
            assert g.command(f"setpci {address} VENDOR_ID.l") == "ffffffff\n"
            here = len(g.text)
            answer = g.command(look)
            g.expect(rf"pci 0000:{address}: answers no more\n(.*\n)*.*{address}: .* removed\n", here)
            if look == "pci rescan":  # it gave it power and found it again
                assert answer.endswith("1 functions came, 1 went\n")
                continue
            if "blk" in look:
                assert "vdb: read at sector 0 failed: ETIMEDOUT " in answer
            assert holdings(g) == before
            assert g.command("pci rescan").endswith("1 functions came, 0 went\n")
        unplug(g, "port", True)
        assert holdings(g) == before
        assert "WARNING" not in g.text


def test_bridge_is_plugged_in():
    """A card that is a bridge, then one behind it: numbers and windows out of its port's."""
    port = f"{NATIVE} {PORT},bus-reserve=3,mem-reserve=8M"
    with guest.Guest("plugged-bridge", f"{guest.Q35} {port}", hmp=True, timeout=120) as g:
        g.prompt()
        before = holdings(g)
        plug(g, "port", "pcie-pci-bridge,msi=off")
        # Command, secondary and subordinate bus; nothing behind it: its windows are closed.
        assert g.command("setpci 01:00.0 COMMAND 19.b 1a.b 1c.w 20.l 24.l") \
            == "0007\n02\n02\n00f0\n0000fff0\n0001fff1\n"
        hmp(g, "device_add virtio-rng-pci,bus=card,addr=1,id=behind")
        assert g.command("pci rescan").endswith("1 functions came, 0 went\n")
        assert re.search(r"^    \w+00000-\w+fffff : PCI Bus 0000:02\n      .* : 0000:02:01.0\n"
                         r"        .* : virtio-pci-modern$", g.command("iomem"), re.M)
        assert "virtio2 0000:02:01.0 rng driver virtio_rng" in g.command("virtio")
        unplug(g, "port", True)
        after = holdings(g)
        # Configuration space of a bus stays mapped.
        after[2] = [line for line in after[2] if line in before[2] or "ecam_map_bus" not in line]
        assert after == before
        assert "WARNING" not in g.text


def test_bridges_on_the_way_pass_requests_on():
    """SeaBIOS leaves bus mastering of a port off behind which it has nothing to boot."""
    args = f"-M q35 -m 512M -nic none {PORT} -device virtio-rng-pci,bus=rp1"
    text, out = guest.run("port-master", args, ["setpci 00:08.0 COMMAND", "virtio"])
    assert "pci 0000:00:08.0: enabling bridge (0103 -> 0107)" in text
    assert out["setpci 00:08.0 COMMAND"].strip() == "0107"
    assert "completed 1, " in out["virtio"]


# Recorded as for the standing machines, by LINUX_WORDS="$PCI_WORDS" tests/parity/linux.sh $SWITCH.
SWITCH = ("-M q35 -m 512M -nic none -device pcie-root-port,id=r0,chassis=1,slot=1 "
          "-device pcie-root-port,id=r1,chassis=2,slot=2 -device e1000e,bus=r1,addr=0 "
          "-device ioh3420,id=rp0,chassis=3,slot=3 -device x3130-upstream,id=up,bus=rp0 "
          "-device xio3130-downstream,id=d0,bus=up,chassis=4,slot=4 "
          "-device xio3130-downstream,id=d1,bus=up,chassis=5,slot=5 -device nvme,serial=b,bus=d1")
PCI_WORDS = ("pci=assign-busses,hpbussize=3,realloc,hpmemsize=16M,hpmmioprefsize=32M,"
             "hpiosize=0x2000,resource_alignment=24@pci:8086:0")


def test_words_of_pci_are_linux_s():
    """Numbers anew, more room for cards to come, BARs that outgrow the windows above them."""
    _, out = guest.run("pci-words", SWITCH, ["iomem", "ioports"], words=PCI_WORDS)
    for which in ("iomem", "ioports"):
        rows = register.parse(out[which])
        register.check_tree(rows)
        assert not register.differences(rows, register.linux_rows("pci-words", which))


# A second segment: its configuration space is RAM, which a line of SSDT and of MCFG call so.
# A third one is in its own _CBA alone.  RAM behind it is an IOMMU, and a board reserves all such chips once more.
ECAM, ECAM_BUSES = 0x10000000, 16
ECAM2 = ECAM + (ECAM_BUSES << 20)
DMAR = ECAM2 + (2 << 20)
RESERVED = f"memmap={ECAM_BUSES + 3}M${ECAM:#x}"
SEGMENT = """DefinitionBlock ("", "SSDT", 2, "TEST", "SEGMENT1", 1) {
    Device (\\_SB.PCS1) {
        Name (_HID, EisaId ("PNP0A08"))
        Name (_CID, EisaId ("PNP0A03"))
        Name (_SEG, 1)
        Name (_CRS, ResourceTemplate () {
            WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0xf, 0, 0x10)
            WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange, 0, 0x4000,
                0x7fff, 0, 0x4000)
            DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite,
                0, 0x20000000, 0x5fffffff, 0, 0x40000000)
            QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Prefetchable, ReadWrite,
                0, 0x1000000000, 0x1fffffffff, 0, 0x1000000000)
        })
    }
    Device (\\_SB.PCS2) {
        Name (_HID, EisaId ("PNP0A08"))
        Name (_CID, EisaId ("PNP0A03"))
        Name (_SEG, 2)
        Name (_CBA, 0x11000000)
        Name (_CRS, ResourceTemplate () {
            WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 1, 0, 2)
            DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite,
                0, 0x60000000, 0x6fffffff, 0, 0x10000000)
        })
    }
    Device (\\_SB.BRD1) {
        Name (_HID, EisaId ("PNP0C02"))
        Name (_CRS, ResourceTemplate () {
            Memory32Fixed (ReadWrite, 0xfec00000, 0x1000)
            Memory32Fixed (ReadWrite, 0xfed00000, 0x400)
            Memory32Fixed (ReadWrite, 0xfee00000, 0x1000)
            Memory32Fixed (ReadWrite, 0x11200000, 0x4000)
        })
    }
}"""


def pretended_functions():
    """Bridges of all kinds, as firmware should and should not leave them: {(bus, slot): fields}."""
    def function(kind, header, numbers=0, windows=(0xF0, 0xFFF0, 0x1FFF1), slot=False, control=0):
        io, memory, pref = windows
        fields = {0: 0x12348086, 4: 0x100007 if slot else 7, 8: kind << 8, 12: header << 16,
                  0x18: numbers}
        if header == 1:
            fields |= {0x1C: io, 0x20: memory, 0x24: pref}
        if slot:
            fields |= {0x34: 0x40, 0x40: 0x01420010, 0x54: 1 << 6}
        return fields | ({0x3C: control << 16} if control else {})

    open_memory = (0xF0, 0x23F02000, 0x1FFF1)
    return {
        (0, 0): function(0x060000, 0),
        (0, 1): function(0x060400, 1, 0x010100, slot=True),
        (0, 2): function(0x060400, 1, 0x070200, open_memory),
        (2, 0): function(0x060400, 1),
        (2, 1): function(0x060700, 2, 0x20050402, control=0x740),
        (0, 3): function(0x060700, 2),
        (0, 4): function(0x060400, 1, 0x0F0800, slot=True),
        (0, 5): function(0x060700, 2, 0x20030201, control=0x740),
        # The last two lines are of the third segment: its bus 0.
        (16, 0): function(0x060000, 0),
        (16, 1): function(0x060400, 1, 0x010100, slot=True),
    }


def make_segment(folder):
    """The arguments that add it; three files in the folder."""
    space = bytearray(b"\xff\xff\xff\xff".ljust(4096, b"\0") * (256 * (ECAM_BUSES + 2)))
    for (bus, slot), fields in pretended_functions().items():
        for where, value in fields.items():
            struct.pack_into("<I", space, (bus << 20 | slot << 15) + where, value)
    (folder / "ecam").write_bytes(space)
    (folder / "mcfg").write_bytes(struct.pack("<8xQHBB4x", ECAM, 1, 0, ECAM_BUSES - 1))
    (folder / "dmar").write_bytes(struct.pack("<BB10xHHBBHQ", 38, 0, 0, 16, 1, 0, 0, DMAR))
    (folder / "ssdt.asl").write_text(SEGMENT)
    subprocess.run(["iasl", folder / "ssdt.asl"], check=True, timeout=30, capture_output=True)
    return (f"-M pc -m 512M -nic none -acpitable sig=MCFG,data={folder}/mcfg "
            f"-acpitable sig=DMAR,data={folder}/dmar -acpitable file={folder}/ssdt.aml "
            f"-device loader,file={folder}/ecam,addr={ECAM:#x},force-raw=on")


def test_segment_and_cardbus_are_linux_s(tmp_path):
    """Recorded with LINUX_WORDS="'memmap=19M$0x10000000'"."""
    _, out = guest.run("pci-segment", make_segment(tmp_path), ["iomem", "ioports", "lspci -t"],
                       words=RESERVED)
    assert "-[0001:00]-+-00.0\n" in out["lspci -t"]
    for which in ("iomem", "ioports"):
        rows = register.parse(out[which])
        register.check_tree(rows)
        assert not register.differences(rows, register.linux_rows("pci-segment", which))


@pytest.mark.parametrize("line, says", [
    ("pci remove 00:1f.0", "pci: ACPI PM1a_EVT_BLK holds [io  0x0600-0x0603]"),
    ("pci remove 00:1e.0", "pci: no function 00:1e.0"),
    ("pci remove xyz", "pci: no function xyz"),
    ("pci remove", "usage:"),
    ("pci insert 00:1f.0", "usage:"),
])
def test_pci_refuses(session, line, says):
    def ports():  # and no message of the kernel's, which may come amid them
        return re.findall(r"^ *[0-9a-f]{4}-[0-9a-f]{4} : .*", session.command("ioports"), re.M)

    before = ports()
    assert session.command(line).startswith(says)
    assert ports() == before


def test_eject_without_a_way(session):
    answer = session.command("pci eject 00:1f.2")
    assert "0000:00:1f.2: neither its port nor firmware can let it go" in answer
    assert "EOPNOTSUPP" in answer
    assert "1f.2" in session.command("lspci -s 00:1f.2")
