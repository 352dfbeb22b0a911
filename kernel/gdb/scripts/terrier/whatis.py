# SPDX-License-Identifier: MIT
"""All that the kernel knows of one address: kernel/monitor/whatis.c, word for word."""
import re

from . import areas, fields, memtype, pages, paging, register, symbols, users
from .command import command
from .target import (FIXADDR_START_LIMIT, KERNEL_HALF, PAGE_OFFSET, PAGE_OFFSET_SIZE, PAGE_SHIFT, PAGE_SIZE,
                     VMALLOC_SIZE, VMALLOC_START, VMEMMAP_SIZE, VMEMMAP_START, address_of, is_local, symbol_address, text,
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


def e820_entries():
    """(first, last, in words) of each."""
    table = variable("e820_table")
    for i in range(int(table["nr_entries"])):
        entry = table["entries"][i]
        start, size, kind = int(entry["addr"]), int(entry["size"]), int(entry["type"])
        word = E820_WORDS.get(kind, f"type {kind}")
        yield start, start + size - 1, f"[mem 0x{start:08x}-0x{start + size - 1:08x}] {word}"


def e820(phys):
    below = above = None
    for start, last, words in e820_entries():
        if start <= phys <= last:
            return [words]
        if start < phys:
            below = words
        else:
            above = above or words
    if not below and not above:
        return ["the table is empty"]
    lines = ([f"below is {below}"] if below else []) + ([f"above is {above}"] if above else [])
    return [f"none; {lines[0]}", *lines[1:]]


MAX_INSIDE = 8


def place(root, start, end):
    """whatis_register() of kernel/monitor/whatis_register.c."""
    res, found = root, []
    while True:
        beside = list(register.children(res))
        holding = [c for c in beside if register.bounds(c)[0] <= start and end <= register.bounds(c)[1]]
        if not holding:
            break
        res = holding[0]
        found.append(res)
    below = [c for c in beside if register.bounds(c)[1] < start]
    above = [c for c in beside if register.bounds(c)[0] > end]
    inside = [c for c in beside if register.bounds(c)[1] >= start and register.bounds(c)[0] <= end]
    if not found:
        yield "no one has all of it" if inside else "nobody"
    for depth, holder in enumerate(found):
        held = ", held" if int(holder["flags"]) & register.BUSY else ""
        yield f"{'  ' * depth}{text(holder['name'])} {register.describe(holder)}{held}"
    if found:
        yield f"{'  ' * len(found)}by {symbols.describe(res['caller'], offset=False)}"
    for c in inside[:MAX_INSIDE]:
        yield f"inside is {text(c['name'])} {register.describe(c)}"
    if len(inside) > MAX_INSIDE:
        yield f"and {len(inside) - MAX_INSIDE} more"
    for word, c in (*(("below", c) for c in below[-1:]), *(("above", c) for c in above[:1])):
        yield f"{word} is {text(c['name'])} {register.describe(c)}"


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
    yield from labelled("register", place(variable("iomem_resource"), phys, phys))
    yield from labelled("page", pages.lines(phys))
    yield from labelled("type", types(phys))
    yield from labelled("mapped", views(phys))


def field(addr):
    """What only the symbols' file knows: the field of a variable, or of an object in use, that lies there."""
    said = fields.of_variable(addr)
    phys = addr if addr < KERNEL_HALF else paging.translate(addr)
    found = pages.object_at(phys) if not said and phys is not None else None
    if found:
        said = fields.of_object(*found, PAGE_OFFSET + phys)
    return labelled("field", [said] if said else [])


def address(addr):
    bits = int(variable("boot_cpu")["phys_bits"])
    if KERNEL_HALF > addr >= 1 << bits:
        yield f"0x{addr:x} is nothing: physical addresses end at 0x{(1 << bits) - 1:x},"
        yield f"virtual ones of the kernel begin at 0x{KERNEL_HALF:x}"
        return
    yield from virtual(addr) if addr >= KERNEL_HALF else physical(addr)
    yield from field(addr)


# ------------------------------------------------------------------ ranges


def device_runs():
    """[va, phys, size, kind] of what is no RAM and lies side by side in both spaces: mm/device_map.c."""
    runs = []
    for va, level, entry in paging.pages():
        phys, size = paging.base_of(entry, level), 1 << paging.shift(level)
        if va < KERNEL_HALF or pages.pfn_valid(phys >> PAGE_SHIFT):
            continue
        kind = (level, memtype.cache_mode(entry, level > 1), entry & (paging.RW | paging.NX))
        last = runs[-1] if runs else None
        if last and last[0] + last[2] == va and last[1] + last[2] == phys and last[3] == kind:
            last[2] += size
        else:
            runs.append([va, phys, size, kind])
    return runs


def runs_within(start, last):
    found = [run for run in device_runs() if run[1] <= last and run[1] + run[2] - 1 >= start]
    for va, phys, size, kind in found:
        yield f"[mem 0x{phys:08x}-0x{phys + size - 1:08x}] at {va:#x}, {memtype.NAMES[kind[1]]}"
        yield f"  {owner(va)}"
    if not found:
        yield "nowhere but as RAM"


def physical_range(start, last):
    types_ = memtype.mtrr_types(start, last)
    yield f"physical range 0x{start:x}-0x{last:x}"
    yield from labelled("e820", [words for a, b, words in e820_entries() if a <= last and b >= start] or ["none"])
    yield from labelled("register", place(variable("iomem_resource"), start, last))
    yield from labelled("type", ["MTRR " + (memtype.MTRR_NAMES[types_.pop()] if len(types_) == 1 else
                                            "of several types")])
    yield from labelled("mapped", runs_within(start, last))


MAX_RANGES = 16


def mapped_within(start, last):
    found = [r for r in paging.ranges() if r[0] <= last and r[1] >= start]
    for a, b, entry in found[:MAX_RANGES]:
        a = max(a, start)
        yield (f"[{a:#x}-{min(b, last):#x}] {'RW' if entry & paging.RW else 'ro'} "
               f"{'NX' if entry & paging.NX else 'x'}")
        yield f"  {owner(a)}"
    if not found:
        yield "nowhere"
    if len(found) > MAX_RANGES:
        yield f"and {len(found) - MAX_RANGES} ranges more"


def virtual_range(start, last):
    yield f"virtual range 0x{start:016x}-0x{last:016x}"
    yield from labelled("mapped", mapped_within(start, last))


# ------------------------------------------------------------------ what a word may mean: kernel/monitor/whatis_word.c


def a_range(start, last):
    bits = int(variable("boot_cpu")["phys_bits"])
    if last < start or (start < KERNEL_HALF and last >> bits):
        return [f"0x{start:x}-0x{last:x} is no range of one kind of addresses"]
    return virtual_range(start, last) if start >= KERNEL_HALF else physical_range(start, last)


def a_port(port):
    root = variable("ioport_resource")
    if port > int(root["end"]):
        return [f"the last port is {int(root['end']):x}"]
    return [f"port 0x{port:04x}", *labelled("register", place(root, port, port))]


def of_process(pid, addr):
    for line in users.lines(pid, addr):
        if isinstance(line, str):
            yield line
        else:
            yield from physical(line)


def of_name(word):
    for kind, root in (("memory", "iomem_resource"), ("ports", "ioport_resource")):
        root = variable(root)
        for _, res in register.walk(root):
            if text(res["name"]) in (word, f"0000:{word}"):
                start, end = register.bounds(res)
                yield f"{kind} 0x{start:x}-0x{end:x}"
                yield from labelled("register", place(root, start, end))


HEX = r"(?:0x)?([0-9a-f]+)"
FORMS = (
    (HEX, lambda n: address(int(n, 16))),
    (f"{HEX}-{HEX}", lambda a, b: a_range(int(a, 16), int(b, 16))),
    (f"port:{HEX}", lambda n: a_port(int(n, 16))),
    (f"([0-9]+):{HEX}", lambda pid, n: of_process(int(pid), int(n, 16))),
)
SYMBOL = re.compile(rf"([\w.]+)(?:\+{HEX})?(?:/.*)?", re.I)


@command("whatis", "ADDR|ADDR-ADDR|SYMBOL[+OFF]|PID:ADDR|port:PORT|NAME|BB:DD.F|EXPRESSION", least=1, most=1)
def whatis(argument):
    """All about an address or a range (hexadecimal), a symbol, a process's address (the pid is decimal), a port, a
    name in the register, a PCI function, or whatever an expression of gdb's is; and the field that lies there."""
    for form, tell in FORMS:
        found = re.fullmatch(form, argument, re.I)
        if found:
            return tell(*found.groups())
    found = SYMBOL.fullmatch(argument)
    start = symbols.address(found[1]) if found and not is_local(found[1]) else None
    if start is not None:
        return address(start + int(found[2] or "0", 16))
    return list(of_name(argument)) or address(symbol_address(argument))
