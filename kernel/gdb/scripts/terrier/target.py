# SPDX-License-Identifier: MIT
"""Variables, memory, lists and trees of the kernel that gdb looks at.

Nothing there is trusted: it may have been written over.  Walks are bounded.
"""
import functools
import itertools
import struct

import gdb

PAGE_SHIFT = 12
PAGE_SIZE = 1 << PAGE_SHIFT
# mm/layout.h, which the compiler leaves no trace of.
KERNEL_HALF = 0xFFFF800000000000
PAGE_OFFSET, PAGE_OFFSET_SIZE = 0xFFFF888000000000, 1 << 46
VMALLOC_START, VMALLOC_SIZE = 0xFFFFC90000000000, 1 << 45
VMEMMAP_START, VMEMMAP_SIZE = 0xFFFFEA0000000000, 1 << 40
KERNEL_MAP = 0xFFFFFFFF80000000
FIXADDR_START_LIMIT, FIXADDR_TOP = 0xFFFFFFFFFF000000, 0xFFFFFFFFFFFFF000
ALL_ONES = (1 << 64) - 1

MOST = 1 << 20  # steps of a walk


def variable(name, file=None):
    """Its value; `file`: whose static one it is."""
    return gdb.parse_and_eval(f"'{file}'::{name}" if file else name)


def address_of(name):
    return int(variable(f"(unsigned long)&{name}"))


@functools.lru_cache(None)
def type_of(name):
    return gdb.lookup_type(name)


@functools.lru_cache(None)
def offset_of(name, member):
    return next(f.bitpos // 8 for f in type_of(name).fields() if f.name == member)


def follow(pointer):
    """What it points to, read at once: each field by itself would be a packet to the stub."""
    value = pointer.dereference()
    value.fetch_lazy()
    return value


def at(addr, name):
    """What lies there, as NAME, a struct."""
    return follow(gdb.Value(int(addr)).cast(type_of(name).pointer()))


def container(link, name, member):
    return at(int(link) - offset_of(name, member), name)


def per_cpu(value, cpu):
    """The CPU's copy of a per-CPU variable."""
    where = int(value.address) + int(variable("per_cpu_offset")[cpu])
    return gdb.Value(where & ALL_ONES).cast(value.type.pointer()).dereference()


def this_cpu():
    """The CPU whose registers gdb shows: its GS base, in ring 3 the one that swapgs puts away, is its distance."""
    try:
        base = "$k_gs_base" if int(gdb.parse_and_eval("(unsigned long)$cs")) & 3 else "$gs_base"
        base = int(gdb.parse_and_eval(f"(unsigned long){base}"))
    except gdb.error:  # a core has no such register
        return 0
    offsets = variable("per_cpu_offset")
    return next((cpu for cpu in possible_cpus() if int(offsets[cpu]) == base), 0)


def possible_cpus():
    return range(int(variable("nr_cpu_ids")))


def online_cpus():
    bits = variable("cpu_online_mask")["bits"]
    return [cpu for cpu in possible_cpus() if int(bits[cpu // 64]) >> cpu % 64 & 1]


def text(value):
    """A C string; None for NULL."""
    if value.type.strip_typedefs().code == gdb.TYPE_CODE_PTR and not int(value):
        return None
    return value.string(errors="replace")


def read(addr, size):
    return bytes(gdb.selected_inferior().read_memory(int(addr), size))


def words(addr, n):
    """n numbers of 64 bits."""
    return struct.unpack(f"<{n}Q", read(addr, 8 * n))


def each_in_list(head, name, member):
    """The structs that are linked by `member`, from a list_head on."""
    link, end = head["next"], int(head.address)
    for _ in range(MOST):
        if int(link) in (end, 0):
            return
        yield container(link, name, member)
        link = link["next"]


def each_in_tree(root, name, member):
    """The structs of a tree_root, in order."""
    node, above = root["node"], []
    for _ in range(MOST):
        while int(node):
            above.append(node)
            node = node["left"]
        if not above:
            return
        node = above.pop()
        yield container(node, name, member)
        node = node["right"]


# ------------------------------------------------------------------ what is kept


_kept = {}


def forget(_event=None):
    _kept.clear()


def while_it_stands(function):
    """Its answers are kept until the machine goes, memory is written, or a person types again."""

    def kept(*args):
        key = (function, args)
        if key not in _kept:
            _kept[key] = function(*args)
        return _kept[key]

    return kept


for _event in ("cont", "memory_changed", "before_prompt", "new_objfile", "clear_objfiles", "exited"):
    getattr(gdb.events, _event).connect(forget)
gdb.execute("define hookpost-monitor\npython terrier.target.forget()\nend")


def until(condition, values):
    return itertools.takewhile(lambda v: not condition(v), values)


# ------------------------------------------------------------------ addresses


def physical(va):
    """__pa(): of the image or of the direct map."""
    return va - (KERNEL_MAP if va >= KERNEL_MAP else PAGE_OFFSET)


def physical_root():
    """The kernel's: init_mm's, in the image or in the direct map; until that is in use the one of the entry code."""
    if not variable("direct_map_ready"):
        return int(gdb.parse_and_eval("(unsigned long)$cr3")) & ~(PAGE_SIZE - 1)
    return physical(int(variable("init_mm")["pgd"]))


def number(argument):
    """An address as the monitor takes it: hexadecimal, or whatever gdb can make one of."""
    try:
        return int(argument, 16)
    except ValueError:
        value = gdb.parse_and_eval(argument)
        if value.type.strip_typedefs().code in (gdb.TYPE_CODE_FUNC, gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_ARRAY):
            value = value.address
        return int(value) & ALL_ONES


def is_local(name):
    """It names a variable of the function that gdb has stopped in."""
    try:
        symbol = gdb.lookup_symbol(name)[0]
    except gdb.error:  # no frame is selected
        return False
    return symbol is not None and symbol.needs_frame


def symbol_address(argument):
    """The same, but a global name alone is the address of what it names, as in the monitor."""
    try:
        return int(argument, 16)
    except ValueError:
        if argument.isidentifier() and not is_local(argument):
            return int(gdb.parse_and_eval(f"(unsigned long)&{argument}"))
        return number(argument)
