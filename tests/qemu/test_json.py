# SPDX-License-Identifier: MIT
"""What commands tell programs by -j: as COMMAND.schema.json beside each says, and as they tell people.

One guest, with a little of everything: bridges, two CPUs, drivers with and without MSI-X.
"""

import json
import re

import pytest

import guest
import schema

MACHINE = (f"-M q35 -m 512M -smp 2 -nic none {guest.DISK_ARGS} -device edu "
           "-device pcie-root-port,id=port0,chassis=1 -device e1000e,bus=port0 "
           "-device pcie-root-port,id=port1,chassis=2 -device pcie-pci-bridge,id=bridge,bus=port1 "
           "-device virtio-rng-pci,bus=bridge,addr=1 -device pcie-root-port,id=port2,chassis=3")
SCHEMAS = {path.name.partition(".")[0]: path
           for room in ("kernel", "mm", "drivers") for path in (guest.ROOT / room).rglob("*.schema.json")}


@pytest.fixture(scope="module")
def session():
    with guest.Guest("json", MACHINE, timeout=60) as g:
        g.prompt()
        yield g


@pytest.fixture(scope="module")
def told(session):
    """By command, what -j printed."""
    return {command: json.loads(session.command(f"{command} -j")) for command in SCHEMAS}


@pytest.mark.parametrize("command", SCHEMAS)
def test_is_as_its_schema_says(told, command):
    schema.check(told[command], json.loads(SCHEMAS[command].read_text()))


# ---------------------------------------------------------------- bootstage

def test_stages_fill_the_boot(session, told):
    boot = told["bootstage"]
    at = 0
    for stage in boot["stages"]:
        assert stage["start_ticks"] == at
        at += stage["ticks"]
    assert at == boot["ticks"] == int(re.search(r"Boot: (\d+) TSC ticks", session.text)[1])
    assert len({stage["name"] for stage in boot["stages"]}) == len(boot["stages"]) > 20
    said = session.command("bootstage").splitlines()
    assert [line[:32].rstrip() for line in said[1:-1]] == [stage["name"] for stage in boot["stages"]]
    assert boot["hz"] and abs(boot["seconds"] - boot["ticks"] / boot["hz"]) < 2e-6


# ---------------------------------------------------------------- memory

def spans(regions):
    """What is mapped, from start to end (exclusive)."""
    for region in regions:
        for mapped in region["ranges"]:
            yield int(mapped["start"], 16), int(mapped["last"], 16) + 1, mapped["level"]


def test_page_tables_are_the_dump(session, told):
    regions = told["pagetables"]["regions"]
    said = session.command("pagetables")
    assert [region["name"] for region in regions] == re.findall(r"^---\[ (.*) \]---$", said, re.M)
    # Of one without a flag, nothing is mapped.
    lines = re.findall(r"^0x(\w+)-0x(\w+) .* (?:NX|x) +(p[mug]d|pte)$", said, re.M)
    assert list(spans(regions)) == [(int(start, 16), int(end, 16) or 1 << 64, level)
                                    for start, end, level in lines]
    image = {(r["writable"], r["executable"]) for region in regions for r in region["ranges"]
             if region["name"] == "High Kernel Mapping"}
    assert image == {(False, True), (False, False), (True, False)}


def test_areas_are_vmallocinfos(session, told):
    areas = told["vmallocinfo"]["areas"]
    said = re.findall(r"^0x(\w+)-0x(\w+) +(\d+) (.*)$", session.command("vmallocinfo"), re.M)
    assert [(int(a["start"], 16), int(a["size"], 16)) for a in areas] == \
        [(int(start, 16), int(size)) for start, _, size, _ in said]
    for area, (*_, text) in zip(areas, said):
        words = {"idle": "unpurged vm_area"}.get(area["kind"], area["kind"])
        assert text.endswith(words) or f" {words} " in text
        assert text.startswith(area.get("by", ""))
        assert "physical" not in area or int(area["physical"], 16) == int(
            re.search(r"phys=(\S+)", text)[1], 16)


def test_all_ram_has_an_owner(session, told):
    owners = told["page_owner"]["owners"]
    counters = dict(re.findall(r"^(\S+) (\d+)$", session.command("vmstat"), re.M))
    by_use = {}
    for owner in owners:
        by_use[owner["use"]] = by_use.get(owner["use"], 0) + owner["pages"]
    assert sum(by_use.values()) == told["page_owner"]["pages"]
    # Meanwhile a page may have come or gone; and the descriptors of slabs are "pages" here.
    for pages, counter in ((by_use["slab"] + by_use["kmalloc"], "nr_slab_unreclaimable"),
                           (by_use["free"], "nr_free_pages")):
        assert abs(pages - int(counters[counter])) <= 16, counter
    assert 0 < by_use["page table"] <= int(counters["nr_page_table_pages"])
    names = {owner["whose"] for owner in owners}
    assert {"the kernel's image", "new_inode", None} <= names and "others" not in by_use
    said = session.command("page_owner").splitlines()
    assert f"{told['page_owner']['pages']:8} " in said[-1] and max(map(len, said)) <= 80


def test_caches_are_slabinfos(session, told):
    said = dict(re.findall(r"^(\S+) +\d+ +(\d+) +\d+ ", session.command("slabinfo"), re.M))
    caches = told["slabinfo"]["caches"]
    assert [cache["name"] for cache in caches] == list(said)
    assert all(cache["used"] <= cache["objects"] for cache in caches)
    slab = sum(owner["pages"] for owner in told["page_owner"]["owners"] if owner["use"] == "slab")
    assert abs(sum(cache["pages"] for cache in caches) - slab) <= 16


# ---------------------------------------------------------------- interrupts, PCI, ACPI

def test_irqs_are_what_interrupts_says(session, told):
    said = session.command("interrupts")
    rows = {int(irq): (chip, int(hwirq), names) for irq, chip, hwirq, names in re.findall(
        r"^ *(\d+): (?: *\d+ ){2} +(\S+) +(\d+)-\w+ +(.*)$", said, re.M)}
    irqs = {irq["irq"]: irq for irq in told["interrupts"]["irqs"]}
    assert rows.keys() <= irqs.keys() and told["interrupts"]["cpus"] == [0, 1]
    for irq, (chip, hwirq, names) in rows.items():
        assert (irqs[irq]["chip"], irqs[irq]["hwirq"]) == (chip, hwirq)
        assert ", ".join(handler["name"] for handler in irqs[irq]["handlers"]) == names
    functions = {h["function"] for irq in irqs.values() for h in irq["handlers"]}
    assert {"serial_irq", "hpet_event_interrupt", "acpi_sci"} <= functions
    assert {local["label"] for local in told["interrupts"]["local"]} >= {"LOC", "RES", "CAL"}


def test_pins_lead_to_irqs(session, told):
    [ioapic] = told["ioapic"]["ioapics"]
    pins = {pin["pin"]: pin for pin in ioapic["pins"]}
    assert len(pins) == 24 and ioapic["address"] == "0xfec00000"
    assert pins[2]["irq"] == 0 and pins[2]["isa"] == [0]  # the override that each PC has
    for pin, entry, text in re.findall(r"^ *(\d+): (\w{16}) (.*?)(?:, |$)",
                                       session.command("ioapic"), re.M):
        assert int(pins[int(pin)]["entry"], 16) == int(entry, 16)
        assert text.startswith(pins[int(pin)]["text"])
    by_irq = {irq["irq"]: irq for irq in told["interrupts"]["irqs"]}
    assert all(by_irq[pin["irq"]]["hwirq"] == number for number, pin in pins.items() if "irq" in pin)


def test_buses_are_lspcis(session, told):
    buses = told["lspci"]["buses"]
    devices = {device["name"]: device for bus in buses for device in bus["devices"]}
    said = dict(re.findall(r"^(\S+) Class \w{4}: (\w{4}:\w{4})", session.command("lspci"), re.M))
    assert {name.removeprefix("0000:"): f"{int(d['vendor'], 16):04x}:{int(d['device'], 16):04x}"
            for name, d in devices.items()} == said
    assert [bus["bridge"] for bus in buses if bus["number"] == 0] == [None]
    known = set()
    for bus in buses:
        assert bus["bridge"] is None or bus["bridge"] in known
        known |= {device["name"] for device in bus["devices"]}
        for device in bus["devices"]:  # what has a place has it in a window
            for res in device["resources"]:
                space = (res["space"], int(res["start"], 16), int(res["end"], 16))
                assert not res["assigned"] or res["kind"] == "fixed" or any(
                    space[0] == w["space"] and int(w["start"], 16) <= space[1] and
                    space[2] <= int(w["end"], 16) for w in bus["windows"]), (device["name"], res)
    drivers = {device["driver"] for device in devices.values()}
    assert {"virtio-pci", "edu", None} <= drivers
    pins = re.findall(r"pin ([A-D]) routed to IRQ (\d+)$", session.command("lspci -v"), re.M)
    assert pins == [("?ABCD"[d["pin"]], str(d["irq"])) for bus in buses for d in bus["devices"]
                    if "pin" in d]
    # A message's is what interrupts names; q35's slot 2 is wired to GSI 22 (tests/user/linux/sysfs.txt); e1000e has no driver.
    [edu_irq] = re.findall(r"^ *(\d+): .*  edu$", session.command("interrupts"), re.M)
    assert [d["irq"] for d in devices.values() if d["driver"] == "edu"] == [int(edu_irq)]
    assert devices["0000:00:02.0"]["driver"] == "virtio-pci" and devices["0000:00:02.0"]["irq"] == 22
    assert all(d["irq"] == d["line"] for d in devices.values() if "pin" in d and not d["driver"])


def test_namespace_is_the_dump(session, told):
    nodes = told["acpi"]["nodes"]
    assert [" ".join(filter(None, (n["path"], n["type"], n["text"]))) for n in nodes] == \
        session.command("acpi \\").splitlines()
    tables = [table["signature"] for table in told["acpi"]["tables"]]
    assert tables == [line.split()[0] for line in session.command("acpi").splitlines()
                      if line.split()[0] in tables]
    assert {"FACP", "APIC", "MCFG", "DSDT"} <= set(tables)
