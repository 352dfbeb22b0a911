# SPDX-License-Identifier: MIT
"""What the monitor tells of memory: types, page tables, single addresses.

The page tables are held against QEMU's own walk of them: two views of one kernel could
agree with each other and both be wrong.
"""

import re

import pytest

import guest

LINE = re.compile(r"0x([0-9a-f]{16})-0x([0-9a-f]{16}) +\d+[BKMGTPE] (.{30})(pte|pmd|pud|pgd)$")


@pytest.fixture(scope="module")
def session():
    with guest.Guest("mm", guest.Q35, "iomem=relaxed", timeout=120, hmp=True) as g:
        g.prompt()
        yield g


def ranges(text):
    """(start, end, flags) of what is mapped, by a pagetables dump."""
    lines = [LINE.match(line) for line in text.splitlines() if line.startswith("0x")]
    assert lines and all(lines), text
    return [(int(m[1], 16), int(m[2], 16), m[3]) for m in lines if m[3].strip()]


def test_mtrr_is_what_linux_prints(session):
    """As /proc/mtrr of Linux on this machine."""
    assert session.command("mtrr") == \
        "reg00: base=0x0c0000000 ( 3072MB), size= 1024MB, count=1: uncachable\n"


def test_memtype_list(session):
    lines = session.command("memtype").splitlines()
    assert lines[0] == "PAT memtype list:"
    form = re.compile(r"PAT: \[mem 0x([0-9a-f]{16})-0x([0-9a-f]{16})\] [a-z-]+$")
    found = [form.match(line) for line in lines[1:]]
    assert all(found)
    starts = [int(m[1], 16) for m in found]
    assert starts == sorted(starts)
    assert "PAT: [mem 0x00000000fed00000-0x00000000fed01000] uncached-minus" in lines
    assert not [line for line in lines if "write-back" in line and "0x00000000f" in line]


def test_md_maps_as_it_is_mapped(session):
    """A table of ACPI's, which the kernel holds as write-back: read, not refused."""
    start = re.search(r"mem 0x0*([0-9a-f]+)-.* write-back", session.command("memtype"))[1]
    assert re.search(rf"^{start}: [0-9a-f]{{8}} ", session.command(f"md {start} 4"), re.M)


def test_pagetables_names_each_region_once(session):
    text = session.command("pagetables")
    assert re.findall(r"^---\[ (.*) \]---$", text, re.M) == [
        "User Space", "Kernel Space", "Low Kernel Mapping", "vmalloc() Area", "Vmemmap",
        "High Kernel Mapping", "Fixmap Area"]
    assert not [r for r in ranges(text) if "RW" in r[2] and "NX" not in r[2]]


PRESENT, WRITABLE, LARGE, NO_EXECUTE = 1, 1 << 1, 1 << 7, 1 << 63
ADDRESS = 0x000ffffffffff000


def entry_of(session, va, size):
    """Where the page table entry lies that maps va with a page of that size, and its value."""
    table = int(re.search(r"CR3=(\w+)", session.hmp("info registers"))[1], 16) & ADDRESS
    for shift in (39, 30, 21, 12):
        where = table + 8 * (va >> shift & 511)
        value = int(session.command(f"md.q {where:x} 1").split()[1], 16)
        assert value & PRESENT
        if shift == 12 or value & LARGE:
            assert size == 1 << shift
            return where, value
        table = value & ADDRESS


# A large page and a small one of the direct map, and code of the image; what is flipped in each.
BREACHES = [("pmd", "RW", "Low Kernel Mapping", NO_EXECUTE),
            ("pte", "RW", "Low Kernel Mapping", NO_EXECUTE),
            ("pte", "x", "High Kernel Mapping", WRITABLE)]


@pytest.mark.parametrize("level,right,region,bit", BREACHES)
def test_pagetables_fails_on_writable_and_executable(session, level, right, region, bit):
    size = {"pte": 4096, "pmd": 2 << 20}[level]
    text = session.command("pagetables")
    lines = text.split(f"---[ {region} ]---\n")[1].splitlines()
    found = next(m for m in map(LINE.match, lines) if m[4] == level and right in m[3].split())
    va = int(found[1], 16)
    where, value = entry_of(session, va, size)
    session.command(f"mw.q {where:x} {value ^ bit:x} 1")
    broken = session.command("pagetables")
    session.command(f"mw.q {where:x} {value:x} 1")
    line = rf"^0x{va:016x}-0x{va + size:016x} .* RW .* x +{level}\n\*\*\* writable and exec"
    assert re.search(line, broken, re.M)
    assert f"\npagetables: {size // 4096} pages are writable and executable\n" in broken
    assert broken.rstrip().endswith("pagetables: failed: EPERM")
    assert session.command("pagetables") == text


# What a slip of the hand leaves: an entry that refers to page 0, to a hole of the bus, to no address.
@pytest.mark.parametrize("entry,why", [
    (PRESENT, "refers to a table outside of RAM"),
    (0xfec00000 | PRESENT | WRITABLE, "refers to a table outside of RAM"),
    (1 << 51 | PRESENT, "has reserved bits set"),
    (0x1000, "is neither empty nor present")])
def test_a_broken_entry_is_shown_and_not_followed(session, entry, why):
    text = session.command("pagetables")
    lines = text.split("---[ vmalloc() Area ]---\n")[1].splitlines()
    free = next(m for m in map(LINE.match, lines) if m[4] == "pmd" and not m[3].strip())
    va = int(free[1], 16)
    where = int(re.search(r"CR3=(\w+)", session.hmp("info registers"))[1], 16) & ADDRESS
    for shift in (39, 30):
        where = int(session.command(f"md.q {where + 8 * (va >> shift & 511):x} 1").split()[1], 16)
        where &= ADDRESS
    where += 8 * (va >> 21 & 511)
    session.command(f"mw.q {where:x} {entry:x} 1")
    broken = session.command("pagetables")
    whatis = session.command(f"whatis {va:x}")
    session.command(f"mw.q {where:x} 0 1")
    assert f"\n*** the entry 0x{entry:016x} of level 2 {why}: not followed ***\n" in broken
    assert f"0x{va:016x}-0x{va + (2 << 20):016x} " in broken
    assert "\npagetables: 1 entries are broken\n" in broken
    assert broken.rstrip().endswith("pagetables: failed: EFAULT")
    assert "above is" in whatis
    assert session.command("pagetables") == text


def test_pagetables_agree_with_qemu(session):
    """info mem merges what has the same user and write rights; so do we here."""
    ours = []
    for start, end, flags in ranges(session.command("pagetables")):
        prot = ("u" if "USR" in flags else "-") + "r" + ("w" if "RW" in flags else "-")
        if ours and ours[-1][1] == start and ours[-1][2] == prot:
            ours[-1] = (ours[-1][0], end, prot)
        else:
            ours.append((start, end, prot))
    answer = session.hmp("info mem")
    theirs = [(int(m[1], 16), int(m[2], 16), m[3]) for m in re.finditer(
        r"^([0-9a-f]{16})-([0-9a-f]{16}) [0-9a-f]{16} ([u-]r[w-])", answer.replace("\r", ""), re.M)]
    assert ours == theirs


def test_whatis_walks_as_qemu_does(session):
    """The first and the last byte of each range lead where QEMU says."""
    for start, end, _ in ranges(session.command("pagetables"))[::5]:
        for va in (start, end - 1):
            physical = re.search(r"gpa: (0x[0-9a-f]+)", session.hmp(f"gva2gpa 0x{va:x}"))
            assert f"physical address {physical[1]}\n" in session.command(f"whatis {va:x}")


def test_whatis_of_a_device(session):
    """All that is known of a HPET register, in one answer."""
    text = session.command("whatis fed000f0")
    assert "register:  HPET 0 [mem 0xfed00000-0xfed003ff]" in text
    assert "not RAM" in text and "MTRR uncachable" in text
    assert re.search(r"uncached-minus for \w+\+0x", text)
    view = re.search(r"mapped: +0x(ffffc9[0-9a-f]{7}0f0) 4K RW NX uncached-minus, in effect "
                     "uncached", text)
    assert view and re.search(r"ioremap for \w+\+0x", text)
    text = session.command(f"whatis {view[1]}")
    assert text.startswith(f"virtual address 0x{view[1]}\n  region:    vmalloc() Area")
    assert "physical address 0xfed000f0\n" in text


def test_whatis_of_code(session):
    text = session.command("whatis ioremap")
    assert "owner:     image, ioremap+0x0/0x" in text
    assert "usable" in text and "System RAM" in text and "Kernel code" in text
    assert "reserved since boot" in text
    assert "ro x write-back" in text and "ro NX write-back" in text and "direct map" in text


def test_whatis_of_nothing_names_both_sides(session):
    text = session.command("whatis 3000000000")
    assert "e820:      none; below is [mem 0x" in text and "above is [mem 0x" in text
    assert "register:  nobody\n" in text and "below is PCI Bus 0000:00 [mem 0x" in text
    assert "mapped:    nowhere" in text
    text = session.command("whatis ffff888050000000")
    assert "Low Kernel Mapping" in text
    assert re.search(r"not; below is \[0xffff8880.*\]\n +above is \[0xffffc90", text)
    assert "is nothing: physical addresses end at" in session.command("whatis 800000000000")
    assert "neither" in session.command("whatis zork")


def test_a_guard_page_is_named(session):
    area = re.search(r"^0x[0-9a-f]{16}-0x([0-9a-f]{16}) .* ioremap$",
                     session.command("vmallocinfo"), re.M)
    assert "in its guard page" in session.command(f"whatis {int(area[1], 16) - 1:x}")


def test_each_cpu_has_its_data():
    """Areas for those CPUs that are there, and for no other; the suites run beside them."""
    suites = ["selftest percpu", "selftest slab", "selftest vmstat"]
    text, out = guest.run("percpu-smp", guest.Q35 + " -smp 4", suites)
    assert re.search(r"percpu: \d+ bytes for each of 4 CPUs", text)
    for suite in suites:
        assert "fail:0" in out[suite]
    text, _ = guest.run("percpu-up", guest.Q35, ["iomem"])
    assert "percpu:" not in text
