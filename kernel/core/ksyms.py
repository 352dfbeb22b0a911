#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Fill the .ksyms section of a linked kernel with its own symbol table.

    ksyms.py ELF

Prints the size in bytes that the table needs.  The section is filled when it is
exactly that large; otherwise the file is left alone, to be linked again with
that size.  The layout is read by kernel/core/ksyms.c:

    u32 count, u32 bytes of names
    u32 offset[count]    address - KERNEL_MAP, ascending
    u32 name[count]      where the name starts in the names
    names, each with its terminating 0

Where several symbols share an address the most telling one comes first.
"""
import struct
import sys

KERNEL_MAP = 0xFFFFFFFF80000000
ROUND = 4096  # so that a small change of the source needs no second link
SHN_ABS, STT_NOTYPE, STT_OBJECT, STT_FUNC = 0xFFF1, 0, 1, 2


def sections(elf):
    """{name: (offset, size, link)}, all sections by index (ELF-64 object file format, 4)."""
    (shoff,) = struct.unpack_from("<Q", elf, 0x28)
    shentsize, shnum, shstrndx = struct.unpack_from("<HHH", elf, 0x3A)
    table = []
    for i in range(shnum):
        name, _, _, _, offset, size, link = struct.unpack_from("<IIQQQQI", elf, shoff + i * shentsize)
        table.append((name, offset, size, link))
    names = table[shstrndx][1]
    return {string(elf, names + name): (offset, size, link) for name, offset, size, link in table}, table


def string(data, at):
    return data[at : data.index(b"\0", at)].decode()


def symbols(elf):
    """(address, rank, name) of everything with an address in the image."""
    by_name, by_index = sections(elf)
    offset, size, link = by_name[".symtab"]
    strings = by_index[link][1]
    for name, info, _, shndx, value, _ in struct.iter_unpack("<IBBHQQ", elf[offset : offset + size]):
        kind, is_global = info & 15, info >> 4 != 0
        if kind > STT_FUNC or shndx in (0, SHN_ABS) or value < KERNEL_MAP:
            continue
        text = string(elf, strings + name)
        # nasm's local labels (puts.wait) would cut functions into pieces.
        if not text or (kind == STT_NOTYPE and "." in text):
            continue
        rank = ((STT_FUNC, STT_OBJECT, STT_NOTYPE).index(kind), not is_global, len(text))
        yield value - KERNEL_MAP, rank, text


def table(elf):
    rows = sorted(set(symbols(elf)))
    names, where = bytearray(), []
    for _, _, text in rows:
        where.append(len(names))
        names += text.encode() + b"\0"
    out = struct.pack("<II", len(rows), len(names))
    out += struct.pack(f"<{len(rows)}I", *(row[0] for row in rows))
    out += struct.pack(f"<{len(rows)}I", *where)
    return out + bytes(names)


def main():
    with open(sys.argv[1], "r+b") as file:
        elf = file.read()
        offset, size, _ = sections(elf)[0][".ksyms"]
        data = table(elf)
        need = -(-len(data) // ROUND) * ROUND
        if size >= need:
            file.seek(offset)
            file.write(data)
    print(need)


main()
