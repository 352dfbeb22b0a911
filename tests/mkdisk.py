#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Make the virtio-blk disk of the default machine: mkdisk.py FILE

16 MiB.  Sector n (512 bytes) holds 64 little-endian u64, and

    word i of sector n = (n * 64 + i) * 0x9E3779B97F4A7C15 + 0x5445525249455221   mod 2^64

so each sector tells where it belongs and the kernel can check what it reads
without a copy.  Sector 0 begins with the 16 bytes "TERRIER DISK v1\\n" instead
of its first two words.  Sectors from 1024 on are scratch: tests may write them.
"""
import array
import sys

SIZE = 16 << 20
STEP = 0x9E3779B97F4A7C15
START = 0x5445525249455221
HEADER = b"TERRIER DISK v1\n"


def main():
    words = array.array("Q", ((k * STEP + START) & (2**64 - 1) for k in range(SIZE // 8)))
    if sys.byteorder == "big":
        words.byteswap()
    data = bytearray(words.tobytes())
    data[: len(HEADER)] = HEADER
    with open(sys.argv[1], "wb") as file:
        file.write(data)


main()
