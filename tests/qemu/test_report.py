# SPDX-License-Identifier: MIT
"""The page of `make report`: what it is made of, and how it looks and works in Chromium.

`make report-built` boots a machine, its page is opened from disk, and a person's questions are asked of it: by
pointer, by keys, in both schemes of colours.  The screenshots stay in build/logs.
"""

import json
import os
import subprocess
import sys

import pytest

import chromium
import guest

sys.path[:0] = [str(guest.ROOT / "kernel/monitor/report")]

import report  # noqa: E402

MACHINE = ("-M q35 -m 512M -smp 2 -device edu "
           "-device pcie-root-port,id=port0,chassis=1 -device virtio-rng-pci,bus=port0")
PAGE = guest.LOGS / "report.html"
SECTIONS = ["memory", "ports", "virtual", "owners", "boot", "interrupts", "pci", "acpi", "parity"]
# As parity.py keeps it; a line that would end the script, were it not escaped.
PARITY = [{"name": "machine", "args": "-M q35", "verdict": "differ", "same": 1, "total": 3, "notes": [],
           "differ": {"iomem": ["- 00000000-00000fff : </script><b>Linux</b>", "+ 00000000-00000fff : ours"],
                      "ioports": []},
           "qemu": {"iomem": [["agree", "fed00000-fed003ff : HPET 0"], ["kernel only", "00000000-0 : x"]],
                    "ioports": []}, "why": None}]


def rows(resource):
    """All that is beneath the root."""
    for child in resource["children"]:
        yield child
        yield from rows(child)


@pytest.fixture(scope="module")
def told():
    """All that the page knows, and what stands for parity's words."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    subprocess.run(["make", "-s", "report-built", f"MACHINE={MACHINE}", "BOOT=kernel"], check=True,
                   cwd=guest.ROOT, env=env, timeout=60, stdout=subprocess.DEVNULL)
    said, counted, kept = [report.read(guest.BUILD / name)
                           for name in ("report.txt", "report-counted.txt", "parity.json")]
    assert (guest.BUILD / "report.html").read_text() == \
        report.page(report.collect(said, MACHINE, counted, kept))
    return report.collect(said, MACHINE, counted, json.dumps(PARITY))


@pytest.fixture(scope="module")
def page(told):
    """The page, open."""
    if not chromium.NAME:
        pytest.skip("chromium is not installed (Debian's package of that name)")
    PAGE.write_text(report.page(told))
    with chromium.Chromium() as browser:
        browser.colours("light")
        browser.open(PAGE)
        yield browser


# ---------------------------------------------------------------- without a browser

def test_a_message_in_the_midst_is_left_out():
    log = '=== a -j\n{"x": [    0.250000] ACPI: a link\n1,\n[   12.000000] tsc: late\n"y": [0.5]}\n=== end\n'
    assert report.answers(log, ["a"]) == {"a": {"x": 1, "y": [0.5]}}


@pytest.mark.parametrize("log", ["", "=== a -j\n{\n", "panic\n"])
def test_a_machine_that_does_not_answer_is_told_of(log):
    with pytest.raises(SystemExit, match="did not say a -j"):
        report.answers(log, ["a"])


def test_the_page_asks_nobody(told):
    text = report.page(told)
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert text.count("</script>") == 2 and "/*DATA*/" not in text


# ---------------------------------------------------------------- what is there

def test_each_part_is_there_and_nothing_is_wrong(page):
    assert page.run("[...document.querySelectorAll('main > section')].map((s) => s.id)") == SECTIONS
    assert page.run("[...document.querySelectorAll('nav a')].map((a) => a.hash)") == [f"#{s}" for s in SECTIONS]
    assert page.errors == []


@pytest.mark.parametrize("part, command", [("memory", "iomem"), ("ports", "ioports")])
def test_each_resource_is_a_parcel_and_a_row(page, told, part, command):
    wanted = [row["name"] for row in rows(told[command]["root"])]
    labels = page.run(f"[...document.querySelectorAll('#{part} .parcel')].map((p) => p.getAttribute('aria-label'))")
    assert [label.split(", ")[0] for label in labels] == wanted
    cells = page.run(f"[...document.querySelector('#{part} table').querySelectorAll('tbody tr')]"
                     ".map((r) => r.cells[2].textContent.trim())")
    assert cells == wanted


def count(page, selector):
    return page.run(f"document.querySelectorAll({json.dumps(selector)}).length")


def test_the_other_parts_hold_what_was_told(page, told):
    handled = [irq for irq in told["interrupts"]["irqs"] if irq["handlers"]]
    assert count(page, "#interrupts .chain") == len(handled) > 5
    devices = [device for bus in told["lspci"]["buses"] for device in bus["devices"]]
    assert count(page, "#pci .card") == len(devices) and count(page, "#pci .bus") == 2
    assert count(page, "#pci .bus .card.bridge .bus .card") == 1  # a device behind the port
    assert count(page, "#acpi [data-path]") == len(told["acpi"]["nodes"]) - 1  # but the root
    assert count(page, "#boot table tbody tr") == len(told["bootstage"]["stages"])
    used = [owner for owner in told["page_owner"]["owners"] if owner["use"] != "free"]
    assert count(page, "#owners .treemap rect") == len(used)
    regions = [region for region in told["pagetables"]["regions"] if int(region["start"], 16) >> 63]
    assert count(page, "#virtual .parcel[aria-level='1']") == len(regions)
    assert page.run("document.querySelector('#parity pre').textContent").splitlines() == \
        [f"iomem: {line}" for line in PARITY[0]["differ"]["iomem"]]


def test_instructions_are_beside_the_time(page, told):
    text = page.run("document.getElementById('boot').textContent").replace("\u202f", "")
    assert f"{told['instructions']['ticks']} instructions" in text
    assert "instructions" not in report.page({**told, "instructions": None}).partition("<script")[0]


# ---------------------------------------------------------------- how it works

def detail(page, part="memory"):
    return page.run(f"document.querySelector('#{part} .detail').innerText")


def widths(page):
    return page.run("[...document.querySelectorAll('#memory .parcel rect')].map((r) => r.getBBox().width)")


def test_pointing_at_a_parcel_tells_all(page, told):
    page.point("#memory .parcel[aria-label^='HPET 0,']")
    said = detail(page)
    hpet = next(row for row in rows(told["iomem"]["root"]) if row["name"] == "HPET 0")
    for word in ("HPET 0", "fed00000-fed003ff", "1 KiB", "the board's", " ".join(hpet["flags"]),
                 "hpet_insert_resource", f"{hpet['at']:.6f} s"):
        assert word in said
    page.point("#memory .parcel[aria-label^='PNP0103:00,']")
    assert "in HPET 0" in detail(page) and "uncached" in detail(page)  # where it is mapped


def test_sizes_are_logarithmic_or_linear(page, told):
    parcels = list(rows(told["iomem"]["root"]))
    last = int(told["iomem"]["root"]["end"], 16) + 1
    assert min(widths(page)) > 3  # each can be seen
    page.run("document.querySelector('#memory input[value=linear]').click()")
    wide = page.run("document.querySelector('#memory .map').clientWidth")
    for row, width in zip(parcels, widths(page)):
        share = (int(row["end"], 16) + 1 - int(row["start"], 16)) / last
        assert abs(width - max(share * wide, 1.2)) < 5, row["name"]
    page.run("document.querySelector('#memory input[value=logarithmic]').click()")
    assert min(widths(page)) > 3


def test_search_finds_names_and_addresses(page):
    page.run("document.querySelector('#memory input[type=search]').focus()")
    page.type("fee00010")
    assert page.run("document.querySelector('#memory output').value") == "1 parcel"
    assert detail(page).startswith("Local APIC")
    page.run("document.querySelector('#memory input[type=search]').select()")
    page.type("virtio")
    before = widths(page)
    page.key("Enter")  # to the first one, alone
    assert page.run("document.querySelector('#memory output').value") == "1 of 3"
    assert "virtio-pci" in detail(page) and max(widths(page)) > max(before)
    page.run("document.querySelector('#memory input[type=search]').select()")
    page.type("nothing such")
    assert page.run("document.querySelector('#memory output').value") == "0 parcels"
    page.run("(() => { const i = document.querySelector('#memory input[type=search]'); i.value = '';"
             " i.dispatchEvent(new Event('input')); })()")


def test_keys_reach_every_parcel(page):
    page.run("document.querySelector('#memory .parcel[tabindex=\"0\"]').focus()")
    page.key("0")
    page.key("End")
    assert detail(page).startswith("Reserved\n") and "at the top" in detail(page)
    page.key("Home")
    assert detail(page).startswith("Reserved\n") and "00000000-00000fff" in detail(page)
    page.key("ArrowRight")
    assert detail(page).startswith("System RAM")
    page.run("document.querySelector('#memory .parcel[aria-label^=\"HPET 0,\"]').focus()")
    page.key("ArrowDown")
    assert detail(page).startswith("PNP0103:00")
    before = widths(page)
    page.key("+")
    assert sum(widths(page)) > sum(before)
    page.key("0")
    page.key("ArrowUp")
    assert detail(page).startswith("HPET 0")


def test_a_bar_leads_to_its_parcel(page):
    page.run("document.querySelector('#pci .bar.mem button').click()")
    assert detail(page).startswith("0000:00:") and page.run("scrollY") < 2000


def test_names_of_acpi_are_filtered(page):
    page.run("document.querySelector('#acpi input').focus()")
    page.type("PNP0103")
    shown = page.run("[...document.querySelectorAll('#acpi [data-path]')].filter((e) => !e.hidden)"
                     ".map((e) => e.dataset.path)")
    assert "\\_SB_.HPET" in shown and len(shown) < 6


# ---------------------------------------------------------------- who can read it

# Contrast as WCAG 2.1 counts it (1.4.3): of ink on what it stands on.
CONTRAST = """(() => {
  const probe = document.body.appendChild(document.createElement("i"));
  const light = (colour) => {
    probe.style.color = colour;
    const parts = getComputedStyle(probe).color.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const on = (ink, grounds) => grounds.map((g) => [ink, g, ratio(`var(--${ink})`, `var(--${g})`)]);
  const found = [...on("ink", ["paper", "sheet", "sunk", "ram", "kernel", "firmware", "rom", "window", "device",
                               "driver", "board", "plain"]),
                 ...on("soft", ["paper", "sheet", "sunk"]), ...on("accent", ["paper", "sheet", "sunk"])];
  probe.remove();
  return found;
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_schemes_have_contrast(page, scheme):
    page.colours(scheme)
    page.open(PAGE)  # as it is before anybody touched it
    for ink, ground, ratio in page.run(CONTRAST):
        assert ratio >= 4.5, (ink, ground, ratio)
    picture = guest.LOGS / f"report-{scheme}.png"
    page.picture(picture)
    assert picture.stat().st_size > 100_000  # not a blank sheet
    page.colours("light")


def test_the_switch_wins_over_the_system(page):
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.run(ground)
    page.run("document.querySelector('#theme input[value=dark]').click()")
    assert page.run(ground) != light
    page.run("document.querySelector('#theme input[value=\"light dark\"]').click()")
    assert page.run(ground) == light


def test_it_is_readable_without_colour_and_without_pictures(page):
    marks = page.run("[...document.querySelectorAll('pattern')].map((p) => p.getAttribute('patternTransform') +"
                     " [...p.children].slice(1).map((c) => c.outerHTML).join())")
    assert len(marks) - len(set(marks)) == 1  # RAM and the plain one: each has its place
    unnamed = page.run("[...document.querySelectorAll('main svg')].filter((s) => !s.getAttribute('aria-label') &&"
                       " s.getAttribute('aria-hidden') !== 'true').length")
    assert unnamed == 0
    pictures = page.run("[...document.querySelectorAll('main > section')]"
                        ".filter((s) => s.querySelector('svg') && !s.querySelector('table')).length")
    assert pictures == 0
    assert page.run("[...document.querySelectorAll('input, button')].every((e) => e.closest('label') ||"
                    " e.textContent)")
    assert page.errors == []
