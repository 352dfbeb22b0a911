/* SPDX-License-Identifier: MIT */
/*
 * Rights and caching of memory that is mapped already, under Linux's names.
 *
 * Each takes `numpages` pages from `addr`, an address of the kernel's half on a
 * page boundary.  Where the memory is RAM with other addresses that the kernel
 * keeps itself, the direct map's and the image's, these follow in what must not
 * differ between them: whether it can be written, and how it is cached.
 *
 * 0, or with nothing changed, after one line: -EINVAL (no such range), -EFAULT
 * (not all of it is mapped), -EPERM, -EBUSY, -ENOMEM.  Large pages are split as
 * needed and joined again once all of one agrees.  From boot and threads; each takes cpa_lock
 * (mm/pgtable.h) and waits until all CPUs have forgotten what was so before (mm/tlb.h).
 *
 * The memory is the caller's from before the call to after it.
 *
 * Whoever changed memory changes it back before giving it away; only vfree() does
 * so itself.
 *
 * All seven are promised to drivers, whether or not one of ours calls them yet.
 */
#ifndef MM_SET_MEMORY_H
#define MM_SET_MEMORY_H

#include "kernel/lib/compiler.h"

struct vm_struct;

/*
 * Writable or not, executable or not.  Nothing becomes both (-EPERM), under this
 * address or one that the kernel keeps for the same memory: make it read-only
 * first.  The direct map is never executable.
 */
int set_memory_ro(unsigned long addr, int numpages);
int set_memory_rw(unsigned long addr, int numpages);
int set_memory_x(unsigned long addr, int numpages);
int set_memory_nx(unsigned long addr, int numpages);

/*
 * How RAM is cached: uncached-minus, write combining, and write-back again.  -EINVAL
 * where it is no RAM: devices' mappings are as ioremap() made them.  -EBUSY where a
 * page is not write-back as yet; wb does not mind.  Only wb can stop in the middle,
 * without memory: what it did is done, and the rest is as it was.
 */
int set_memory_uc(unsigned long addr, int numpages);
int set_memory_wc(unsigned long addr, int numpages);
int set_memory_wb(unsigned long addr, int numpages);

/*
 * For vfree(): the pages of an area with VM_FLUSH_RESET_PERMS are as they came,
 * elsewhere.  False, said, where there is no memory to split a large page with, as
 * other areas' pages have been joined with these: nobody must get them then.
 */
bool reset_vm_area_pages(const struct vm_struct *vm) __must_check;

#endif
