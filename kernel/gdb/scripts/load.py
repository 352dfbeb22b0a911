# SPDX-License-Identifier: MIT
"""gdb -x kernel/gdb/scripts/load.py build/terrier.elf: the `terrier` commands and the printers.

They read the kernel's own structures by its DWARF and call nothing in it, so that they answer of
a kernel that is halted, that has crashed, and of a core (QEMU's `dump-guest-memory -p FILE`).
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import terrier  # noqa: E402,F401
