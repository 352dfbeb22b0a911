/* SPDX-License-Identifier: MIT */
/*
 * What mm/vm_area.c and mm/vm_purge.c share: areas beside each other, and those that
 * are idle.  Nobody else includes this.  All of it needs vmap_lock.
 */
#ifndef MM_VM_AREA_INTERNAL_H
#define MM_VM_AREA_INTERNAL_H

#include "kernel/core/spinlock.h"
#include "mm/vmalloc.h"

#define IDLE_KINDS 64 /* lists, so that a fitting one is soon found */

#define GOLDEN_RATIO 0x9e3779b97f4a7c15UL /* of 2^64: multiples of it lie far apart */

extern spinlock_t vmap_lock;
extern struct list_head areas_by_address;	/* all areas, and end_of_region as the last */
extern struct vm_struct end_of_region;		/* of no bytes, at VMALLOC_END; never found */
extern struct list_head idle_areas[IDLE_KINDS]; /* by idle_kind(), the longest idle first */
extern unsigned int nr_idle_areas;

static inline unsigned long area_start(const struct vm_struct *vm)
{
	return (unsigned long)vm->addr;
}

static inline unsigned long area_end(const struct vm_struct *vm)
{
	return (unsigned long)vm->addr + vm->size;
}

/* The neighbour below; the lowest area has end_of_region for that, which is never idle. */
static inline struct vm_struct *area_below(const struct vm_struct *vm)
{
	struct list_head *below = vm->by_address.prev;

	if (below == &areas_by_address)
		return &end_of_region;
	return list_entry(below, struct vm_struct, by_address);
}

/* The neighbour above; there is one, as nobody asks for that of the end. */
static inline struct vm_struct *area_above(const struct vm_struct *vm)
{
	return list_entry(vm->by_address.next, struct vm_struct, by_address);
}

/* Sizes are mostly a power of two and a guard page: all their bits have to count. */
static inline struct list_head *idle_kind(unsigned long size)
{
	return &idle_areas[(size * GOLDEN_RATIO) >> (64 - ilog2(IDLE_KINDS))];
}

/*
 * Take the areas of the next `bytes` from the start of `first` on, between which there
 * is no gap, out of the tree.  Their space goes to the area behind them.
 */
void take_out(struct vm_struct *first, unsigned long bytes);

#endif
