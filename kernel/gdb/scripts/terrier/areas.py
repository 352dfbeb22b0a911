# SPDX-License-Identifier: MIT
"""The areas of the vmalloc region: mm/vmalloc.h."""
from . import symbols
from .command import command
from .target import PAGE_SIZE, VMALLOC_SIZE, VMALLOC_START, each_in_tree, variable

VM_IOREMAP, VM_ALLOC, VM_MAP, VM_TRACED = 1, 2, 4, 0x10


def areas(leaving=False):
    """Those that can be found, or those that were given back and are kept; by address."""
    for vm in each_in_tree(variable("areas", "mm/vm_place.c"), "struct vm_struct", "node"):
        if int(vm["size"]) and bool(vm["leaving"]) == leaving:
            yield vm


def bounds(vm):
    """Its first address and the one behind its guard page."""
    start = int(vm["addr"])
    return start, start + int(vm["size"])


def area_around(va, leaving=False):
    for vm in areas(leaving):
        start, end = bounds(vm)
        if start <= va < end:
            return vm
    return None


def kind(vm):
    flags = int(vm["flags"])
    if flags & VM_TRACED:
        return "traced ioremap"
    return "ioremap" if flags & VM_IOREMAP else "vmalloc" if flags & VM_ALLOC else "vmap"


def describe(vm):
    start, end = bounds(vm)
    return (f"[{start:#x}-{end - PAGE_SIZE - 1:#x}], guard page behind it, "
            f"{kind(vm)} for {symbols.describe(vm['caller'])}")


def line(vm):
    start, end = bounds(vm)
    flags, pages, phys = int(vm["flags"]), int(vm["nr_pages"]), int(vm["phys_addr"])
    out = f"0x{start:016x}-0x{end:016x} {end - start:7d}"
    out += f" {symbols.describe(vm['caller'])}" if int(vm["caller"]) else ""
    out += f" pages={pages}" if pages else ""
    out += f" phys=0x{phys:016x}" if phys else ""
    for bit, word in ((VM_IOREMAP, "ioremap"), (VM_ALLOC, "vmalloc"), (VM_MAP, "vmap")):
        out += f" {word}" if flags & bit else ""
    return out + (" vpages" if 0 <= int(vm["pages"]) - VMALLOC_START < VMALLOC_SIZE else "")


@command("vmallocinfo")
def vmallocinfo():
    """The areas of the vmalloc region, as /proc/vmallocinfo."""
    for vm in areas():
        yield line(vm)
    for vm in areas(leaving=True):
        start, end = bounds(vm)
        yield f"0x{start:016x}-0x{end:016x} {end - start:7d} unpurged vm_area"
