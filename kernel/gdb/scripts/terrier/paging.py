# SPDX-License-Identifier: MIT
"""Page tables, walked as the processor walks them (SDM 3A, 4.5), and the fixmap.

Tables are read through the direct map, or the image: an entry whose table is in neither is not
followed, as one that somebody wrote over.
"""
import functools

import gdb

from . import memtype, symbols
from .command import command
from .target import (ALL_ONES, FIXADDR_TOP, KERNEL_HALF, KERNEL_MAP, PAGE_OFFSET, PAGE_SHIFT, PAGE_SIZE, address_of,
                     per_cpu, physical_root, possible_cpus, symbol_address, this_cpu, variable, while_it_stands, words)

PRESENT, RW, USER, PSE, NX = 1, 2, 4, 1 << 7, 1 << 63
ADDRESS = 0x000FFFFFFFFFF000
LEVELS = {4: "pgd", 3: "pud", 2: "pmd", 1: "pte"}
SIZES = {1: "4K", 2: "2M", 3: "1G"}
# Of entries, by bit: SDM 3A, tables 4-15 to 4-20.
BITS = ((1, "RW"), (2, "USR"), (3, "PWT"), (4, "PCD"), (5, "A"), (6, "D"), (8, "GLB"), (63, "NX"))


def shift(level):
    return PAGE_SHIFT + 9 * (level - 1)


def where(phys):
    """A table's address: the direct map is not there from the start, and the first tables lie in the image."""
    return phys + (KERNEL_MAP if KERNEL_MAP + phys < address_of("_end") else PAGE_OFFSET)


@while_it_stands
def table(phys):
    return words(where(phys & ADDRESS), 512)


def root_for(va):
    """The root that maps it: init_mm's, or for a user address that of the thread that runs on gdb's CPU."""
    if va >= KERNEL_HALF:
        return physical_root()
    mm = per_cpu(variable("current_task"), this_cpu())["mm"]
    if not int(mm):
        raise gdb.GdbError("the thread that runs here has no user addresses")
    return int(mm["root"]["pgd"]) - PAGE_OFFSET


def is_page(entry, level):
    return level == 1 or bool(entry & PSE)


def base_of(entry, level):
    """The physical address that a page's entry maps."""
    return entry & ADDRESS & ~((1 << shift(level)) - 1)


def path(va):
    """(level, index, entry) from the top down to what ends the walk."""
    phys = root_for(va)
    for level in (4, 3, 2, 1):
        index = va >> shift(level) & 511
        entry, = words(where(phys) + 8 * index, 1)
        yield level, index, entry
        if not entry & PRESENT or is_page(entry, level):
            return
        phys = entry & ADDRESS


def translate(va):
    """The physical address, or None."""
    level, _, entry = list(path(va))[-1]
    if not entry & PRESENT:
        return None
    return base_of(entry, level) + (va & ((1 << shift(level)) - 1))


def pages(phys=None, level=4, va=0, rights=RW | USER):
    """(va, level, entry) of each page that init_mm maps, with what the levels above forbid forbidden."""
    try:
        entries = table(physical_root() if phys is None else phys)
    except gdb.MemoryError:
        return
    for i, entry in enumerate(entries):
        if not entry & PRESENT:
            continue
        start = va + (i << shift(level))
        if level == 4 and i >= 256:
            start |= 0xFFFF << 48  # the upper half: sign-extended
        entry = entry & (rights | ~(RW | USER)) | rights & NX
        if is_page(entry, level):
            yield start, level, entry
        else:
            yield from pages(entry & ADDRESS, level - 1, start, entry)


def ranges():
    """(first, last, entry) of what is mapped side by side in one kind, as mm/ptdump.c has it, in the kernel's half."""
    last = None
    for va, level, entry in pages():
        if va < KERNEL_HALF:
            continue
        size = 1 << shift(level)
        flags = entry & ~(ADDRESS & ~(1 << 12 if level > 1 else 0))
        if last and last[1] + 1 == va and last[2] == (level, flags) and not crosses(va):
            last[1] = va + size - 1
        else:
            if last:
                yield last[0], last[1], last[2][1]
            last = [va, va + size - 1, (level, flags)]
    if last:
        yield last[0], last[1], last[2][1]


def crosses(va):
    """A region of its own begins there."""
    return any(start == va for start, _ in REGIONS)


REGIONS = (
    (0, "User Space"), (KERNEL_HALF, "Kernel Space"), (PAGE_OFFSET, "Low Kernel Mapping"),
    (0xFFFFC90000000000, "vmalloc() Area"), (0xFFFFEA0000000000, "Vmemmap"),
    (0xFFFFFFFF80000000, "High Kernel Mapping"), (0xFFFFFFFFFF000000, "Fixmap Area"),
)


def region(va):
    """(name, first, last) as Linux's dump of the page tables has it."""
    i = max(i for i, (start, _) in enumerate(REGIONS) if start <= va)
    last = 0x7FFFFFFFFFFF if i == 0 else REGIONS[i + 1][0] - 1 if i + 1 < len(REGIONS) else (1 << 64) - 1
    return REGIONS[i][1], REGIONS[i][0], last


def describe(entry, level=1):
    """An entry in words: where it leads, its rights, and of a page its type."""
    if not entry & PRESENT:
        return "empty" if not entry else f"not present, {entry:#x}"
    words_ = [word for bit, word in BITS if entry >> bit & 1]
    if not is_page(entry, level):
        return f"table at {entry & ADDRESS:#x}, {' '.join(words_)}"
    mode = memtype.NAMES[memtype.cache_mode(entry, level > 1)]
    return f"page at {base_of(entry, level):#x}, {SIZES[level]}, {' '.join(words_)}, {mode}"


@command("pt", "ADDR", least=1, most=1)
def pt(argument):
    """The walk from the root to a virtual address: each entry, and the physical address."""
    va = symbol_address(argument)
    yield f"virtual address 0x{va:016x}, root at {root_for(va):#x}"
    for level, index, entry in path(va):
        yield f"  {LEVELS[level]}[{index:3d}] 0x{entry:016x} {describe(entry, level)}"
    phys = translate(va)
    yield "  not mapped" if phys is None else f"  physical address {phys:#x}"


class Pte(gdb.Function):
    """$pte(ADDR): the entry that ends the walk to a virtual address, as a pte_t where it lies."""

    def __init__(self):
        super().__init__("pte")

    def invoke(self, va):
        phys = root_for(int(va) & ALL_ONES)
        for _, index, entry in path(int(va) & ALL_ONES):
            at = where(phys) + 8 * index
            phys = entry & ADDRESS
        return gdb.Value(at).cast(gdb.lookup_type("pte_t").pointer()).dereference()


Pte()

# ------------------------------------------------------------------ the fixmap: mm/fixmap.h


@functools.lru_cache(None)
def slot(name):
    return int(variable(name))


def fix_to_virt(index):
    return FIXADDR_TOP - (index << PAGE_SHIFT)


def kmap_owner(index):
    """describe_kmap_slot() of mm/highmem.c."""
    local = index - slot("FIX_KMAP_BEGIN")
    each = variable("kmap_ctrl")["caller"].type.range()[1] + 1
    cpu, i = divmod(local, each)
    if index > slot("FIX_KMAP_END"):
        shared = index - slot("FIX_PKMAP_BEGIN")
        pkmap = variable("pkmaps", "mm/highmem.c")[shared]
        what, used, caller = f"kmap slot {shared}", int(pkmap["count"]), int(pkmap["caller"])
    elif cpu not in possible_cpus():
        return f"kmap_local slot {i} of CPU {cpu}, which is not there"
    else:
        ctrl = per_cpu(variable("kmap_ctrl"), cpu)
        what = f"kmap_local slot {i} of CPU {cpu}"
        used, caller = int(ctrl["mapped"]) >> i & 1, int(ctrl["caller"][i])
    return f"{what}, " + (f"for {symbols.describe(caller)}" if used else "free")


def owner(va):
    """Whose an address of the fixmap is."""
    index = (FIXADDR_TOP - (va & ~(PAGE_SIZE - 1))) >> PAGE_SHIFT
    if va >= FIXADDR_TOP:
        return "the last page, always empty"
    if index >= slot("__end_of_fixed_addresses"):
        return f"nobody: the fixmap ends at {fix_to_virt(slot('__end_of_fixed_addresses') - 1):#x}"
    if index >= slot("FIX_KMAP_BEGIN"):
        return kmap_owner(index)
    if index >= slot("FIX_BTMAP_END"):
        pages_each = (slot("FIX_BTMAP_BEGIN") - slot("FIX_BTMAP_END") + 1) // int(early_slots())
        return f"early_ioremap slot {(slot('FIX_BTMAP_BEGIN') - index) // pages_each}"
    if index < slot("__end_of_permanent_fixed_addresses"):
        return f"fixmap slot {index}, for a page table"
    return f"fixmap slot {index}, unused"


def early_slots():
    slots = variable("slots", "mm/early_ioremap.c").type
    return slots.range()[1] + 1


@command("fixmap")
def fixmap():
    """The slots of the fixmap that map something, from the first index up: whose, and what."""
    for index in range(slot("__end_of_fixed_addresses")):
        va = fix_to_virt(index)
        level, _, entry = list(path(va))[-1]
        if entry & PRESENT:
            yield f"{index:5d} 0x{va:016x} {describe(entry, level)}: {owner(va)}"
