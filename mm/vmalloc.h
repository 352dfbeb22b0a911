/* SPDX-License-Identifier: MIT */
/*
 * Virtually contiguous areas between VMALLOC_START and VMALLOC_END, each with an
 * unmapped guard page behind it.  Locks: vmap_lock, a leaf, which who looks an area up takes
 * as well, and purge_lock, around it and pgtable_lock, for vm_unmap_aliases() and what may call
 * it: to ask for an area and to release one.  From boot and threads, with interrupts on, as to
 * give an area back and to purge wait for other CPUs (mm/tlb.h).
 *
 * get_vm_area(), vmalloc(), vmap() and their like are promised to drivers, as in Linux,
 * whether or not one of ours calls them yet.
 */
#ifndef MM_VMALLOC_H
#define MM_VMALLOC_H

#include "kernel/lib/tree.h"
#include "mm/memtype.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"

struct sink;

#define VM_IOREMAP	     0x00000001
#define VM_ALLOC	     0x00000002
#define VM_MAP		     0x00000004
#define VM_HIGHMAP	     0x00000008 /* memremap()'s, of high memory: beside VM_MAP */
#define VM_TRACED	     0x00000010 /* kernel/iotrace has unmapped its pages for now */
#define VM_FLUSH_RESET_PERMS 0x00000100 /* set_memory_*() changed its pages: vfree() resets them */

#define VM_IDLE_MAX 256 /* areas that were given back and keep their place */

struct vm_struct {
	void *addr;
	unsigned long size; /* bytes, guard page included */
	unsigned long flags;
	phys_addr_t phys_addr; /* VM_IOREMAP */
	struct page **pages;   /* VM_ALLOC, VM_MAP */
	unsigned int nr_pages;
	bool leaving;	      /* given back: nobody can find it any more */
	unsigned long caller; /* return address of who asked */
	/* mm/vm_area.c's: */
	struct tree_node node; /* by address */
	struct list_head by_address;
	unsigned long gap;		 /* free bytes in front of this area */
	struct list_head gap_list, idle; /* those of its gap's kind; the idle ones of its size */
	unsigned long run;	  /* bytes from here on that leave the tree together; 0: it stays */
	unsigned long flushed_at; /* while leaving: the flush from which on it is in no TLB */
	struct memtype memtype;	  /* VM_IOREMAP: what was reserved for it */
};

/* From here on areas are given out; before, to ask for one is a WARN. */
void vmalloc_init(void);

/*
 * Reserve `size` bytes (rounded up to pages, a guard page added) aligned to
 * `align` (a power of two, at least PAGE_SIZE).  NULL: size 0, another alignment, no
 * memory, no room; there is always room where a gap has twice `size` and `align`.
 */
struct vm_struct *get_vm_area_caller(unsigned long size, unsigned long align, unsigned long flags,
				     unsigned long caller);
struct vm_struct *get_vm_area(unsigned long size, unsigned long flags);

/* The area that starts at addr, or NULL.  For its owner: it is there while he keeps it. */
struct vm_struct *find_vm_area(const void *addr);

/* VM_FLUSH_RESET_PERMS for the area that contains addr, where that is one of vmalloc()'s. */
void set_vm_flush_reset_perms(unsigned long addr);

/* VM_TRACED for the area of ioremap() that starts at addr, or not; false where there is none to be found. */
bool set_vm_traced(unsigned long addr, bool traced);

/*
 * A copy of the first area that ends behind addr, guard page included: the one that holds
 * addr, or else the next above it; false where there is none.  For all but its owner.
 */
bool next_vm_area(unsigned long addr, struct vm_struct *copy);
/* The same of areas that were given back and keep their addresses for the next of their size. */
bool next_idle_area(unsigned long addr, struct vm_struct *copy);

/*
 * The usual way to give an area back, in two steps.  The area that starts at addr and
 * has one of `flags` is unmapped and found no longer; NULL: none.  Its owner clears up
 * behind it and then gives it to release_vm_area(), after which it is gone.
 */
struct vm_struct *detach_vm_area(const void *addr, unsigned long flags);
void release_vm_area(struct vm_struct *vm);

/* Nothing of its addresses is in the TLB; for an area that was detached. */
static inline bool vm_area_is_flushed(const struct vm_struct *vm)
{
	return tlb_flushed_until(vm->flushed_at);
}

/* Of the areas that were given back, nothing is in a TLB any more. */
void vm_flush_aliases(void);

/* The same, and what was kept to use them again (at most VM_IDLE_MAX, see mm/vm_area.c) is freed. */
void vm_unmap_aliases(void);

/* Unmap and take out the area that starts at addr; the caller frees it with kfree. NULL: none. */
struct vm_struct *remove_vm_area(const void *addr);
/* The same for an area that has one of `flags`; any other counts as none. */
struct vm_struct *remove_vm_area_flags(const void *addr, unsigned long flags);

/* Page-aligned memory, physically in pieces; NULL on failure.  vzalloc's is zeroed. */
void *vmalloc(unsigned long size);
void *vzalloc(unsigned long size);
/* NULL is harmless; what vmalloc did not give is a WARN. */
void vfree(const void *addr);

/*
 * What a program asks for may be larger than any block of pages, or than those that are left: from kmalloc() where
 * that has it, else from vmalloc().  NULL.  To be given to kvfree(), in a thread, with interrupts on; NULL is harmless.
 */
void *kvmalloc(size_t size, gfp_t flags);
void *kvzalloc(size_t size, gfp_t flags);
void kvfree(const void *p);

/*
 * The `count` pages at addresses side by side, until vunmap(); NULL for count 0,
 * without room or memory.  The pages stay the caller's, who keeps them that long.
 * `flags` are the area's besides VM_MAP.
 */
void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot);
/*
 * NULL is harmless; what vmap did not give is a WARN.  Of more than TLB_SINGLE_PAGES pages
 * that were used some may be read at the old addresses until vm_unmap_aliases().
 */
void vunmap(const void *addr);

/* The page of RAM behind an address of the region; NULL where there is none. */
struct page *vmalloc_to_page(const void *addr);

static inline bool is_vmalloc_addr(const void *addr)
{
	return (unsigned long)addr - VMALLOC_START < VMALLOC_SIZE;
}

/* Print /proc/vmallocinfo. */
void show_vmallocinfo(struct sink *out);

#endif
