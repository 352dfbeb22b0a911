# SPDX-License-Identifier: MIT
"""What the kernel has said: the ring of kernel/core/printk_ring.c."""
import struct

from .command import command
from .target import read, variable

FILE = "kernel/core/printk_ring.c"
FILLER = 1
HEADER = struct.Struct("<QIHBB")  # struct record: ns, number, len, prio, flags


def records():
    """(ns, text) of each record, the oldest first."""
    ring = variable("ring", FILE)
    size = ring.type.sizeof
    data = read(ring.address, size)
    pos, head = (int(variable(name, FILE)) for name in ("tail", "head"))
    while pos < head:
        at = pos % size
        ns, _, length, _, flags = HEADER.unpack_from(data, at)
        if not flags & FILLER:
            yield ns, data[at + HEADER.size:at + HEADER.size + length].decode(errors="replace")
        pos += -(-(HEADER.size + length) // HEADER.size) * HEADER.size


@command("dmesg")
def dmesg():
    """All messages since boot, as far as the ring has them."""
    for ns, said in records():
        usec = ns // 1000
        for part in said.removesuffix("\n").split("\n"):
            yield f"[{usec // 1000000:5d}.{usec % 1000000:06d}] {part}"
