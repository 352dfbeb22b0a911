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
