# SPDX-License-Identifier: MIT
"""How often each line of a kernel with COVERAGE=1 ran: taken out of a guest's memory when the guest is gone.

The compiler counts in each object file and leaves records of where; the kernel knows nothing of
it.  The guest's memory is a file, so a panic, a power-off and a killed QEMU leave it alike.  Each
guest's counters are added to those of the guests before, in one file for each image; tests/coverage.py
makes .gcda files of that.
"""

import array
import fcntl
import functools
import mmap
import pathlib
import re
import struct
import subprocess

MOST = 1 << 50  # no counter is more, where the kernel had begun


class Image:
    """An ELF file's records: GCC 12's struct gcov_info, one of each object file that was linked."""

    def __init__(self, elf):
        self.data = pathlib.Path(elf).read_bytes()
        start, = struct.unpack_from("<Q", self.data, 32)
        count, = struct.unpack_from("<H", self.data, 56)
        heads = [struct.unpack_from("<IIQQQQ", self.data, start + 56 * i) for i in range(count)]
        self.segments = [(vaddr, offset, size) for kind, _, offset, vaddr, _, size in heads if kind == 1]
        self.map = heads[0][3] - heads[0][4]  # from physical addresses to the kernel's
        symbols = subprocess.run(["nm", elf], check=True, capture_output=True, text=True).stdout
        first, end = (int(re.search(rf"^(\S+) . __gcov_info_{bound}$", symbols, re.M)[1], 16)
                      for bound in ("start", "end"))
        self.objects = [self._object(*self._read("<Q", at)) for at in range(first, end, 8)]

    def _offset(self, address):
        return next(offset + address - start for start, offset, size in self.segments
                    if start <= address < start + size)

    def _read(self, layout, address):
        return struct.unpack_from(layout, self.data, self._offset(address))

    def _object(self, at):
        """(its .gcda file, words of that one's head, [(a function's words, physical address, counters)])."""
        version, stamp, checksum, name, n, functions = self._read("<I12xIIQ64xI4xQ", at)
        name = self._offset(name)
        records = [self._read("<QIII4xI4xQ", f) for f in self._read(f"<{n}Q", functions) if f]
        return (self.data[name:self.data.index(b"\0", name)].decode(), (version, stamp, checksum),
                [(words, counters - self.map, n) for key, *words, n, counters in records if key == at])


image = functools.cache(Image)


def path_of(elf):
    return pathlib.Path(elf).with_suffix(".counters")


def read(elf):
    """What keep() has added up, or nothing."""
    found = array.array("q")
    if path_of(elf).exists():
        found.frombytes(path_of(elf).read_bytes())
    return found


def keep(elf, memory):
    """Add what counts in a guest's memory, a file."""
    here = array.array("q")
    with open(memory, "rb") as f, mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ) as m:
        for _, _, functions in image(elf).objects:
            for _, at, n in functions:
                here.frombytes(m[at:at + 8 * n])
    if min(here) < 0 or max(here) > MOST:
        return  # it ended before the kernel had cleared its bss
    with open(path_of(elf), "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = read(elf)
        path_of(elf).write_bytes(array.array("q", map(sum, zip(here, before))) if before else here)


def write_gcda(elf):
    """The files that gcov reads, beside the .gcno files of the build (GCC's gcov-io.h); their names."""
    values = iter(read(elf))
    for name, (version, stamp, checksum), functions in image(elf).objects:
        words = [struct.pack("<4I", 0x67636461, version, stamp, checksum)]  # "gcda"
        for function, _, n in functions:
            words.append(struct.pack("<5I", 0x01000000, 12, *function))
            words.append(struct.pack(f"<2I{n}q", 0x01a10000, 8 * n, *(next(values) for _ in range(n))))
        pathlib.Path(name).write_bytes(b"".join(words) + bytes(4))
    return [name for name, _, _ in image(elf).objects]
