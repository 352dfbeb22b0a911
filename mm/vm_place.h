/* SPDX-License-Identifier: MIT */
/*
 * Places in the vmalloc region: which areas lie in it, in the order of their addresses, and
 * the gaps between them.  mm/vm_area.c's; nobody else includes this.
 *
 * Gaps are in front of areas, and behind the last one there is an area of no bytes, at
 * VMALLOC_END.  It is never given out, idle, found or taken out.  No lock here: the
 * caller holds vmap_lock.
 */
#ifndef MM_VM_PLACE_H
#define MM_VM_PLACE_H

#include "mm/vmalloc.h"

static inline unsigned long area_start(const struct vm_struct *vm)
{
	return (unsigned long)vm->addr;
}

static inline unsigned long area_end(const struct vm_struct *vm)
{
	return (unsigned long)vm->addr + vm->size;
}

/* The neighbours; that of the lowest, below, and of the highest, above, is the one of no bytes. */
static inline struct vm_struct *area_below(const struct vm_struct *vm)
{
	return list_entry(vm->by_address.prev, struct vm_struct, by_address);
}

static inline struct vm_struct *area_above(const struct vm_struct *vm)
{
	return list_entry(vm->by_address.next, struct vm_struct, by_address);
}

/* One gap, all of the region. */
void vm_places_init(void);

/* Give vm, whose size is set, an address and its place; false: no gap is sure to do. */
bool vm_place(struct vm_struct *vm, unsigned long align);

/*
 * Take the areas of the next `bytes` from the start of `first` on, between which there
 * is no gap, out.  Their space goes to the area behind them.
 */
void vm_take_out(struct vm_struct *first, unsigned long bytes);

/* The area with the highest address that is not above addr, or NULL.  Logarithmic. */
struct vm_struct *vm_at_or_below(unsigned long addr);
/* The lowest area that ends behind addr; the one of no bytes at the end. */
struct vm_struct *vm_ending_behind(unsigned long addr);

#endif
