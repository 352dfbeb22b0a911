/* SPDX-License-Identifier: MIT */
/*
 * Device memory by its physical address, mapped into the vmalloc area.  Each form is
 * promised to drivers, as in Linux, whether or not one of ours calls it yet.
 */
#ifndef MM_IOREMAP_H
#define MM_IOREMAP_H

#include "mm/memremap.h"
#include "mm/pgtable.h"

/*
 * Map [phys, phys + size) of device memory; the pointer keeps phys's offset in
 * its page.  Large pages where both sides are aligned.  Use it through mm/io.h
 * and give it to iounmap() once.  From boot, after vmalloc_init(), and threads, with
 * interrupts on (mm/vmalloc.h).
 *
 * NULL, after one line that says why: size 0, wrap, beyond the CPU's physical
 * width, RAM in the range (its owner is named), no room, no memory, or a mapping of
 * a page of it that has another type with which the caller could not live (its
 * holder is named).  A range that is larger, by whole pages, than a resource it
 * meets that nobody claimed is mapped with a warning, as in Linux.
 *
 * ioremap is UC- (MTRRs may make it WC), _uc is UC, _wc write combining, _wt
 * write through, _cache write back; _prot takes the type from a page table entry's
 * bits (4 KiB form, the others are ignored).  Where the page is mapped already the
 * type of that mapping is what one gets: see memtype_add().
 */
void __iomem *ioremap(phys_addr_t phys, unsigned long size);
void __iomem *ioremap_uc(phys_addr_t phys, unsigned long size);
void __iomem *ioremap_wc(phys_addr_t phys, unsigned long size);
void __iomem *ioremap_wt(phys_addr_t phys, unsigned long size);
void __iomem *ioremap_cache(phys_addr_t phys, unsigned long size);
void __iomem *ioremap_prot(phys_addr_t phys, unsigned long size, unsigned long prot);

/* Writes that are not posted: x86 has no such mapping.  NULL, always and silently: use ioremap. */
void __iomem *ioremap_np(phys_addr_t phys, unsigned long size);

/* The one beneath them: `caller` is recorded in vmallocinfo. */
void __iomem *__ioremap_caller(phys_addr_t phys, unsigned long size, enum page_cache_mode mode,
			       unsigned long caller);

/*
 * Unmap, from where ioremap() may be called: other CPUs may have to be waited for.  NULL is
 * harmless, an address that ioremap did not give is a WARN.
 */
void iounmap(volatile void __iomem *addr);

/* The second half of that, and of memunmap(): of an area that was detached. */
struct vm_struct;
void iounmap_area(struct vm_struct *vm);

/*
 * For kernel/iotrace, which unmaps the pages of mappings for a time.  They are mapped again, as
 * ioremap() had done it: 0 or -ENOMEM.  And: who is told of each new mapping before its owner has it, or NULL;
 * and when a VM_TRACED one is given back, which has no pages and cannot be found any more.
 */
int ioremap_range(unsigned long va, phys_addr_t base, unsigned long size,
		  enum page_cache_mode mode) __must_check;
extern void (*ioremap_watched)(const struct vm_struct *vm);
extern void (*iounmap_traced)(const struct vm_struct *vm);

#endif
