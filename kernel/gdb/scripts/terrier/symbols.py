# SPDX-License-Identifier: MIT
"""Addresses in words, by the table that kernel/core/ksyms.py puts into the image."""
import bisect
import functools
import struct

import gdb

from .target import KERNEL_MAP, address_of, read


@functools.lru_cache(None)
def table():
    """(offsets from KERNEL_MAP, ascending; names).  Of the file: nobody can have written over it."""
    trusted = gdb.parameter("trust-readonly-sections")
    gdb.execute("set trust-readonly-sections on")
    try:
        data = read(address_of("__ksyms_start"), address_of("__ksyms_end") - address_of("__ksyms_start"))
    finally:
        gdb.execute(f"set trust-readonly-sections {'on' if trusted else 'off'}")
    count, _ = struct.unpack_from("<II", data)
    offsets = struct.unpack_from(f"<{count}I", data, 8)
    places = struct.unpack_from(f"<{count}I", data, 8 + 4 * count)
    names = data[8 + 8 * count:]
    return offsets, [names[p:names.index(b"\0", p)].decode() for p in places]


def lookup(addr):
    """(name, offset, length) of the symbol that an address lies in, or None."""
    offsets, names = table()
    target = int(addr) - KERNEL_MAP
    after = bisect.bisect_right(offsets, target)
    if target < 0 or after in (0, len(offsets)):
        return None
    start = offsets[after - 1]
    first = bisect.bisect_left(offsets, start)  # of several the most telling
    return names[first], target - start, offsets[after] - start


def describe(addr, offset=True):
    """%pS, "f+0x1/0x20"; without `offset` %ps."""
    found = lookup(addr)
    if not found:
        return f"0x{int(addr):x}"
    return found[0] + (f"+0x{found[1]:x}/0x{found[2]:x}" if offset else "")


def address(name):
    """Of the first symbol of that name, as ksym_address(); None."""
    offsets, names = table()
    return KERNEL_MAP + offsets[names.index(name)] if name in names else None
