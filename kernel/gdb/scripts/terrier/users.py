# SPDX-License-Identifier: MIT
"""An address of a process: kernel/proc/whatis.c, the VMAs (mm/user/procmap.c) and the page tables (mm/user/pte.h)."""
from . import pages, paging, threads
from .printers import VM_FLAGS, VM_MAYSHARE
from .target import MOST, PAGE_SHIFT, PAGE_SIZE, address_of, follow, physical, text, words

NAME_COLUMN = 72
MINOR_BITS = 20
PSEUDO, REMOVED = 2, 4  # DCACHE_*
PRESENT, RW, DIRTY, PSE, SPECIAL = 1, 2, 1 << 6, 1 << 7, 1 << 9


def process(pid):
    """(thread, its mm), or None."""
    for t in threads.threads():
        if int(t["pid"]) == pid and int(t["mm"]):
            return t, t["mm"].dereference()
    return None


def vmas(mm):
    """In order."""
    link = mm["mmap"]
    for _ in range(MOST):
        if not int(link):
            return
        vma = follow(link)
        yield vma
        link = vma["vm_next"]


def file_name(path):
    """d_path(), from the root of all."""
    d, mnt, name = path["dentry"], path["mnt"], ""
    if int(d["d_flags"]) & PSEUDO:
        return text(d["d_name"])
    removed = " (deleted)" if int(d["d_flags"]) & REMOVED else ""
    while True:
        if d == mnt["mnt_root"] and mnt["mnt_parent"] != mnt:
            d, mnt = mnt["mnt_mountpoint"], mnt["mnt_parent"]
        elif d in (mnt["mnt_root"], d["d_parent"]):
            return (name or "/") + removed
        else:
            d, name = d["d_parent"], f"/{text(d['d_name'])}{name}"


def maps_line(vma, mm):
    """As /proc/PID/maps has it."""
    start, end, file = int(vma["vm_start"]), int(vma["vm_end"]), vma["vm_file"]
    flags = int(vma["vm_flags"])
    rights = "".join(word if flags & bit else "-" for bit, word in VM_FLAGS) + ("s" if flags & VM_MAYSHARE else "p")
    dev = inode = pgoff = 0
    name = None
    if int(file):
        dev, inode = int(file["f_inode"]["i_sb"]["s_dev"]), int(file["f_inode"]["i_ino"])
        pgoff, name = int(vma["vm_pgoff"]) << PAGE_SHIFT, file_name(file["f_path"])
    elif start <= int(mm["brk"]) and end >= int(mm["start_brk"]):
        name = "[heap]"
    elif start <= int(mm["start_stack"]) <= end:
        name = "[stack]"
    line = (f"{start:08x}-{end:08x} {rights} {pgoff:08x} "
            f"{dev >> MINOR_BITS:02x}:{dev & (1 << MINOR_BITS) - 1:02x} {inode} ")
    return f"{line:{NAME_COLUMN}} {name}" if name else line


def entry_at(mm, va):
    """(entry, pfn) of the page, as the process's tables keep it; (0, 0) where there is none."""
    phys = physical(int(mm["root"]["pgd"]))
    for level in (4, 3, 2, 1):
        entry, = words(paging.where(phys) + 8 * (va >> paging.shift(level) & 511), 1)
        if level == 1 or not entry or level == 2 and entry & PSE:
            base = paging.base_of(entry, level) + (va & (1 << paging.shift(level)) - 1)
            return entry, base >> PAGE_SHIFT
        phys = entry & paging.ADDRESS
    return 0, 0


def mapped_words(entry, pfn):
    special = bool(entry & SPECIAL)
    page = None if special else pages.page_of(pfn)
    if page is not None and int(page["flags"]) & pages.TAIL:
        page = page["head_page"].dereference()
    flags = int(page["flags"]) if page is not None else 0
    anon = bool(flags & pages.ANON)
    zero = special and pfn << PAGE_SHIFT == physical(address_of("empty_zero_page"))
    return (("RW" if entry & RW else "ro") +
            ("" if entry & PRESENT else ", kept from the program by its rights") +
            (", dirty" if entry & DIRTY else "") + (", the page of zeroes" if zero else "") +
            (", its own" if anon and flags & pages.EXCLUSIVE else "") +
            (", no page that is counted" if page is None else ", anonymous" if anon else ", a file's"))


def lines(pid, addr):
    """What there is before the physical address, which is yielded last, as a number."""
    found = process(pid)
    if not found:
        yield f"no process of number {pid} has memory of its own"
        return
    thread, mm = found
    yield f"user address {addr:#x} of {pid} ({text(thread['comm'])})"
    vma = next((v for v in vmas(mm) if int(v["vm_end"]) > addr), None)
    entry = pfn = 0
    if vma is None:
        yield "  vma:       none, and none is above"
    elif int(vma["vm_start"]) > addr:
        yield "  vma:       none; above is"
        yield maps_line(vma, mm)
    else:
        yield f"  vma:       flags {int(vma['vm_flags']):#x}"
        yield maps_line(vma, mm)
        entry, pfn = entry_at(mm, addr)
    if not entry:
        yield "  mapped:    not yet: nobody touched it"
        return
    yield f"  mapped:    {mapped_words(entry, pfn)}"
    yield (pfn << PAGE_SHIFT) + (addr & PAGE_SIZE - 1)
