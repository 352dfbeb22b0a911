/* SPDX-License-Identifier: MIT */
/*
 * Virtually contiguous areas between VMALLOC_START and VMALLOC_END, each with an
 * unmapped guard page behind it.  Lock: vmap_lock, a leaf.  From boot and monitor
 * context, not from interrupts.
 */
#ifndef MM_VMALLOC_H
#define MM_VMALLOC_H

#include "kernel/rbtree.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"

#define VM_IOREMAP 0x00000001
#define VM_ALLOC   0x00000002
#define VM_MAP	   0x00000004

struct vm_struct {
	void *addr;
	unsigned long size;	/* bytes, guard page included */
	unsigned long flags;
	phys_addr_t phys_addr;	/* VM_IOREMAP */
	enum page_cache_mode pcm;
	struct page **pages;	/* VM_ALLOC, VM_MAP */
	unsigned int nr_pages;
	bool leaving;		/* being unmapped: nobody can find it any more */
	unsigned long caller;	/* return address of who asked */
	struct rb_node node;	/* by address, with the largest gap beneath */
	unsigned long gap, subtree_gap;	/* free bytes in front of this area, most beneath */
};

/* From here on areas are given out; before, to ask for one is a WARN. */
void vmalloc_init(void);

/*
 * Reserve `size` bytes (rounded up to pages, a guard page added) aligned to
 * `align` (a power of two, at least PAGE_SIZE).  NULL: size 0, no room, no memory.
 */
struct vm_struct *get_vm_area_caller(unsigned long size, unsigned long align, unsigned long flags,
				     unsigned long caller);
struct vm_struct *get_vm_area(unsigned long size, unsigned long flags);

/* The area that starts at / contains addr, or NULL. */
struct vm_struct *find_vm_area(const void *addr);
struct vm_struct *find_vm_area_containing(unsigned long addr);

/* A copy of the first area at or above addr: false where there is none. */
bool next_vm_area(unsigned long addr, struct vm_struct *copy);

/* Unmap and take out the area that starts at addr; the caller frees it with kfree. NULL: none. */
struct vm_struct *remove_vm_area(const void *addr);
/* The same for an area that has one of `flags`; any other counts as none. */
struct vm_struct *remove_vm_area_flags(const void *addr, unsigned long flags);

/* Page-aligned memory, physically in pieces; NULL on failure.  vzalloc's is zeroed. */
void *vmalloc(unsigned long size);
void *vzalloc(unsigned long size);
/* NULL is harmless; what vmalloc did not give is a WARN. */
void vfree(const void *addr);

static inline bool is_vmalloc_addr(const void *addr)
{
	return (unsigned long)addr - VMALLOC_START < VMALLOC_SIZE;
}

/* Print /proc/vmallocinfo. */
void show_vmallocinfo(void);

/* Number of live areas: tests see that it comes back. */
unsigned int nr_vm_areas(void);

#endif
