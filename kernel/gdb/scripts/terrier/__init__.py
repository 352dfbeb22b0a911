# SPDX-License-Identifier: MIT
"""The kernel as gdb sees it.  Each file has one subject and reads the structures of one room.

    target    variables, lists, trees and memory: what the others stand on
    symbols   %pS by the kernel's own table
    command   the prefix `terrier` and how a subject adds a command
    register  iomem, ioports             areas     vmallocinfo
    paging    pt, fixmap                 memtype   memtype, MTRRs
    pages     page, slab                 messages  dmesg
    threads   ps                         irq       irq
    pci       lspci                      whatis    whatis
    fields    which field of a struct    users     addresses of a process
    printers  how `print` shows a resource, a vm_struct, a page, a pte, a thread, a VMA
"""
from . import areas, irq, memtype, messages, pages, paging, pci, printers, register, threads, whatis  # noqa: F401
