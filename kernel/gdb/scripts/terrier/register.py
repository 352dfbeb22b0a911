# SPDX-License-Identifier: MIT
"""The register: kernel/core/resource.h."""
from .command import command
from .target import MOST, container, follow, text, variable

IO, MEM, UNSET, BUSY = 0x100, 0x200, 0x20000000, 0x80000000
WORDS = ((0x100000, "64bit"), (0x2000, "pref"), (0x200000, "window"), (0x10000000, "disabled"))
MAX_LEVEL = 5  # of resource.c: deeper ones are not indented further


def children(res):
    """Of a resource, in address order."""
    node = res["children"]["node"]
    if not int(node):
        return
    while int(node["left"]):
        node = node["left"]
    child = container(node, "struct resource", "node")
    for _ in range(MOST):
        yield child
        if not int(child["sibling"]):
            return
        child = follow(child["sibling"])


def walk(res, level=0):
    """(level, resource) of all beneath it, parents first."""
    for child in children(res):
        yield level, child
        yield from walk(child, level + 1)


def bounds(res):
    return int(res["start"]), int(res["end"])


def describe(res):
    """%pR: "[mem 0x...-0x... 64bit pref]"."""
    start, end = bounds(res)
    flags = int(res["flags"])
    width = 6 if flags & IO else 10
    kind = "[io  " if flags & IO else "[mem " if flags & MEM else "[??? "
    if flags & UNSET:
        kind += f"size {end - start + 1:#0{width}x}"
    else:
        kind += f"{start:#0{width}x}" + (f"-{end:#0{width}x}" if start != end else "")
    if not flags & (IO | MEM):
        return f"{kind} flags {flags:#x}]"
    return kind + "".join(f" {word}" for bit, word in WORDS if flags & bit) + "]"


def dump(root):
    width = 4 if int(root["end"]) < 0x10000 else 8
    for level, res in walk(root):
        start, end = bounds(res)
        yield f"{'  ' * min(level, MAX_LEVEL)}{start:0{width}x}-{end:0{width}x} : {text(res['name']) or '<BAD>'}"


@command("iomem")
def iomem():
    """Who owns each physical address, as /proc/iomem."""
    return dump(variable("iomem_resource"))


@command("ioports")
def ioports():
    """Who owns each port, as /proc/ioports."""
    return dump(variable("ioport_resource"))
