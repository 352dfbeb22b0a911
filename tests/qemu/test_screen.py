# SPDX-License-Identifier: MIT
"""A machine with a display: what its screen shows is what the serial console says."""

import pathlib
import re
import time

import pytest

import guest
import register
import screen

OVMF = "-drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE.fd"
QUIET = "tsc=unstable"  # nobody measures it a second later, and says so
INSIDE = 5  # a row of pixels of a bar that is in each box, and above the letters of a name there
BAR_SIZE = 32 << 20  # of a device that has no driver

LEGEND = ["a bridge's window", "set aside by firmware", "RAM", "a device's, without a driver",
          "held by a driver", "the kernel's image"]


@pytest.fixture(scope="module")
def font():
    cells, height = screen.grub_font()
    upright = {c: picture for picture, c in cells.items()}["L"]
    ink = [row for row in upright if row]
    assert ink[-1] > ink[0] == ink[1], "an L stands on its foot"
    assert format(ink[0], "08b").index("1") < 4, "and its stem is on the left"
    return cells, height


def dump(g):
    path = pathlib.Path(g.folder) / "screen.ppm"
    g.hmp(f"screendump {path}")
    picture = screen.Picture(path)
    keep = guest.LOGS / "screen.ppm"
    keep.write_bytes(path.read_bytes())
    return picture


def console_lines(picture, cells, height):
    top = screen.map_height(height)
    rows = (picture.height - top) // height
    return [picture.line(cells, height, 0, top + row * height, picture.width // screen.CELL)
            for row in range(rows)]


def said(text, columns, rows):
    """The last rows of a terminal of so many columns that was given the text."""
    lines = []
    for line in text.split("\n"):
        lines += [line[i:i + columns] for i in range(0, max(len(line), 1), columns)]
    return [line.rstrip() for line in lines[-rows:]]


def check_console(g, cells, height):
    """The console shows the end of what the serial one has said, once it has said it; the picture."""
    for left in range(5, -1, -1):
        picture = dump(g)
        lines = console_lines(picture, cells, height)
        want = said(g.text, picture.width // screen.CELL, len(lines))
        if lines == want or not left:
            break
        g._read_some()
    assert lines == want
    x, y = len("terrier> ") * screen.CELL, screen.map_height(height) + (len(lines) - 1) * height
    assert picture.at(x, y) != picture.at(x + screen.CELL, y), "the cursor stands behind the prompt"
    return picture


def legend_colours(picture, cells, height):
    """By the text beside each swatch."""
    x, found = screen.MARGIN, []
    for text in LEGEND:
        found.append(picture.at(x + 6, screen.MARGIN + height // 2))
        x += 12 + 4
        assert picture.line(cells, height, x, screen.MARGIN, len(text)) == text
        x += len(text) * screen.CELL + 12
    assert len(set(found)) == len(LEGEND)
    return dict(zip(LEGEND, found))


def check_box(picture, height, band, name, colour, resources, root_end):
    """The middle of the one so named, in that band, has that colour."""
    r = next(r for r in resources if r.name == name)
    middle = screen.place(band, picture.width, (r.start + r.end + 1) // 2, root_end)
    y = screen.bar(band, height) + INSIDE
    assert picture.at(int(middle), y) == colour, f"{name} at x={middle:.1f}"
    return r


def check_edges(picture, height, band, r, colour, root_end, nothing_at_start=True):
    """It begins and ends where its addresses say, but for a pixel of rounding and one that parts it."""
    y = screen.bar(band, height) + INSIDE
    first = screen.place(band, picture.width, r.start, root_end)
    last = screen.place(band, picture.width, r.end + 1, root_end)
    assert picture.at(int(first) - 2, y) != colour, f"{r.name} begins before {first:.1f}"
    if nothing_at_start:
        assert picture.at(int(first) + 1, y) == colour, f"{r.name} begins behind {first:.1f}"
    assert picture.at(int(last) - 3, y) == colour, f"{r.name} ends before {last:.1f}"
    assert picture.at(int(last) + 2, y) != colour, f"{r.name} ends behind {last:.1f}"


def check_map(picture, font, iomem):
    cells, height = font
    resources, root_end = register.parse(iomem), (1 << 40) - 1
    colours = legend_colours(picture, cells, height)

    def box(band, name, kind):
        return check_box(picture, height, band, name, colours[kind], resources, root_end)

    box(0, "System RAM", "RAM")
    low_ram = next(r for r in resources if r.name == "System RAM")
    check_edges(picture, height, 0, low_ram, colours["RAM"], root_end)
    box(2, "IOAPIC 0", "held by a driver")
    box(2, "Local APIC", "held by a driver")
    box(1, "efifb", "held by a driver")
    box(1, "Kernel code", "the kernel's image")
    above = [r for r in resources if r.start >= 1 << 32 and r.name.startswith("PCI Bus")]
    assert above
    begun = any(r.start == above[0].start for r in resources if r is not above[0])
    check_edges(picture, height, 3, above[0], colours["a bridge's window"], root_end, not begun)
    for band, name in enumerate(["first MiB", "below 4 GiB", "last 32 MiB", "above 4 GiB"]):
        y = screen.bar(band, height) + 4
        assert picture.line(cells, height, screen.MARGIN, y, 13) == name
    # A name stands in its box, or right below it.
    x = int(screen.place(0, picture.width, low_ram.start, root_end)) + 4
    assert picture.line(cells, height, x, screen.bar(0, height) + 4, 10) == "System RAM"
    apic = next(r for r in resources if r.name == "Local APIC")
    x = int(screen.place(2, picture.width, apic.start, root_end)) + 4
    assert picture.line(cells, height, x, screen.bar(2, height) + screen.BAR, 10) == "Local APIC"


def check_that_it_follows(g, height):
    """A device goes, and its box with it: what is left is the bridge's window."""
    row = next(r for r in register.parse(g.command("iomem")) if r.end - r.start == BAR_SIZE - 1)
    x = int(screen.place(1, 1024, row.start + BAR_SIZE // 2, 0))
    y = screen.bar(1, height) + INSIDE
    before = dump(g).at(x, y)
    g.command(f"pci remove {row.name[5:]}")
    window = dump(g).at(int(screen.place(1, 1024, row.start - (32 << 20), 0)), y)
    assert before != window
    for _ in range(30):
        if dump(g).at(x, y) == window:
            return
        time.sleep(0.1)
    assert False, f"{row.name} is still there"


def check_range(g, iomem):
    """As Linux's efifb claims it, beneath the display's BAR as QEMU tells that: 1024x768, 4 bytes a pixel."""
    start = int(re.search(r"VGA controller(?s:.*?)BAR0: .* at 0x(\w+)", g.hmp("info pci"))[1], 16)
    resources = register.parse(iomem)
    at = [r.name for r in resources].index("efifb")
    assert resources[at][:3] == (2, start, start + 1024 * 768 * 4 - 1)
    assert resources[at - 1][:] == (1, start, start + 0xFFFFFF, "0000:00:01.0")
    assert "write-combining" in g.command(f"whatis {start:x}")


def check_linux(g, iomem):
    """All of the register, with a screen in it; asked by LINUX_GUI=1 tests/parity/linux.sh."""
    for which, text in (("iomem", iomem), ("ioports", g.command("ioports"))):
        same, total, differ = register.compare(register.parse(text), register.linux_rows("screen", which))
        assert same == total, differ


def test_the_screen_of_a_bios_machine(font):
    """GRUB's VBE mode; text, scrolling, the map's boxes, keys typed at the window."""
    cells, height = font
    with guest.Guest("screen", f"{guest.Q35} -smp 2 -device pci-testdev,membar={BAR_SIZE}", QUIET, iso=screen.GUI_ISO, hmp=True) as g:
        g.prompt()
        iomem = g.command("iomem")
        check_range(g, iomem)
        check_linux(g, iomem)
        g.command("help")
        picture = check_console(g, cells, height)
        check_map(picture, font, iomem)

        # Keys of the window: letters, shift, a correction, the cursor, ^C; the answer is the same.
        before = len(g.text)
        for key in "w h a t i x backspace s spc shift-apostrophe shift-i shift-o caps_lock a p i c "\
                   "caps_lock spc 1 0 left backspace end shift-apostrophe ret".split():
            g.hmp(f"sendkey {key} 10")
            time.sleep(0.03)
        g.prompt(g.expect("memory 0xfec00000-0xfec003ff", before).start())
        assert "i8042" in g.command("interrupts")
        check_that_it_follows(g, height)


def test_the_screen_of_an_efi_machine(font):
    """OVMF's graphics output; the BAR lies elsewhere, and firmware's map is another."""
    cells, height = font
    with guest.Guest("screen-efi", f"{guest.Q35} {OVMF}", QUIET, iso=screen.GUI_ISO, hmp=True) as g:
        g.prompt()
        iomem = g.command("iomem")
        check_range(g, iomem)
        picture = check_console(g, cells, height)
        check_map(picture, font, iomem)
