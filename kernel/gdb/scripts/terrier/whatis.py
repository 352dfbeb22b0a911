# SPDX-License-Identifier: MIT
"""All that the kernel knows of one address: kernel/monitor/whatis.c, word for word."""
from . import areas, memtype, pages, paging, register, symbols
from .command import command
from .target import (FIXADDR_START_LIMIT, KERNEL_HALF, PAGE_OFFSET, PAGE_OFFSET_SIZE, PAGE_SHIFT, PAGE_SIZE,
                     VMALLOC_SIZE, VMALLOC_START, VMEMMAP_SIZE, VMEMMAP_START, address_of, symbol_address, text,
                     type_of, variable)

E820_WORDS = {1: "usable", 2: "reserved", 3: "ACPI data", 4: "ACPI NVS", 5: "unusable", 7: "persistent (type 7)",
              12: "persistent (type 12)", 0xEFFFFFFF: "soft reserved"}
MAX_VIEWS = 32


def labelled(label, lines):
    """The label in front of the first line."""
    for line in lines:
        yield f"  {label}{':' if label else ' '}{'':{10 - len(label)}}{line}"
        label = ""


# ------------------------------------------------------------------ whose it is


def owner(va):
    if va >= FIXADDR_START_LIMIT:
        return paging.owner(va)
    if address_of("_text") <= va < address_of("_end"):
        return f"image, {symbols.describe(va)}"
    if 0 <= va - PAGE_OFFSET < PAGE_OFFSET_SIZE:
        return "direct map"
    if 0 <= va - VMEMMAP_START < VMEMMAP_SIZE:
        pfn = (va - VMEMMAP_START) // type_of("struct page").sizeof
        start, end = pfn << PAGE_SHIFT, (pfn + 1 << PAGE_SHIFT) - 1
        return (f"struct page of [mem 0x{start:08x}-0x{end:08x}]"
                f"{'' if pages.pfn_valid(pfn) else ', which is no RAM'}")
    vm = areas.area_around(va)
    return f"{areas.kind(vm)} for {symbols.describe(vm['caller'])}" if vm else "nobody"


def area_lines(va):
    """Of an address of the vmalloc region: (label, line)."""
    vm = areas.area_around(va)
    if vm:
        yield "area", areas.describe(vm)
        if va >= areas.bounds(vm)[1] - PAGE_SIZE:
            yield "", "the address is in its guard page"
        return
    idle = areas.area_around(va, leaving=True)
    if idle:
        start, end = areas.bounds(idle)
        yield "idle", f"[{start:#x}-{end - 1:#x}] was given back; it was for {symbols.describe(idle['caller'])}"
    known = list(areas.areas())
    below = [vm for vm in known if areas.bounds(vm)[0] <= va]
    above = [vm for vm in known if areas.bounds(vm)[0] > va]
    if below:
        yield "area", f"below is {areas.describe(below[-1])}"
    if above:
        yield "" if below else "area", f"above is {areas.describe(above[0])}"


def mapped_beside(va):
    """The mapped ranges nearest to an address that is not mapped."""
    found = list(paging.ranges())
    below = [r for r in found if r[1] < va]
    above = [r for r in found if r[0] > va]
    yield f"not; below is [{below[-1][0]:#x}-{below[-1][1]:#x}]" if below else "not; nothing is below"
    yield f"above is [{above[0][0]:#x}-{above[0][1]:#x}]" if above else "nothing is above"


def virtual(va):
    name, start, last = paging.region(va)
    yield f"virtual address 0x{va:016x}"
    yield from labelled("region", [f"{name} [{start:#x}-{last:#x}]"])
    if 0 <= va - VMALLOC_START < VMALLOC_SIZE:
        for label, line in area_lines(va):
            yield from labelled(label, [line])
    else:
        yield from labelled("owner", [owner(va)])
    phys = paging.translate(va)
    if phys is None:
        yield from labelled("mapped", mapped_beside(va))
    else:
        yield from physical(phys)


# ------------------------------------------------------------------ physical addresses


def e820(phys):
    table = variable("e820_table")
    below = above = None
    for i in range(int(table["nr_entries"])):
        entry = table["entries"][i]
        start, size, kind = int(entry["addr"]), int(entry["size"]), int(entry["type"])
        word = f"[mem 0x{start:08x}-0x{start + size - 1:08x}] {E820_WORDS.get(kind, f'type {kind}')}"
        if start <= phys < start + size:
            return [word]
        if start < phys:
            below = word
        else:
            above = above or word
    if not below and not above:
        return ["the table is empty"]
    lines = ([f"below is {below}"] if below else []) + ([f"above is {above}"] if above else [])
    return [f"none; {lines[0]}", *lines[1:]]


def path(phys):
    """The resources that hold it, from the top down."""
    res, found = variable("iomem_resource"), []
    while True:
        inside = [c for c in register.children(res) if register.bounds(c)[0] <= phys <= register.bounds(c)[1]]
        if not inside:
            return found, res
        res = inside[0]
        found.append(res)


def holders(phys):
    found, deepest = path(phys)
    if not found:
        yield "nobody"
    for depth, res in enumerate(found):
        held = ", held" if int(res["flags"]) & register.BUSY else ""
        yield f"{'  ' * depth}{text(res['name'])} {register.describe(res)}{held}"
    if found:
        yield f"{'  ' * len(found)}by {symbols.describe(deepest['caller'], offset=False)}"
    beside = list(register.children(deepest))
    below = [c for c in beside if register.bounds(c)[1] < phys]
    above = [c for c in beside if register.bounds(c)[0] > phys]
    if below:
        yield f"below is {text(below[-1]['name'])} {register.describe(below[-1])}"
    if above:
        yield f"above is {text(above[0]['name'])} {register.describe(above[0])}"


def types(phys):
    ram = pages.pfn_valid(phys >> PAGE_SHIFT)
    found = memtype.lookup(phys, ram)
    yield f"MTRR {memtype.MTRR_NAMES[memtype.mtrr_type(phys)]}"
    if found and found[1]:
        yield f"{memtype.NAMES[found[0]]} for {symbols.describe(found[1])}"
    elif found or ram:
        yield f"{memtype.NAMES[found[0] if found else memtype.WB]}, as all RAM"
    else:
        yield "not reserved by anybody"


def views(phys):
    mtrr = memtype.mtrr_type(phys)
    found = [(va, level, entry) for va, level, entry in paging.pages()
             if 0 <= phys - paging.base_of(entry, level) < 1 << paging.shift(level)]
    for va, level, entry in found[:MAX_VIEWS]:
        va += phys - paging.base_of(entry, level)
        mode = memtype.cache_mode(entry, level > 1)
        yield (f"0x{va:016x} {paging.SIZES[level]} {'RW' if entry & paging.RW else 'ro'} "
               f"{'NX' if entry & paging.NX else 'x'}{' USR' if entry & paging.USER else ''} "
               f"{memtype.NAMES[mode]}, in effect {memtype.NAMES[memtype.EFFECTIVE[mtrr][mode]]}")
        yield f"  {owner(va)}"
    if not found:
        yield "nowhere"
    if len(found) > MAX_VIEWS:
        yield f"and {len(found) - MAX_VIEWS} times more"


def physical(phys):
    yield f"physical address 0x{phys:x}"
    yield from labelled("e820", e820(phys))
    yield from labelled("register", holders(phys))
    yield from labelled("page", pages.lines(phys))
    yield from labelled("type", types(phys))
    yield from labelled("mapped", views(phys))


@command("whatis", "ADDR|SYMBOL", least=1, most=1)
def whatis(argument):
    """All about a physical or virtual address (hexadecimal), a symbol or an expression."""
    addr = symbol_address(argument)
    bits = int(variable("boot_cpu")["phys_bits"])
    if addr >= KERNEL_HALF:
        return virtual(addr)
    if addr >> bits:
        return [f"0x{addr:x} is nothing: physical addresses end at 0x{(1 << bits) - 1:x},",
                f"virtual ones of the kernel begin at 0x{KERNEL_HALF:x}"]
    return physical(addr)
