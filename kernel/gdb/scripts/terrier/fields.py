# SPDX-License-Identifier: MIT
"""Which field of which object lies at an address: by the types of the symbols' file, which the kernel has not."""
import gdb

from . import symbols
from .target import type_of

# Caches whose objects are structs of another name.
CACHE_TYPES = {"filp": "file", "inode_cache": "inode", "signal_cache": "signal_struct",
               "sighand_cache": "sighand_struct", "files_cache": "files_struct"}
COMPOSED = (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION, gdb.TYPE_CODE_ARRAY)


def step(kind, offset):
    """(words, type, offset in it) of what of a struct, a union or an array lies there; None: nothing, padding."""
    if kind.code == gdb.TYPE_CODE_ARRAY:
        size = kind.target().sizeof
        return (f"[{offset // size}]", kind.target(), offset % size) if size else None
    for field in kind.fields():
        if not hasattr(field, "bitpos"):  # static
            continue
        first = field.bitpos // 8
        last = (field.bitpos + field.bitsize - 1) // 8 if field.bitsize else first + field.type.sizeof - 1
        if first <= offset <= last:
            return (f".{field.name}" if field.name else ""), field.type, offset - first
    return None


def path(kind, offset):
    """(".a.b[3]", type) of what lies `offset` bytes into a value: a byte amid a number is "+0x1" behind it."""
    words = ""
    while kind.strip_typedefs().code in COMPOSED:
        found = step(kind.strip_typedefs(), offset)
        if not found:
            return f"{words}+{offset:#x}", "padding"
        more, kind, offset = found
        words += more
    return words + (f"+{offset:#x}" if offset else ""), kind


def symbol_at(name, start):
    """The variable of that name that begins there."""
    found = [gdb.lookup_global_symbol(name), *gdb.lookup_static_symbols(name)]
    for symbol in found:
        if symbol and not symbol.needs_frame and int(symbol.value().address) == start:
            return symbol
    return None


def of_variable(va):
    """ "iomem_resource.end (resource_size_t)"; None where no variable of several parts is there."""
    found = symbols.lookup(va)
    symbol = found and symbol_at(found[0], va - found[1])
    if not symbol or symbol.type.strip_typedefs().code not in COMPOSED or found[1] >= symbol.type.sizeof:
        return None
    words, kind = path(symbol.type, found[1])
    return f"{symbol.name}{words} ({kind})"


def of_object(cache, base, va):
    """The same of an object at `base` of a cache; None where its type is not known."""
    name = CACHE_TYPES.get(cache, cache)
    try:
        words, kind = path(type_of(f"struct {name}"), va - base)
    except gdb.error:
        return None
    return f"{name}{words} ({kind})"
