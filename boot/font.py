#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The font of the screen: font.py GRUB-FONT PSF

Takes the characters of Latin-1 out of a font of GRUB's (Debian's grub-common has GNU Unifont as
/usr/share/grub/unicode.pf2) and writes them as the kernel reads them: PSF version 1, 256
characters, 8 pixels wide.  The kernel gets the file as a module; none of it is in the image.

GRUB's format (GRUB's developers' manual, "PFF2 Font File Format") is a list of sections: a name, a
length, both of four bytes, and what the name says.  CHIX has an entry of 9 bytes for each
character: its code, flags, and where in the file its picture is: width, height, x and y offset of
its lower left corner, how far the next one is, and the rows, without padding between them.
"""
import struct
import sys

WIDTH = 8
CHARACTERS = 256
PSF1_MAGIC = b"\x36\x04"


def sections(data):
    """{name: what is in it}; DATA is the last, and its length means nothing."""
    found, at = {}, 0
    while at + 8 <= len(data):
        name, length = struct.unpack_from(">4sI", data, at)
        found[name] = data[at + 8:at + 8 + length]
        if name == b"DATA":
            break
        at += 8 + length
    return found


def picture(data, at, height, ascent):
    """A character's rows, a byte each, the leftmost pixel the highest bit."""
    w, h, left, bottom, _ = struct.unpack_from(">HHhhh", data, at)
    size = (w * h + 7) // 8
    bits = int.from_bytes(data[at + 10:at + 10 + size], "big") >> (size * 8 - w * h)
    rows = bytearray(height)
    for y in range(h):
        row = bits >> ((h - 1 - y) * w) & ((1 << w) - 1)
        line = ascent - bottom - h + y
        if 0 <= line < height:
            rows[line] = (row << 16 >> left >> (8 + w)) & 0xFF
    return bytes(rows)


def convert(data):
    found = sections(data)
    if found.get(b"FILE") != b"PFF2":
        raise ValueError("no font of GRUB's")
    ascent, = struct.unpack(">H", found[b"ASCE"])
    descent, = struct.unpack(">H", found[b"DESC"])
    height = ascent + descent
    glyphs = [bytes(height)] * CHARACTERS
    for code, _, at in struct.iter_unpack(">IBI", found[b"CHIX"]):
        if code < CHARACTERS:
            glyphs[code] = picture(data, at, height, ascent)
    return PSF1_MAGIC + bytes([0, height]) + b"".join(glyphs)


if __name__ == "__main__":
    source, target = sys.argv[1:]
    with open(source, "rb") as f:
        font = convert(f.read())
    with open(target, "wb") as f:
        f.write(font)
