# SPDX-License-Identifier: MIT
"""The guest's screen as QEMU dumps it: a picture, the text in it, and the map's places."""

import importlib.util

import guest

GUI_ISO = guest.BUILD / "terrier-gui.iso"

CELL = 8  # a character is so wide, by PSF 1

# drivers/video/fbmap.c draws it so.
MARGIN, HEAD, BAR, LINES, GAP = 8, 112, 24, 2, 6
BANDS = [(0, 0xFFFFF), (0, 0xFFFFFFFF), (0xFE000000, 0xFFFFFFFF), (1 << 32, None)]


def grub_font():
    """{picture of a cell: character} and its height, from GRUB's own file."""
    spec = importlib.util.spec_from_file_location("font", guest.ROOT / "boot/font.py")
    font = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(font)
    with open("/usr/share/grub/unicode.pf2", "rb") as f:
        psf = font.convert(f.read())
    height = psf[3]
    cells = {psf[4 + code * height:4 + (code + 1) * height]: chr(code) for code in range(126, 31, -1)}
    return cells, height


class Picture:
    def __init__(self, path):
        """A PPM of type P6, a byte a colour."""
        kind, size, depth, self.pixels = path.read_bytes().split(b"\n", 3)
        assert (kind, depth) == (b"P6", b"255")
        self.width, self.height = map(int, size.split())
        assert len(self.pixels) == self.width * self.height * 3

    def at(self, x, y):
        here = (y * self.width + x) * 3
        return self.pixels[here:here + 3]

    def cell(self, x, y, height):
        """Bit rows of the character at those pixels: what differs from its upper left one is ink."""
        ground = self.at(x, y)
        return bytes(sum((self.at(x + i, row) != ground) << (CELL - 1 - i) for i in range(CELL))
                     for row in range(y, y + height))

    def text(self, cells, height, x, y, columns):
        """What stands there; None for a cell that shows no character."""
        return [cells.get(self.cell(x + i * CELL, y, height)) for i in range(columns)]

    def line(self, cells, height, x, y, columns):
        return "".join(c or "?" for c in self.text(cells, height, x, y, columns)).rstrip()


def map_height(height):
    return MARGIN + height + GAP + len(BANDS) * (BAR + LINES * height + GAP)


def bar(band, height):
    """The first row of pixels of a band's bar."""
    return MARGIN + height + GAP + band * (BAR + LINES * height + GAP)


def place(band, width, address, root_end):
    """Where on the screen an address of the band is: what the two scales mean, not how they are computed."""
    start, end = BANDS[band]
    extent = width - 2 * MARGIN - HEAD
    if end is None:
        octaves = (root_end + 1).bit_length() - start.bit_length()
        octave = address.bit_length() - start.bit_length()
        base = start << octave
        share = (octave + (address - base) / base) / octaves
    else:
        share = (address - start) / (end + 1 - start)
    return MARGIN + HEAD + share * extent
