# SPDX-License-Identifier: MIT
"""Memory types by range (mm/memtype.h), what firmware gave (mm/mtrr.h), and what comes of both."""
from .command import command
from .target import each_in_tree, variable, while_it_stands

# enum page_cache_mode
WB, WC, UC_MINUS, UC, WT, WP = range(6)
NAMES = ("write-back", "write-combining", "uncached-minus", "uncached", "write-through", "write-protected")
MTRR_NAMES = {0: "uncachable", 1: "write-combining", 4: "write-through", 5: "write-protect", 6: "write-back"}
MTRR_WB, MTRR_WT, MTRR_UC = 6, 4, 0
# SDM 3A, table 11-7, by the page's type: WB, WC, UC-, UC, WT, WP.
EFFECTIVE = {
    0: (UC, WC, UC, UC, UC, UC),
    1: (WC, WC, WC, UC, UC, UC),
    4: (WT, WC, UC, UC, WT, WP),
    5: (WP, WC, WC, UC, WT, WP),
    6: (WB, WC, UC, UC, WT, WP),
}


def tree(name):
    return variable(name, "mm/memtype.c")


def reservations(types):
    """Of io_types or ram_types: (start, end, type, caller), by address."""
    found = list(each_in_tree(types["flat"], "struct memtype", "node"))
    found += each_in_tree(types["over"], "struct memtype", "node")
    if int(types["recent"]):
        found.append(types["recent"].dereference())
    return sorted(((int(m["start"]), int(m["end"]), int(m["type"]), int(m["caller"])) for m in found),
                  key=lambda m: m[:2])


def lookup(phys, ram):
    """(type, caller) of the reservation that holds it, or None."""
    for start, end, mode, caller in reservations(tree("ram_types" if ram else "io_types")):
        if start <= phys < end:
            return mode, caller
    return None


def cache_mode(entry, large):
    """What PWT, PCD and PAT of an entry select, by the PAT that the kernel programmed."""
    return index_modes()[(entry >> 3 & 3) | (entry >> (12 if large else 7) & 1) << 2]


@while_it_stands
def index_modes():
    return [int(variable("index_mode", "mm/pat.c")[index]) for index in range(8)]


def overlap(a, b):
    """SDM 3A, 11.11.4.1."""
    return a if a == b else MTRR_WT if {a, b} == {MTRR_WB, MTRR_WT} else MTRR_UC


def fixed_type(state, phys):
    n = phys >> 16 if phys < 0x80000 else 8 + ((phys - 0x80000) >> 14) if phys < 0xC0000 else \
        24 + ((phys - 0xC0000) >> 12)
    return int(state["fixed_types"][n])


def mtrr_type(phys):
    state = variable("machine", "mm/mtrr_init.c")
    if not state["present"]:
        return MTRR_WB
    if not state["enabled"]:
        return MTRR_UC
    if state["fixed"] and phys < 1 << 20:
        return fixed_type(state, phys)
    found = None
    for i in range(int(state["nr_var"])):
        var = state["var"][i]
        if phys & int(var["mask"]) == int(var["base"]):
            found = int(var["type"]) if found is None else overlap(found, int(var["type"]))
    if found is not None:
        return found
    return MTRR_WB if 1 << 32 <= phys < int(state["tom2"]) else int(state["def_type"])


def edges(state):
    """Where the type may change."""
    yield from ((n << 12) for n in range(257))
    yield from (1 << 32, int(state["tom2"]))
    for i in range(int(state["nr_var"])):
        base, mask = int(state["var"][i]["base"]), int(state["var"][i]["mask"])
        yield from (base, base + (mask & -mask))


def mtrr_types(start, last):
    """The types that a range has."""
    inside = [edge for edge in edges(variable("machine", "mm/mtrr_init.c")) if start < edge <= last]
    return {mtrr_type(phys) for phys in (start, *inside)}


@command("memtype")
def memtype():
    """Memory types by range, as Linux's pat_memtype_list."""
    for name, title in (("io_types", "PAT memtype list:"), ("ram_types", "RAM that is not write-back:")):
        found = reservations(tree(name))
        if found or name == "io_types":
            yield title
        for start, end, mode, _ in found:
            yield f"PAT: [mem 0x{start:016x}-0x{end:016x}] {NAMES[mode]}"
