# SPDX-License-Identifier: MIT
"""struct page (mm/page_alloc.h) and the caches of small objects (mm/slab.h)."""
from . import symbols
from .command import command
from .target import (PAGE_OFFSET, PAGE_SHIFT, VMEMMAP_START, at, each_in_list, per_cpu, possible_cpus,
                     symbol_address, text, type_of, variable, while_it_stands)

(RESERVED, BUDDY, SLAB, TABLE, KMALLOC, FRESH, SINGLE, LOCKED, UPTODATE, DIRTY, ANON, EXCLUSIVE, COMPOUND,
 TAIL) = (1 << bit for bit in range(14))
FLAGS = "reserved buddy slab table kmalloc fresh single locked uptodate dirty anon exclusive compound tail".split()
MAX_ORDER, PIN_BIAS = 11, 0x10000
OBJECT_STATES = ("free", "in use", "free, at hand", "none")


@while_it_stands
def ram_ranges():
    ranges = variable("ram_ranges", "mm/vmemmap.c")
    return [(int(ranges[i]["start"]), int(ranges[i]["end"]))
            for i in range(int(variable("nr_ram_ranges", "mm/vmemmap.c")))]


def pfn_valid(pfn):
    return any(start <= pfn < end for start, end in ram_ranges())


def page_of(pfn):
    return at(VMEMMAP_START + pfn * type_of("struct page").sizeof, "struct page")


def pfn_of(page):
    return (int(page.address) - VMEMMAP_START) // page.type.sizeof


def flags_of(page):
    """Those that hold for it, also while its block is fresh and the head speaks for all."""
    pfn = pfn_of(page)
    head = page_of(pfn & ~((1 << (MAX_ORDER - 1)) - 1))
    flags = int(head["flags"])
    if flags & FRESH:
        return flags if pfn == pfn_of(head) else flags & ~BUDDY
    return int(page["flags"])


def holders(page):
    flags = flags_of(page)
    return int(bool(flags & RESERVED)) if flags & FRESH else int(page["refcount"])


def head_of(page):
    """The first page of the block that a page lies in."""
    pfn = pfn_of(page)
    for order in range(MAX_ORDER):
        first = pfn & ~((1 << order) - 1)
        if not pfn_valid(first):
            break
        head = page_of(first)
        if int(head["order"]) >= order and (flags_of(head) & BUDDY or holders(head)):
            return head
    return page


def use_of(flags):
    for bits, word in ((RESERVED, "reserved since boot"), (BUDDY | SINGLE, "free"), (SLAB, "slab"),
                       (TABLE, "page table"), (KMALLOC, "kmalloc")):
        if flags & bits:
            return word
    return "in use"


def reserved_name(phys):
    """What boot keeps there: the smallest range that holds it."""
    kept = variable("reserved", "mm/reserved.c")
    found = [(int(r["end"]) - int(r["start"]), n, text(r["name"]))
             for n, r in ((n, kept[n]) for n in range(int(variable("nr_reserved", "mm/reserved.c"))))
             if int(r["start"]) <= phys < int(r["end"])]
    return min(found)[2] if found else None


def object_around(va, page):
    """(slab, cache, the object's number or None) of an address in a slab's page."""
    slab = page["slab"].cast(type_of("struct slab").pointer())
    cache = slab["cache"]
    n = (va - int(slab["base"])) // int(cache["size"])
    return slab, cache, n if 0 <= n < int(cache["objects"]) else None


def describe_object(va, page):
    """describe_slab_object() of mm/kmem_cache.c."""
    slab, cache, n = object_around(va, page)
    if n is None:
        return f"{text(cache['name'])}, beside its objects"
    return (f"{text(cache['name'])}, object at {int(slab['base']) + n * int(cache['size']):#x}, "
            f"{int(cache['object_size'])} bytes, {OBJECT_STATES[int(slab['state'][n])]}")


def object_at(phys):
    """(the cache's name, where in the direct map it begins) of the object in use that holds it, or None."""
    page = page_of(phys >> PAGE_SHIFT) if pfn_valid(phys >> PAGE_SHIFT) else None
    if page is None or not flags_of(page) & SLAB:
        return None
    slab, cache, n = object_around(PAGE_OFFSET + phys, page)
    if n is None or OBJECT_STATES[int(slab["state"][n])] != "in use":
        return None
    return text(cache["name"]), int(slab["base"]) + n * int(cache["size"])


def lines(phys):
    """What the page of a physical address is, a fact a line."""
    pfn = phys >> PAGE_SHIFT
    if not pfn_valid(pfn):
        yield "none: not RAM that the page allocator knows"
        return
    page = page_of(pfn)
    flags = flags_of(page)
    reserved = bool(flags & RESERVED)
    head = page if reserved else head_of(page)
    held = holders(head)
    yield (f"pfn {pfn:#x}, zone {text(variable('zones')[int(page['zone'])]['name'])}, "
           f"{use_of(flags_of(head))}, {held % PIN_BIAS} references")
    if reserved and reserved_name(phys):
        yield f"it is {reserved_name(phys)}"
    if held // PIN_BIAS:
        yield f"pinned {held // PIN_BIAS} times: a device may read or write it"
    if int(head["order"]) and not reserved:
        yield f"in the block of order {int(head['order'])} at {pfn_of(head) << PAGE_SHIFT:#x}"
    if flags & SLAB:
        yield describe_object(PAGE_OFFSET + phys, page)
    if held and int(head["owner"]) and not reserved:
        yield f"allocated by {symbols.describe(head['owner'])}"


@command("page", "ADDR", least=1, most=1)
def page_command(argument):
    """What the page of a physical address, or of a struct page's, is used for, and who has it."""
    addr = symbol_address(argument)
    if addr >= VMEMMAP_START:
        addr = (addr - VMEMMAP_START) // type_of("struct page").sizeof << PAGE_SHIFT
    return lines(addr)


# ------------------------------------------------------------------ caches


def active_objects(cache):
    free = sum(int(slab["nr_free"]) for slab in each_in_list(cache["partial"], "struct slab", "link"))
    at_hand = sum(int(per_cpu(cache["magazine"].dereference(), cpu)["n"]) for cpu in possible_cpus())
    n = int(cache["nr_slabs"]) * int(cache["objects"]) - free
    return n - min(n, at_hand)


@command("slab")
def slabinfo():
    """Caches of small objects, as /proc/slabinfo."""
    yield "slabinfo - version: 2.1"
    yield ("# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> "
           "<batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>")
    for cache in each_in_list(variable("all_caches", "mm/kmem_cache.c"), "struct kmem_cache", "list"):
        slabs, objects = int(cache["nr_slabs"]), int(cache["objects"])
        yield (f"{text(cache['name']):<17} {active_objects(cache):6d} {slabs * objects:6d} {int(cache['size']):6d} "
               f"{objects:4d} {1 << int(cache['order']):4d} : tunables    0    0    0 : slabdata "
               f"{slabs:6d} {slabs:6d} {0:6d}")
